"""Compares safety numbers: sixty digits aloud, or one code seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jitclient.views import Trust
from protocol.errors import JitError, VerificationError
from protocol.ids import SpaceId, UserId
from ui import words
from ui.errors.cards import card_for
from ui.people.state import VerifyState
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope

PREFIX: Final = "jitc-verify:"
LENGTH: Final = 60


class VerifyPresenter(Presenter[VerifyState]):
    """Behind the sheet "Compare safety numbers"."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, space: SpaceId, user: UserId) -> None:
        super().__init__(VerifyState())
        self._desk = desk
        self._tasks = tasks
        self._space = space
        self._user = user
        self._given = ""

    def load(self) -> None:
        """Read the number this computer has."""
        self._tasks.start(self._load(), name="number")

    def typed(self, text: str) -> None:
        """The field changed; spaces and the prefix of the code do not count."""
        self._given = "".join(char for char in text.removeprefix(PREFIX) if char.isdecimal())
        self._show(replace(self.state, typed=len(self._given), different=False, problem=None))

    def compare(self) -> None:
        """Compare the number typed or pasted."""
        if len(self._given) == LENGTH and not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._compare(self._given), name="compare")

    def same(self) -> None:
        """The person says that the other computer shows exactly this number."""
        if self.state.digits and not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._compare(self.state.digits), name="compare")

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
                code=modules(known.digits),
                badge=words.TRUST[known.trust],
                done=known.trust is Trust.VERIFIED,
                loading=False,
            )
        )

    async def _compare(self, digits: str) -> None:
        try:
            known = await self._desk.verify(self._space, self._user, digits)
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
            )
        )


def modules(digits: str) -> tuple[tuple[bool, ...], ...]:
    """The QR code of a number, as rows of dark and light."""
    import segno  # noqa: PLC0415 - only this sheet needs it

    code = segno.make(PREFIX + digits, error="m", micro=False)
    return tuple(tuple(bool(cell) for cell in line) for line in code.matrix)
