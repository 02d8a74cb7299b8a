"""Compares safety numbers: sixty digits aloud, or one code seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import tzinfo

from jitclient.views import Trust
from protocol.errors import JitError, VerificationError
from protocol.ids import SpaceId, UserId
from ui import words
from ui.errors.cards import card_for
from ui.people.compared import compared
from ui.people.state import VerifyState
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.qrcodes import modules
from ui.tasks import TaskScope


class VerifyPresenter(Presenter[VerifyState]):
    """Behind the sheet "Compare safety numbers"."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        space: SpaceId,
        user: UserId,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(VerifyState())
        self._zone = zone
        self._desk = desk
        self._tasks = tasks
        self._space = space
        self._user = user
        self._given = ""

    def load(self) -> None:
        """Read the number this computer has."""
        self._tasks.start(self._load(), name="number")

    def typed(self, text: str) -> None:
        """The field changed: digits, whose spaces do not count, or the line of a code."""
        self._given = text.strip() if is_line(text) else digits_in(text)
        self._show(
            replace(
                self.state,
                typed=0 if is_line(text) else len(self._given),
                line=is_line(text),
                different=False,
                problem=None,
            )
        )

    def picture(self, read: Callable[[], Awaitable[str]]) -> None:
        """A picture of the code was given; it is read, and compared at once."""
        if not self.state.busy and not self.state.loading:
            self._show(replace(self.state, busy=True, different=False, problem=None))
            self._tasks.start(self._read(read), name="picture")

    def compare(self) -> None:
        """Compare the number or the line typed or pasted."""
        if self.state.ready and not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._compare(self._given), name="compare")

    def same(self) -> None:
        """The person says that the other computer shows exactly this number."""
        if self.state.digits and not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._compare(self.state.digits), name="compare")

    def differ(self) -> None:
        """The person says that the other computer shows another number."""
        if self.state.digits and not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._differ(), name="numbers-differ")

    async def _differ(self) -> None:
        try:
            known = await self._desk.numbers_differ(self._space, self._user)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return
        self._show(
            replace(
                self.state,
                busy=False,
                done=False,
                different=True,
                badge=words.TRUST[known.trust],
            )
        )

    async def _load(self) -> None:
        try:
            known = await self._desk.verify(self._space, self._user)
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        self._show(
            replace(
                self.state,
                name=words.plain(known.name),
                groups=words.grouped(known.digits),
                digits=known.digits,
                payload=known.code,
                code=modules(known.code),
                badge=words.TRUST[known.trust],
                compared=compared(known.comparison, self._zone),
                done=known.trust is Trust.VERIFIED,
                loading=False,
            )
        )

    async def _read(self, read: Callable[[], Awaitable[str]]) -> None:
        try:
            text = await read()
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return
        await self._compare(text)

    async def _compare(self, given: str) -> None:
        try:
            if digits_in(given) == given:
                known = await self._desk.verify(self._space, self._user, given)
            else:
                known = await self._desk.verify_code(self._space, self._user, given)
        except VerificationError as failure:
            self._show(replace(self.state, busy=False, different=True, problem=card_for(failure)))
            return
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return
        self._show(
            replace(
                self.state,
                busy=False,
                done=True,
                different=False,
                badge=words.TRUST[known.trust],
                compared=compared(known.comparison, self._zone),
            )
        )


def digits_in(text: str) -> str:
    """The decimal digits of a text."""
    return "".join(char for char in text if char.isdecimal())


def is_line(text: str) -> bool:
    """Whether this is meant as a line of one of our types rather than as digits."""
    return text.strip()[:4].casefold() == "jit-"
