"""Puts into words what waits for this person, the gravest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient.events import Event, TransferMoved
from jitclient.todayviews import NeedKind, NeedRow
from protocol.errors import JitError
from ui import words
from ui.errors.cards import card_for
from ui.home.state import Goal, HomeCard, HomeLine, HomeState
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.spaces.state import Tab
from ui.status.state import synced
from ui.tasks import Reload, TaskScope
from ui.theme.tokens import Tone

MOST_CARDS: Final = 7
MOST_LINES: Final = 4
_NAMED: Final = 3
_LOOKS: Final = {
    NeedKind.KEY: ("shield-alert", Tone.DANGER, Tab.CONVERSATION),
    NeedKind.BROKEN: ("triangle-alert", Tone.DANGER, Tab.EVIDENCE),
    NeedKind.ERASURE: ("server", Tone.WARN, Tab.EVIDENCE),
    NeedKind.DEADLINE: ("clock", Tone.WARN, Tab.EVIDENCE),
    NeedKind.MENTION: ("user", Tone.ACCENT, Tab.CONVERSATION),
    NeedKind.UNREAD: ("messages-square", Tone.ACCENT, Tab.CONVERSATION),
    NeedKind.PAUSED: ("pause", Tone.WARN, Tab.EVIDENCE),
    NeedKind.UNVERIFIED: ("shield", Tone.WARN, Tab.PEOPLE),
    NeedKind.UNCONFIRMED: ("archive", Tone.WARN, Tab.CLOSING),
}

_LAST: Final = {NeedKind.DEADLINE: words.DAY, NeedKind.ERASURE: 3 * words.DAY}
"""So long before its end a need is grave."""


class HomePresenter(Presenter[HomeState]):
    """Reads when it is shown, and whenever something happened while it is."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], float],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(HomeState())
        self._desk = desk
        self._clock = clock
        self._zone = zone
        self._shown = False
        self.refresh = Reload(tasks, self._load, name="today")

    def shown(self, *, yes: bool) -> None:
        """Whether it is in front."""
        if yes and not self._shown:
            self.refresh()
        self._shown = yes

    def heard(self, event: Event) -> None:
        """Something happened that may concern it; bytes that move do not."""
        if self._shown and not isinstance(event, TransferMoved):
            self.refresh()

    async def _load(self) -> None:
        try:
            needs = await self._desk.today.needs()
            status = await self._desk.status()
        except JitError as failure:  # what was known stays in sight
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        now = int(self._clock())
        self._show(
            HomeState(
                loading=False,
                cards=tuple(_cards(needs, now)),
                day=words.day(now, self._zone),
                synced=synced(status.last_sync, now),
            )
        )


def _cards(needs: tuple[NeedRow, ...], now: int) -> list[HomeCard]:
    found = []
    for kind in NeedKind:
        rows = sorted((one for one in needs if one.kind is kind), key=_gravest)
        if not rows:
            continue
        icon, tone, _ = _LOOKS[kind]
        if rows[0].at - now <= _LAST.get(kind, 0):
            tone = Tone.DANGER
        lines = tuple(_line(one, now) for one in rows[:MOST_LINES])
        title = _title(kind, sum(one.count for one in rows), len(rows))
        found.append(HomeCard(kind, icon, tone, title, lines, max(0, len(rows) - MOST_LINES)))
    return found[:MOST_CARDS]


def _gravest(row: NeedRow) -> tuple[int, int, str]:
    """The nearest deadline, then the most."""
    return (row.at if row.kind in _LAST else 0), -row.count, row.title


def _title(kind: NeedKind, count: int, spaces: int) -> str:
    match kind:
        case NeedKind.KEY:
            return trn("{count} key changed", "{count} keys changed", count)
        case NeedKind.BROKEN:
            return trn("{count} exhibit failed", "{count} exhibits failed", count)
        case NeedKind.DEADLINE:
            return trn(
                "Copies go soon in {count} space", "Copies go soon in {count} spaces", spaces
            )
        case NeedKind.MENTION:
            return trn("{count} unread mention of you", "{count} unread mentions of you", count)
        case NeedKind.UNREAD:
            return trn("{count} unread message", "{count} unread messages", count)
        case NeedKind.PAUSED:
            return trn("{count} transfer paused", "{count} transfers paused", count)
        case NeedKind.UNVERIFIED:
            return trn("Not verified in {count} space", "Not verified in {count} spaces", spaces)
        case _:
            return _title_of_end(kind, count)


def _title_of_end(kind: NeedKind, count: int) -> str:
    if kind is NeedKind.ERASURE:
        return trn(
            "The store erases {count} exhibit that is not here yet",
            "The store erases {count} exhibits that are not here yet",
            count,
        )
    return trn(
        "{count} device has not confirmed a wipe",
        "{count} devices have not confirmed a wipe",
        count,
    )


def _line(row: NeedRow, now: int) -> HomeLine:
    title = words.plain(row.title) or tr("Space being joined")
    tab = _LOOKS[row.kind][2]
    goal = Goal(row.space, tab, transfers=row.kind is NeedKind.PAUSED)
    return HomeLine(title, _below(row, now), goal)


def _below(row: NeedRow, now: int) -> str:
    match row.kind:
        case NeedKind.UNREAD | NeedKind.MENTION:
            return trn("{count} unread", "{count} unread", row.count)
        case NeedKind.DEADLINE:
            return tr(
                "Copies here until {day} ({left})", day=words.date(row.at), left=_left(row.at, now)
            )
        case NeedKind.ERASURE:
            return tr(
                "Gone on {day} at the latest ({left})",
                day=words.date(row.at),
                left=_left(row.at, now),
            )
        case NeedKind.BROKEN:
            return trn("{count} exhibit", "{count} exhibits", row.count)
        case NeedKind.PAUSED:
            return trn("{count} transfer", "{count} transfers", row.count)
        case _:
            return _names(row)


def _left(at: int, now: int) -> str:
    days = max(0, at - now) // words.DAY
    return trn("{count} day", "{count} days", days) if days else tr("less than a day")


def _names(row: NeedRow) -> str:
    named = ", ".join(words.plain(one) for one in row.names[:_NAMED])
    more = len(row.names) - _NAMED
    if more <= 0:
        return named
    return trn("{named} and {count} more", "{named} and {count} more", more, named=named)
