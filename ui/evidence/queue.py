"""Behind the sheet of transfers: what moves and waits over all spaces, and its order. No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient.events import (
    ConnectionChanged,
    Event,
    ExhibitsChanged,
    MessagesChanged,
    TransferMoved,
)
from jitclient.views import Going, QueueRow
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.evidence import outbox
from ui.evidence.state import QueueItem, QueueState
from ui.language import Table, told, tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope
from ui.theme.tokens import Tone
from ui.words import Badge

PAGE: Final = 1_000
"""So many more are asked for when somebody scrolls to the last one."""
_MANY: Final = 500  # more rows than this are made off the window's thread
RATES: Final = (0, 256 << 10, 1 << 20, 2 << 20, 5 << 20, 10 << 20, 50 << 20)
"""What a person may choose from, bytes per second."""
_BADGES: Final = Table(
    {
        Going.MOVING: Badge("Moving", "refresh-cw", Tone.ACCENT),
        Going.WAITING: Badge("Waiting", "clock"),
        Going.PAUSED: Badge("Paused", "pause", Tone.WARN),
        Going.FAILED: Badge("Failed", "triangle-alert", Tone.DANGER),
    }
)


class QueuePresenter(Presenter[QueueState]):
    """Shows the queue as it changes, and changes its order."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, zone: tzinfo | None = None) -> None:
        super().__init__(QueueState())
        self._desk = desk
        self._zone = zone
        self._tasks = tasks
        self._rows: dict[FileId, QueueRow] = {}
        self._shown = PAGE
        self._back: Callable[[], Awaitable[object]] | None = None
        self.refresh = Reload(tasks, self._load, name="queue")
        self._unsubscribe = desk.events.subscribe(self._hear)
        self.refresh()

    def close(self) -> None:
        """Hear no more."""
        self._unsubscribe()
        self.detach()

    def _hear(self, event: Event) -> None:
        if isinstance(event, ExhibitsChanged | MessagesChanged | ConnectionChanged):
            self.refresh()
        elif isinstance(event, TransferMoved) and event.file in self._rows:
            row = replace(self._rows[event.file], going=Going.MOVING)
            row = replace(row, done=event.done, total=event.total, rate=event.rate)
            self._rows[event.file] = row
            items = list(self.state.items)
            items[self.state.places[event.file]] = _item(row)
            self._show(replace(self.state, items=tuple(items)))

    async def _load(self) -> None:
        try:
            view = await self._desk.queue(self._shown)
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        many = len(view.rows) > _MANY
        items = await asyncio.to_thread(_made, view.rows) if many else _made(view.rows)
        self._rows = {one.file: one for one in view.rows}
        self._show(
            replace(
                self.state,
                items=items,
                places={one.file: at for at, one in enumerate(items)},
                more=view.more,
                up=view.up,
                down=view.down,
                outbox=tuple(outbox.line(one, self._zone) for one in view.outbox),
                unsent=view.unsent,
                trouble=outbox.trouble(view, self._zone),
                caught_up=outbox.caught_up(view, self._zone),
                metered=view.metered,
                metered_locked=view.metered_locked,
                loading=False,
            )
        )

    def further(self) -> None:
        """The last one is in sight: show more of them, if there are more."""
        if self.state.more and self._shown <= len(self.state.items):
            self._shown += PAGE
            self.refresh()

    def move(self, item: QueueItem, *, first: bool) -> None:
        """Let a transfer go before, or after, all others."""
        space, file, rank = item.space, item.file, self._rows[item.file].rank
        self._act(
            self._desk.move_transfer(space, file, first=first),
            lambda: self._desk.put_back_transfer(space, file, rank),
        )

    def turn(self, item: QueueItem) -> None:
        """Pause a transfer, go on with it, or try a failed one again."""
        desk, space, file = self._desk, item.space, item.file
        if item.failed:
            self._act(desk.resume(space, file))
        elif item.paused:
            self._act(desk.resume(space, file), lambda: desk.pause(space, file))
        else:
            self._act(desk.pause(space, file), lambda: desk.resume(space, file))

    def cancel(self, space: SpaceId, file: FileId) -> None:
        """End a transfer for good."""
        self._act(self._desk.cancel(space, file))

    def pause_all(self) -> None:
        """Stop everything, in every space. It can be taken back while nothing else is paused."""
        self._act(self._desk.pause_all(), None if self.state.can_resume else self._desk.resume_all)

    def resume_all(self) -> None:
        """Go on with everything. It can be taken back while all of it was paused."""
        self._act(self._desk.resume_all(), None if self.state.can_pause else self._desk.pause_all)

    def limit(self, *, up: int | None = None, down: int | None = None) -> None:
        """Bound a direction; 0: not at all."""
        self._act(self._desk.limit(up=up, down=down))

    def undo(self) -> None:
        """Take back what was done last; what cannot be taken back offers nothing."""
        back = self._back
        if back is not None:
            self._act(back())

    def meter(self, value: str) -> None:
        """Say whether the line is metered, or let the system say it."""
        self._act(self._desk.network.choose("metered", value))

    def _act(
        self, act: Awaitable[object], back: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        self._back = None
        self._show(replace(self.state, problem=None, can_undo=False))
        self._tasks.start(self._finish(act, back), name="transfer")

    async def _finish(
        self, act: Awaitable[object], back: Callable[[], Awaitable[object]] | None
    ) -> None:
        try:
            await act
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
        else:
            self._back = back
            self._show(replace(self.state, can_undo=back is not None))
        self.refresh()


def _made(rows: tuple[QueueRow, ...]) -> tuple[QueueItem, ...]:
    """What failed stands first: it waits for a person."""
    return tuple(map(_item, sorted(rows, key=lambda one: one.going is not Going.FAILED)))


def _item(row: QueueRow) -> QueueItem:
    parts = [tr("{done} of {total}", done=words.size(row.done), total=words.size(row.total))]
    if row.up and row.recipients:
        parts += [trn("to {count} person", "to {count} persons", row.recipients)]
    if row.problem:
        parts = [told(row.problem)]
    elif row.going is Going.MOVING:
        parts += [words.rate(row.rate), words.left(row.done, row.total, row.rate)]
    elif row.eta is not None:
        parts.append(tr("done in {eta}", eta=words.span(int(row.eta) + 1)))
    return QueueItem(
        space=row.space,
        file=row.file,
        name=words.plain(row.name),
        where=words.plain(row.space_title),
        up=row.up,
        badge=_BADGES[row.going],
        percent=words.percent(row.done, row.total) if row.total else 0,
        motion="  ·  ".join(part for part in parts if part),
        paused=row.going is Going.PAUSED,
        failed=row.going is Going.FAILED,
    )


def rate_words(rate: int) -> str:
    """How a limit is chosen and shown."""
    return tr("At most {rate}", rate=words.rate(rate)) if rate else tr("As fast as it goes")
