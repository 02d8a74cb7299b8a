"""What the people screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.ids import SpaceId, UserId
from protocol.roles import Role
from ui.errors.cards import ErrorCard
from ui.words import Badge

NUMBER_DIGITS: Final = 60
DIFFER: Final = (
    "Send nothing to this person. Read the digits again, both screens side by side; if they still "
    "differ, tell your administrator."
)


@dataclass(frozen=True, slots=True)
class Person:
    """One member."""

    user: UserId
    name: str
    role: str
    devices: str
    letters: str
    badge: Badge
    is_me: bool
    changed: bool
    can_remove: bool
    can_verify: bool
    can_share: bool
    can_designate: bool = False
    standing: str = ""  # what to know about what the person may hand over
    waits: bool = False  # hands over nothing before a controller is designated
    note: str = ""  # what to know about the name
    compared: str = ""  # how, when and where the present key was


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one authority."""

    authority: str
    country: str
    party: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class PeopleState:
    """Members by authority."""

    space: SpaceId | None = None
    title: str = ""
    groups: tuple[Group, ...] = ()
    removed: tuple[str, ...] = ()
    summary: str = ""
    verified_only: bool = False
    can_rule: bool = False  # whether this person may change to whom evidence goes
    can_add: bool = False
    can_meet: bool = False
    why_not: str = ""
    alone: bool = False
    loading: bool = True
    busy: str = ""
    problem: ErrorCard | None = None


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role this candidate may hold."""

    role: Role
    word: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the directory who is not a member yet."""

    user: UserId
    name: str
    place: str
    party: str
    letters: str
    badge: Badge
    roles: tuple[RoleChoice, ...]
    usual: Role
    note: str = ""  # what to know about the name

    @property
    def below(self) -> str:
        """What stands under the name."""
        return "  ·  ".join(part for part in (self.place, self.party, self.note) if part)


@dataclass(frozen=True, slots=True)
class AddMemberState:
    """The sheet that adds a member."""

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    query: str = ""
    chosen: Candidate | None = None
    role: Role | None = None
    loading: bool = True
    busy: bool = False
    problem: ErrorCard | None = None
    another_key: bool = False  # the store shows another key of the chosen one than is known here


@dataclass(frozen=True, slots=True)
class NewKey:
    """Another key of somebody: both safety numbers in groups, as a person decides on it."""

    user: UserId
    name: str
    known: str
    shown: str
    was_verified: bool
    key: bytes


@dataclass(frozen=True, slots=True)
class VerifyState:
    """The sheet that compares safety numbers."""

    name: str = ""
    groups: tuple[str, ...] = ()
    digits: str = ""
    payload: str = ""
    code: tuple[tuple[bool, ...], ...] = ()
    badge: Badge = Badge("", "")
    done: bool = False
    different: bool = False
    loading: bool = True
    busy: bool = False
    typed: int = 0  # digits typed so far
    line: bool = False  # the line of a code was given instead
    compared: str = ""  # how, when and where, once it is verified
    problem: ErrorCard | None = None

    @property
    def ready(self) -> bool:
        """Whether there is something whole to compare."""
        return self.line or self.typed == NUMBER_DIGITS


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One person of a meeting and what was found out about the number."""

    user: UserId
    name: str
    below: str
    letters: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class MeetingState:
    """The sheet that compares with everybody, one after the other."""

    lines: tuple[MeetingLine, ...] = ()
    at: int = -1
    groups: tuple[str, ...] = ()
    payload: str = ""
    code: tuple[tuple[bool, ...], ...] = ()
    progress: str = ""
    percent: int = 0
    finished: str = ""  # what came of it, once nobody is left
    differs: bool = False  # the numbers with the person shown were not equal
    loading: bool = True
    busy: bool = False
    typed: int = 0
    line: bool = False
    problem: ErrorCard | None = None

    @property
    def person(self) -> MeetingLine | None:
        """Whose number is shown."""
        return self.lines[self.at] if 0 <= self.at < len(self.lines) else None

    @property
    def ready(self) -> bool:
        """Whether there is something whole to compare."""
        return self.line or self.typed == NUMBER_DIGITS


@dataclass(frozen=True, slots=True)
class SharePoint:
    """From where on the past is opened: an entry of the log."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """An administrator who can be designated controller."""

    user: UserId
    text: str


@dataclass(frozen=True, slots=True)
class DesignateState:
    """The sheet that designates a controller."""

    named: tuple[Named, ...] = ()
    controller: UserId | None = None
    reason: str = ""
    busy: bool = False
    problem: ErrorCard | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be signed."""
        return bool(self.reason.strip()) and self.controller is not None and not self.busy


@dataclass(frozen=True, slots=True)
class ShareState:
    """The sheet that opens earlier messages to a member."""

    points: tuple[SharePoint, ...] = ()
    since: int = 0
    loading: bool = True
    busy: bool = False
    problem: ErrorCard | None = None
