"""What the custody log says of the selected exhibit, in the order in which it happened. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from jitclient.events import Event, ExhibitsChanged
from jitclient.views import CustodyRow, ExhibitRow
from protocol.errors import JitError
from protocol.ids import SpaceId
from ui import words
from ui.custody.acts import act
from ui.evidence.state import EvidenceState
from ui.language import told, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

MOST: Final = 50
"""So many events are shown, the latest; the log has all."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    what: str
    who: str
    at: str
    detail: str


@dataclass(frozen=True, slots=True)
class HistoryState:
    """Oldest first; `before`: a sentence about those that are not shown."""

    events: tuple[Happening, ...] = ()
    before: str = ""
    problem: str = ""


class History(Presenter[HistoryState]):
    """Reads again when another exhibit is selected, and when something happened to it."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        list_: Presenter[EvidenceState],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(HistoryState())
        self._desk = desk
        self._zone = zone
        self._about: tuple[SpaceId, ExhibitRow] | None = None
        self._load = Reload(tasks, self._read, name="exhibit-history")
        list_.watch(self._follow)

    def heard(self, event: Event) -> None:
        """Something happened to exhibits of a space."""
        if not isinstance(event, ExhibitsChanged) or self._about is None:
            return
        space, row = self._about
        if space == event.space and (event.files is None or row.file in event.files):
            self._load()

    def _follow(self, state: EvidenceState) -> None:
        here = (state.space, state.row) if state.space and state.row else None
        if here is None:
            self._about = None
            self._show(HistoryState())
        elif self._about is None or _said(here) != _said(self._about):
            if self._about is None or here[1].file != self._about[1].file:
                self._show(HistoryState())
            self._about = here
            self._load()

    async def _read(self) -> None:
        about = self._about
        if about is None:
            return
        space, row = about
        try:
            rows = await self._desk.custody_of(space, row.file)
        except JitError as failure:
            found = HistoryState(problem=told(str(failure)))
        else:
            found = _state(rows, self._zone)
        if self._about is not None and self._about[1].file == row.file:
            self._show(found)


def _said(about: tuple[SpaceId, ExhibitRow]) -> tuple[object, ...]:
    """What of an exhibit changes when something happened to it; not how far it has travelled."""
    space, row = about
    return space, row.file, row.state, row.recipients, row.permissions


def _state(rows: tuple[CustodyRow, ...], zone: tzinfo | None) -> HistoryState:
    left = len(rows) - MOST
    return HistoryState(
        tuple(_event(row, zone) for row in rows[-MOST:]),
        trn("{count} earlier, in the log", "{count} earlier, in the log", left) if left > 0 else "",
    )


def _event(row: CustodyRow, zone: tzinfo | None) -> Happening:
    return Happening(
        act(row.what), words.plain(row.actor), words.stamp(row.at, zone), words.plain(row.detail)
    )
