"""Lists the custody log of a space."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient.views import CustodyRow, SpaceDetail, SpaceState
from protocol.errors import JitError
from ui import words
from ui.custody.acts import act
from ui.custody.state import LogLine, LogState
from ui.errors.cards import card_for
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

_FILTER: Final = "log-filter"


class LogPresenter(Presenter[LogState]):
    """One for the window; it turns to the space in front."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        zone: tzinfo | None = None,
        left: LeftOff | None = None,
    ) -> None:
        super().__init__(LogState())
        self.left = left or LeftOff(desk)
        self._desk = desk
        self._zone = zone
        self._lines: tuple[LogLine, ...] = ()
        self.refresh = Reload(tasks, self._load, name="log")

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        if space != self.state.space:
            self._lines = ()
            self._show(LogState(space=space))
        if detail is not None and detail.row.state is not SpaceState.WIPED:
            self.refresh()

    def filter(self, query: str) -> None:
        """Keep entries with all these words."""
        if self.state.space is not None:
            self.left.note(self.state.space, _FILTER, query)
        wanted = query.casefold().split()
        kept = tuple(
            one
            for one in self._lines
            if all(
                word in f"{one.at} {one.actor} {one.what} {one.subject} {one.detail}".casefold()
                for word in wanted
            )
        )
        self._show(replace(self.state, query=query, lines=kept))

    def dismiss(self) -> None:
        """Take the error card away."""
        self._show(replace(self.state, problem=None))

    async def _load(self) -> None:
        space = self.state.space
        if space is None:
            return
        await self.left.load(space)
        try:
            rows = await self._desk.custody(space)
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        if self.state.space != space:
            return
        newest = sorted(rows, key=lambda row: -row.seq)
        self._lines = tuple(_line(row, self._zone) for row in newest)
        query = self.state.query
        if self.state.loading:
            query = query or self.left.of(space, _FILTER)
        last = self._lines[0] if self._lines else None
        self._show(
            replace(
                self.state,
                total=len(rows),
                last=last.seq if last else 0,
                closing=last.hash if last else "",
                loading=False,
                problem=None,
            )
        )
        self.filter(query)


def _line(row: CustodyRow, zone: tzinfo | None) -> LogLine:
    return LogLine(
        row.seq,
        words.stamp(row.at, zone),
        words.iso(row.at, zone),
        words.plain(row.actor),
        act(row.what),
        words.plain(row.subject),
        words.plain(row.detail),
        row.hash,
    )
