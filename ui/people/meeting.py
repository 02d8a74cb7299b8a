"""Compares with everybody of a space in one sitting: next, they match, they differ, later.

What was compared is on record at once, so a meeting may break off anywhere; the next one begins
with the first who is not verified. "Later" is remembered only while the sheet is open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from enum import Enum
from typing import Any, Final

from jitclient.views import SpaceDetail, Trust, Verification
from protocol.errors import JitError, VerificationError
from protocol.ids import UserId
from ui import words
from ui.errors.cards import card_for
from ui.language import Table, tr
from ui.people.state import MeetingLine, MeetingState
from ui.people.verify import digits_in, is_line
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.qrcodes import modules
from ui.tasks import TaskScope
from ui.theme.tokens import Tone
from ui.words import Badge


class _Mark(Enum):
    DIFFER = "differ"
    LATER = "later"


_MARKS: Final = Table(
    {
        _Mark.DIFFER: Badge("Numbers differ", "circle-x", Tone.DANGER),
        _Mark.LATER: Badge("Later", "clock"),
    }
)


class MeetingPresenter(Presenter[MeetingState]):
    """Behind the sheet "Compare with everybody"."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, detail: SpaceDetail) -> None:
        super().__init__(MeetingState())
        self._desk = desk
        self._tasks = tasks
        self._space = detail.row.space
        self._places = {
            one.user: words.plain(f"{one.authority} · {one.country}") for one in detail.members
        }
        self._rows: list[Verification] = []
        self._marks: dict[UserId, _Mark] = {}
        self._given = ""

    @property
    def rows(self) -> tuple[Verification, ...]:
        """Everybody's number, for the printed list."""
        return tuple(self._rows)

    def place(self, user: UserId) -> str:
        """Authority and country of somebody."""
        return self._places.get(user, "")

    def load(self) -> None:
        """Read all numbers at once."""
        self._tasks.start(self._load(), name="numbers")

    def go(self, at: int) -> None:
        """Show the number with the person at this place of the list."""
        if 0 <= at < len(self._rows) and not self.state.busy:
            self._show_person(at)

    def next(self) -> None:
        """To the person below."""
        self.go(self.state.at + 1)

    def previous(self) -> None:
        """To the person above."""
        self.go(self.state.at - 1)

    def later(self) -> None:
        """Leave this person for another time, and go on."""
        row = self._row()
        if row is not None and not self.state.busy:
            if row.trust is not Trust.VERIFIED:
                self._marks[row.user] = _Mark.LATER
            self._go_on()

    def match(self) -> None:
        """Both read the same digits aloud."""
        row = self._row()
        if row is not None:
            self._start(self._compare(row.user, row.digits))

    def differ(self) -> None:
        """The digits read aloud are not the same."""
        row = self._row()
        if row is not None:
            self._start(self._differ(row.user))

    def typed(self, text: str) -> None:
        """The field changed: digits, or the line of somebody's code."""
        self._given = text.strip() if is_line(text) else digits_in(text)
        typed = 0 if is_line(text) else len(self._given)
        self._show(replace(self.state, typed=typed, line=is_line(text), problem=None))

    def compare(self) -> None:
        """Compare what was typed or pasted; a code says itself whose it is."""
        if self.state.ready:
            self._start(self._given_code(self._given))

    def picture(self, read: Callable[[], Awaitable[str]]) -> None:
        """A picture of somebody's code was given."""
        self._start(self._picture(read))

    def failed(self, failure: Exception) -> None:
        """Show what went wrong with the printed list."""
        self._show(replace(self.state, problem=card_for(failure)))

    # --- at work -------------------------------------------------------------------------------

    def _row(self) -> Verification | None:
        return self._rows[self.state.at] if 0 <= self.state.at < len(self._rows) else None

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self.state.busy or self.state.loading:
            work.close()
            return
        self._show(replace(self.state, busy=True, problem=None))
        self._tasks.start(self._run(work), name="compare")

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._show(replace(self.state, busy=False))

    async def _load(self) -> None:
        try:
            self._rows = list(await self._desk.verification_sheet(self._space))
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        self._show(replace(self.state, loading=False))
        self._show_person(self._first_open())

    async def _picture(self, read: Callable[[], Awaitable[str]]) -> None:
        await self._given_code(await read())

    async def _given_code(self, given: str) -> None:
        row = self._row()
        if row is not None and digits_in(given) == given:
            await self._compare(row.user, given)
            return
        shower = self._desk.whose_code(given)
        at = next((i for i, one in enumerate(self._rows) if one.user == shower), None)
        if at is not None:
            self._show_person(at)
        row = self._row()
        if row is not None:
            await self._compare(row.user, given)

    async def _compare(self, user: UserId, given: str) -> None:
        try:
            if digits_in(given) == given:
                known = await self._desk.verify(self._space, user, given)
            else:
                known = await self._desk.verify_code(self._space, user, given)
        except VerificationError:
            await self._differ(user)
            raise
        self._marks.pop(user, None)
        self._took(known)
        self._go_on()

    async def _differ(self, user: UserId) -> None:
        known = await self._desk.numbers_differ(self._space, user)
        self._marks[user] = _Mark.DIFFER
        self._took(known)
        self._show_person(self.state.at)

    def _took(self, known: Verification) -> None:
        self._rows = [known if one.user == known.user else one for one in self._rows]

    def _open(self, row: Verification) -> bool:
        return row.trust is not Trust.VERIFIED and row.user not in self._marks

    def _first_open(self) -> int:
        return next((i for i, one in enumerate(self._rows) if self._open(one)), 0)

    def _go_on(self) -> None:
        """To the next who is still open, from here on round; stay when nobody is."""
        here = self.state.at
        count = len(self._rows)
        round_ = [(here + step) % count for step in range(1, count + 1)]
        self._show_person(next((i for i in round_ if self._open(self._rows[i])), here))

    def _show_person(self, at: int) -> None:
        if not self._rows:
            self._show(replace(self.state, finished=tr("You are alone in this space.")))
            return
        row = self._rows[at]
        done = sum(1 for one in self._rows if one.trust is Trust.VERIFIED)
        changed = at != self.state.at or row.code != self.state.payload
        self._given = "" if changed else self._given
        self._show(
            replace(
                self.state,
                lines=tuple(self._line(one) for one in self._rows),
                at=at,
                groups=words.grouped(row.digits),
                payload=row.code,
                code=modules(row.code) if changed else self.state.code,
                progress=tr("{done} of {rows} compared", done=done, rows=len(self._rows)),
                percent=words.percent(done, len(self._rows)),
                finished=self._finished(done),
                differs=self._marks.get(row.user) is _Mark.DIFFER,
                typed=0 if changed else self.state.typed,
                line=False if changed else self.state.line,
            )
        )

    def _line(self, row: Verification) -> MeetingLine:
        name = words.plain(row.name)
        mark = self._marks.get(row.user)
        badge = _MARKS[mark] if mark is not None else words.TRUST[row.trust]
        return MeetingLine(row.user, name, self.place(row.user), words.initials(name), badge)

    def _finished(self, done: int) -> str:
        if any(self._open(one) for one in self._rows):
            return ""
        if done == len(self._rows):
            return tr("Everybody is compared.")
        differ = sum(1 for mark in self._marks.values() if mark is _Mark.DIFFER)
        later = sum(1 for mark in self._marks.values() if mark is _Mark.LATER)
        parts = [tr("{done} compared", done=done)]
        parts += [tr("{differ} with different numbers", differ=differ)] if differ else []
        parts += [tr("{later} left for later", later=later)] if later else []
        return ", ".join(parts) + "."
