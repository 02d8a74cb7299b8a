"""Closes a space, and follows the wipe receipts in."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Final

from jitclient.endviews import UnreachedRow
from jitclient.views import SpaceDetail, SpaceState, WipeRow
from protocol.errors import JitError
from protocol.ids import SpaceId
from protocol.limits import MAX_REASON_CHARS
from ui import words
from ui.closing import outstanding
from ui.closing.state import ClosingState, LeftLine, WipeLine
from ui.errors.cards import card_for
from ui.language import mark, tr, trn
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

_REASON: Final = "closing-reason"
MOST_NAMES: Final = 20
"""So many of one kind are shown by name."""

_WHAT: Final = {
    "exhibit": mark("Saved copy of an exhibit"),
    "sheet": mark("Sheet of facts beside a saved copy"),
    "list": mark("Hand-over list"),
    "proof": mark("Proof of two lists of members"),
    "unfinished": mark("Copy that was cut off, in a folder that was not there"),
    "source": mark("Folder that own exhibits were handed over from"),
    "member": mark("Removed before the end, and not told of it"),
    "profile": mark("Copy of the whole profile"),
    "file": mark("File of the profile that the system did not let go"),
}


class ClosingPresenter(Presenter[ClosingState]):
    """One for the window; it turns to the space in front. `left`: how spaces were left."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        zone: tzinfo | None = None,
        left: LeftOff | None = None,
    ) -> None:
        super().__init__(ClosingState())
        self._left = left or LeftOff(desk)
        self._desk = desk
        self._tasks = tasks
        self._zone = zone
        self._shown = False
        self.refresh = Reload(tasks, self._load, name="wipes")

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        if detail is None:
            self._show(ClosingState())
            return
        row = detail.row
        kept = self.state if self.state.space == row.space else ClosingState()
        can = row.state is SpaceState.OPEN and row.i_administer
        self._show(
            replace(
                kept,
                space=row.space,
                title=words.plain(row.title),
                phase=row.state,
                can_close=can,
                why_not="" if can else tr("Only an administrator of the space can close it."),
                stated_reason=words.plain(detail.close_reason),
            )
        )
        self.refresh()

    def shown(self, *, yes: bool) -> None:
        """Whether it is in front: only then what is still open is counted."""
        if yes and not self._shown:
            self.refresh()
        self._shown = yes

    def reason_changed(self, text: str) -> None:
        """Why it is closed."""
        reason = text[:MAX_REASON_CHARS]
        if self.state.space is not None:
            self._left.note(self.state.space, _REASON, reason)
        self._show(replace(self.state, reason=reason))

    def typed_changed(self, text: str) -> None:
        """The title, typed to confirm."""
        self._show(replace(self.state, typed=text))

    def close(self) -> None:
        """Sign the closing, after the view asked for confirmation."""
        if self.state.ready and self.state.space is not None:
            self._show(replace(self.state, busy=True, problem=None))
            work = self._close(self.state.space, self.state.reason.strip())
            self._tasks.start(work, name="close")

    def dismiss(self) -> None:
        """Take the error card away."""
        self._show(replace(self.state, problem=None))

    async def _close(self, space: SpaceId, reason: str) -> None:
        try:
            await self._desk.close_space(space, reason)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return
        self._left.note(space, _REASON, "")
        if self.state.space == space:
            self._show(replace(self.state, busy=False, reason="", typed=""))
        self.refresh()

    async def _load(self) -> None:
        space = self.state.space
        if space is not None and self.state.can_close:
            await self._resume(space)
            await self._look(space)
        if space is None or self.state.phase not in (SpaceState.CLOSING, SpaceState.WIPED):
            return
        try:
            rows = await self._desk.wipes(space)
            left = await self._desk.endings.unreached(space)
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        if self.state.space != space:
            return
        have = sum(1 for row in rows if row.wiped_at is not None)
        self._show(
            replace(
                self.state,
                lines=tuple(_line(row, self._zone) for row in sorted(rows, key=_owing)),
                left=_left(left),
                confirmed=trn(
                    "{have} of {count} device confirmed the wipe",
                    "{have} of {count} devices confirmed the wipe",
                    len(rows),
                    have=have,
                ),
            )
        )

    async def _look(self, space: SpaceId) -> None:
        """What is still open, as long as it is looked at."""
        if not self._shown:
            return
        try:
            found = await self._desk.endings.outstanding(space)
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        if self.state.space == space:
            self._show(replace(self.state, open=outstanding.lines(found, space)))

    async def _resume(self, space: SpaceId) -> None:
        """The reason that was being typed when the window locked, or in another space."""
        await self._left.load(space)
        if self.state.space == space and not self.state.reason:
            self._show(replace(self.state, reason=self._left.of(space, _REASON)))


def _owing(row: WipeRow) -> bool:
    """Who has not confirmed stands first."""
    return row.wiped_at is not None


def _left(rows: tuple[UnreachedRow, ...]) -> tuple[LeftLine, ...]:
    """By kind, in the order they come."""
    kinds = dict.fromkeys(row.what for row in rows)
    found = []
    for kind in kinds:
        names = tuple(words.plain(row.name) for row in rows if row.what == kind)
        found.append(LeftLine(tr(_WHAT[kind]), names[:MOST_NAMES], max(0, len(names) - MOST_NAMES)))
    return tuple(found)


def _line(row: WipeRow, zone: tzinfo | None) -> WipeLine:
    done = row.wiped_at is not None
    return WipeLine(
        words.plain(row.name),
        tr("Device {device}", device=row.device.hex()[:8]),
        done,
        tr("Wiped {wiped_at}", wiped_at=words.stamp(row.wiped_at, zone))
        if row.wiped_at is not None
        else _owed(row, zone),
        words.plain(row.remaining),
        row.receipt,
    )


def _owed(row: WipeRow, zone: tzinfo | None) -> str:
    if row.ended_at is None:
        return tr("Not confirmed wiped")
    return tr("Not confirmed since {day}", day=words.stamp(row.ended_at, zone))
