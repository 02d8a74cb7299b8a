"""Lists the custody log of a space."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from jitclient.views import CustodyChain, CustodyRow, SpaceDetail, SpaceState
from protocol.errors import JitError, RefusedError
from protocol.ids import SpaceId
from ui import words
from ui.custody.acts import act
from ui.custody.lines import EVERYTHING, REST, WORDS, LogFilter, LogLine, remembered
from ui.custody.state import LogState
from ui.errors.cards import card_for
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


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
        self._chain: CustodyChain | None = None  # of the space shown, followed so far
        self.refresh = Reload(tasks, self._load, name="log")

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        if space != self.state.space:
            self._lines, self._chain = (), None
            self._show(LogState(space=space))
        if detail is not None and detail.row.state is not SpaceState.WIPED:
            self.refresh()

    def filter(self, query: str) -> None:
        """Keep entries with all these words."""
        self.ask(replace(self.state.filter, words=query))

    def ask(self, wanted: LogFilter) -> None:
        """Keep entries that have all of this."""
        if self.state.space is not None:
            self.left.note(self.state.space, WORDS, wanted.words)
            self.left.note(self.state.space, REST, wanted.noted())
        self._show(replace(self.state, filter=wanted, lines=wanted.keep(self._lines)))

    def everything(self) -> None:
        """Filter nothing."""
        self.ask(EVERYTHING)

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
        self._lines = tuple(
            _line(row, self._zone) for row in sorted(rows, key=lambda row: -row.seq)
        )
        wanted = self.state.filter
        if self.state.loading and wanted == EVERYTHING:
            wanted = remembered(self.left.of(space, WORDS), self.left.of(space, REST))
        self._show(_filled(self.state, self._lines))
        self.ask(_possible(wanted, self.state))
        await self._follow(space)

    async def _follow(self, space: SpaceId) -> None:
        """Follow the chain, from where it was followed before."""
        try:
            chain = await self._desk.custody_chain(space, self._chain)
        except JitError as failure:
            broken, card = isinstance(failure, RefusedError), card_for(failure)
            if self.state.space == space:
                self._chain = None
                shown = replace(self.state, verified="", breach=card if broken else None)
                self._show(shown if broken else replace(shown, problem=card))
            return
        if self.state.space != space:
            return
        self._chain = chain
        upto = (chain.seq, chain.hash.hex()) == (self.state.last, self.state.closing)
        at = words.stamp(chain.at, self._zone) if upto else ""
        self._show(replace(self.state, verified=at, breach=None))


def _filled(state: LogState, lines: tuple[LogLine, ...]) -> LogState:
    """With other entries, newest first; what can be asked for is what is there."""
    last = lines[0] if lines else None
    same = last is not None and (last.seq, last.hash) == (state.last, state.closing)
    return replace(
        state,
        total=len(lines),
        actors=tuple(sorted({one.actor for one in lines}, key=str.casefold)),
        acts=tuple(sorted({one.what for one in lines}, key=str.casefold)),
        first=lines[-1].day if lines else "",
        newest=last.day if last else "",
        last=last.seq if last else 0,
        closing=last.hash if last else "",
        verified=state.verified if same else "",
        loading=False,
        problem=None,
    )


def _possible(wanted: LogFilter, state: LogState) -> LogFilter:
    """Without what no entry has: a name that was remembered in another language, for one."""
    return replace(
        wanted,
        actor=wanted.actor if wanted.actor in state.actors else "",
        what=wanted.what if wanted.what in state.acts else "",
    )


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
