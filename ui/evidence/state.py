"""What the evidence screen shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from jitclient import factviews
from jitclient.views import ExhibitRow
from protocol.facts import Facts
from protocol.ids import FileId, SpaceId, UserId
from ui import words
from ui.errors.cards import ErrorCard
from ui.evidence.facets import Group
from ui.words import Badge


class Column(Enum):
    """Columns of the table, in order."""

    NUMBER = "Exhibit"
    NAME = "Name and SHA-256"
    SIZE = "Size"
    STATE = "State"
    REVIEW = "Review"
    VERIFIED = "Verified by"
    SEIZED = "Acquired at"
    PLACE = "Place"
    AUTHORITY = "Authority"
    MARKS = "Marks"
    TYPE = "Type as stated"


@dataclass(frozen=True, slots=True)
class ExhibitItem:
    """One row of the table. `percent` is None when nothing travels."""

    file: FileId
    number: str
    stem: str
    extension: str
    bytes: int
    size: str
    badge: Badge
    percent: int | None
    motion: str
    verified: str
    whole: bool  # everybody has verified it
    sha256: str
    added_at: int
    can_pause: bool
    can_resume: bool
    can_cancel: bool
    can_export: bool
    can_verify: bool
    mine: bool
    handed_over: bool = False  # somebody may have it: to withdraw it states a reason
    marks: tuple[str, ...] = ()  # handling code, TLP, other markings
    can_permit: bool = False
    review: Badge = Badge("New", "")
    far: int = 0  # of the review, for ordering
    facts: Facts = ()  # those of its row, not copied
    mime: str = ""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of the inspector."""

    name: str
    value: str
    mono: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """The inspector."""

    title: str
    extension: str
    badge: Badge
    problem: str
    facts: tuple[FactLine, ...]
    receipts: tuple[tuple[str, str, bool], ...]  # name, words, verified
    stated: tuple[FactLine, ...] = ()  # what its manifest states
    marks: tuple[str, ...] = ()
    warning: str = ""  # the store erases it soon, and it is not here yet
    breach: ErrorCard | None = None  # it is not what was signed


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """The table, the selection, and the inspector."""

    space: SpaceId | None = None
    items: tuple[ExhibitItem, ...] = ()
    marks: frozenset[tuple[str, ...]] = frozenset()  # every set of marks that some item bears
    total: int = 0
    row: ExhibitRow | None = None  # the selected one, with what this person made of it
    views: Mapping[str, str] = field(default_factory=dict)  # saved filters by name
    tags: tuple[str, ...] = ()  # of the space; those of the keys 1 to 9 first
    places: Mapping[FileId, int] = field(default_factory=dict, compare=False)  # in `items`
    query: str = ""
    narrowing: bool = False  # what there is to narrow the list by is shown:
    facets: tuple[Group, ...] = ()
    sort: Column = Column.NUMBER
    descending: bool = False
    selected: FileId | None = None
    several: frozenset[FileId] = frozenset()  # all that are selected, where that is more than one
    details: Details | None = None
    loading: bool = True
    can_add: bool = False
    can_look: bool = False  # this computer can confine the safe viewer
    why_not: str = ""
    busy: str = ""
    problem: ErrorCard | None = None

    def turned_to(self, space: SpaceId | None) -> EvidenceState:
        """Of another space nothing is known yet but the order, which the table shows of all."""
        fresh = EvidenceState(space=space, sort=self.sort, descending=self.descending)
        return replace(fresh, narrowing=self.narrowing)

    @property
    def current(self) -> ExhibitItem | None:
        """The selected row."""
        return self.items[self.place] if self.place >= 0 else None

    @property
    def place(self) -> int:
        """Where the selected row stands; -1: it is not shown, or there is none."""
        return self.places.get(self.selected, -1) if self.selected is not None else -1


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody an exhibit may go to."""

    user: UserId
    name: str
    place: str
    badge: Badge
    chosen: bool
    blocked: str  # why not, empty when it may


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file about to be handed over."""

    path: Path
    stem: str
    extension: str
    size: str
    exhibit: str
    problem: str
    facts: Facts = ()
    twice: bool = False  # the space has this content; `problem` names the exhibit
    again: bool = False  # and it is to go all the same
    bytes: int = 0

    @property
    def below(self) -> tuple[str, ...]:
        """The folders it came in, from the one that was chosen, and its name; for people."""
        came = words.plain(dict(self.facts).get("folder-path", self.path.name))
        return tuple(came.split("/"))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What must be stated of it before it may go."""
        return factviews.lacking(self.exhibit, dict(self.facts))

    @property
    def may_go(self) -> bool:
        """Whether nothing is wrong with it and nothing lacking."""
        return not self.problem and not self.lacking


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One transfer of the queue."""

    space: SpaceId
    file: FileId
    name: str
    where: str
    up: bool
    badge: Badge
    percent: int
    motion: str
    paused: bool
    failed: bool = False


@dataclass(frozen=True, slots=True)
class OutLine:
    """A message that has not left."""

    what: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """The sheet of transfers: in order, and what bounds them."""

    outbox: tuple[OutLine, ...] = ()
    unsent: int = 0
    trouble: str = ""  # why nothing travels
    caught_up: str = ""
    can_undo: bool = False  # what was done last
    metered: str = "auto"  # the setting
    metered_locked: bool = False

    items: tuple[QueueItem, ...] = ()
    places: Mapping[FileId, int] = field(default_factory=dict, compare=False)  # in `items`
    more: int = 0  # that wait, and are shown when somebody scrolls there
    up: int = 0  # bytes per second, 0: any number
    down: int = 0
    loading: bool = True
    problem: ErrorCard | None = None

    @property
    def can_pause(self) -> bool:
        """Whether anything travels or waits."""
        return any(not (one.paused or one.failed) for one in self.items) or self.more > 0

    @property
    def can_resume(self) -> bool:
        """Whether anything is paused."""
        return any(one.paused for one in self.items)


@dataclass(frozen=True, slots=True)
class FactsState:
    """The sheet that states facts."""

    whose: str
    values: Facts = ()  # as typed
    problems: Facts = ()  # by name
    contradiction: str = ""
    templates: tuple[str, ...] = ()
    chosen: str = ""
    said: str = ""
    problem: ErrorCard | None = None

    @property
    def can_keep(self) -> bool:
        """Whether the button does something."""
        return not self.problems and not self.contradiction


@dataclass(frozen=True, slots=True)
class AddState:
    """The sheet that hands over files."""

    files: tuple[NewFile, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    total: str = ""
    note: str = ""
    busy: bool = False
    problem: ErrorCard | None = None

    @property
    def can_add(self) -> bool:
        """Whether the button does something."""
        return (
            not self.busy
            and any(one.may_go for one in self.files)
            and any(one.chosen for one in self.recipients)
        )

    @property
    def in_folders(self) -> bool:
        """Whether some came in a folder."""
        return any(len(one.below) > 1 for one in self.files)

    @property
    def undescribed(self) -> int:
        """Of how many files something must still be stated."""
        return sum(1 for one in self.files if not one.problem and one.lacking)

    @property
    def next_number(self) -> str:
        """The number after the last one given, while some file has none; empty otherwise."""
        given = [one.exhibit for one in self.files if one.exhibit]
        rest = any(not one.exhibit for one in self.files)
        return factviews.following(given[-1]) if given and rest else ""
