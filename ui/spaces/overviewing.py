"""What the overview of a space says, and what an administrator has still to do. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jitclient.storageviews import StorageView
from jitclient.views import MemberRow, SpaceDetail, SpaceState, Status, Trust
from protocol.errors import JitError
from protocol.roles import Role
from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.language import number, tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.spaces import standing
from ui.tasks import Reload, TaskScope
from ui.words import Badge


@dataclass(frozen=True, slots=True)
class Person:
    """A member, by name and role."""

    name: str
    role: str
    trust: Badge


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one authority."""

    authority: str
    place: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list of an administrator; `act`: the command of the table that does it."""

    text: str
    done: bool
    act: str = ""


@dataclass(frozen=True, slots=True)
class OverviewState:
    """The sheet whole. `checks` is empty for who does not administer the space."""

    title: str
    phase: Badge
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    checks: tuple[Check, ...] = ()
    problem: ErrorCard | None = None


class OverviewPresenter(Presenter[OverviewState]):
    """Behind the sheet "Overview"; what takes longer to know comes later."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, detail: SpaceDetail, now: Callable[[], int]
    ) -> None:
        self._detail = detail
        self._desk = desk
        self._at = now()
        super().__init__(_state(detail, self._at, None, None))
        self.load = Reload(tasks, self._load, name="overview")

    async def _load(self) -> None:
        try:
            self._detail = await self._desk.space(self._detail.row.space)
            status = await self._desk.status()
            self._show(_state(self._detail, self._at, status, None))
            kept = await self._desk.storage.kept()
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        self._show(_state(self._detail, self._at, status, kept))


def _state(
    detail: SpaceDetail, now: int, status: Status | None, kept: StorageView | None
) -> OverviewState:
    return OverviewState(
        title=words.plain(detail.row.title) or tr("Space being joined"),
        phase=words.SPACES[detail.row.state],
        facts=tuple((name, said) for name, said in _facts(detail, now, kept) if said),
        groups=_groups(detail.members),
        checks=_checks(detail, status),
    )


def _facts(detail: SpaceDetail, now: int, kept: StorageView | None) -> tuple[tuple[str, str], ...]:
    row = detail.row
    countries = sorted({words.plain(one.country) for one in detail.members})
    only = tr("Evidence to verified members only")
    every = tr("Evidence also to members not verified")
    return (
        (tr("JIT agreement"), words.plain(row.agreement)),
        (tr("Signed"), words.written_date(detail.signed_on)),
        (tr("Opened"), words.stamp(detail.opened_at) if detail.opened_at else ""),
        (tr("Parties"), ", ".join(countries)),
        (tr("Rule"), only if detail.verified_only else every),
        (tr("Keys"), standing.security(detail).word),
        (tr("Copies"), standing.retention(detail, now).word),
        (tr("On this computer"), _kept(detail, kept)),
        (tr("Entries of the list of members"), number(detail.log_seq)),
    )


def _kept(detail: SpaceDetail, kept: StorageView | None) -> str:
    row = next((one for one in kept.rows if one.space == detail.row.space), None) if kept else None
    if row is None:
        return tr("Looking at the folder…") if kept is None else ""
    return tr(
        "Messages and log {messages}   ·   exhibits {exhibits}",
        messages=words.size(row.messages),
        exhibits=words.size(row.exhibits),
    )


def _groups(members: Sequence[MemberRow]) -> tuple[Group, ...]:
    found: dict[tuple[str, str], list[MemberRow]] = {}
    for one in members:
        place = f"{words.plain(one.country)} · {words.PARTIES[one.party]}"
        found.setdefault((words.plain(one.authority), place), []).append(one)
    return tuple(
        Group(authority, place, tuple(_person(one) for one in people))
        for (authority, place), people in found.items()
    )


def _person(one: MemberRow) -> Person:
    return Person(words.plain(one.name), words.ROLES[one.role], words.TRUST[one.trust])


def _checks(detail: SpaceDetail, status: Status | None) -> tuple[Check, ...]:
    """Six things, in the order in which a space is set up."""
    if not detail.row.i_administer or detail.row.state is not SpaceState.OPEN:
        return ()
    others = [one for one in detail.members if not one.is_me]
    sure = [one for one in others if one.trust is Trust.VERIFIED]
    chiefs = [one for one in detail.members if one.role is Role.ADMINISTRATOR]
    waiting = [one for one in detail.members if one.waits]
    sheet = status is None or status.sheet_at is not None
    left = trn("{count} of them left", "{count} of them left", len(others) - len(sure))
    every = (
        Check(tr("The agreement is referred to, with the date of its signature"), True),
        Check(tr("The other parties are added"), bool(others), "member-add"),
        Check(tr("Somebody else can administer it, too"), len(chiefs) > 1, "tab-3"),
        Check(
            tr("Everybody's numbers are compared ({left})", left=left)
            if others and len(sure) < len(others)
            else tr("Everybody's numbers are compared"),
            bool(others) and len(sure) == len(others),
            "meeting",
        ),
        Check(tr("Controllers are designated where one is needed"), not waiting, "tab-3"),
        Check(tr("You have a recovery sheet"), sheet, "recovery-sheet"),
    )
    if all(one.done for one in every):
        return (Check(tr("All six steps of setting up a space are done"), True),)
    return every
