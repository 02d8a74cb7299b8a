"""Tries a passphrase, off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from protocol.errors import InvitationError, NotEnrolledError, WrongPassphraseError
from ui.errors.cards import ErrorCard, card_for
from ui.firstrun.presenter import set_up_card
from ui.language import tr, trn
from ui.ports import DeskPort, DoorPort
from ui.presenting import Presenter
from ui.tasks import TaskScope
from ui.unlock.state import UnlockState


class UnlockPresenter(Presenter[UnlockState]):
    """Hands the desk to `on_open` when the passphrase is right.

    A set-up that was cut off goes on here. `on_unfinished` is called with why it cannot, where
    another line has to be pasted, or an own one restored: this card has no place for that.
    """

    def __init__(
        self,
        door: DoorPort,
        tasks: TaskScope,
        on_open: Callable[[DeskPort], None],
        on_unfinished: Callable[[ErrorCard | None], None],
    ) -> None:
        super().__init__(UnlockState())
        self._door = door
        self._tasks = tasks
        self._on_open = on_open
        self._on_unfinished = on_unfinished

    def unlock(self, passphrase: str) -> None:
        """Try."""
        if self.state.busy:
            return
        if not passphrase:
            self._show(replace(self.state, wrong=tr("Type your passphrase."), problem=None))
            return
        self._show(replace(self.state, busy=True, wrong="", problem=None))
        self._tasks.start(self._try(passphrase), name="unlock")

    async def _try(self, passphrase: str) -> None:
        try:
            desk = await self._door.unlock(passphrase)
        except WrongPassphraseError:
            tries = self.state.tries + 1
            sentence = tr(
                "That passphrase does not open this profile. Nothing was changed; check Caps "
                "Lock and the keyboard layout.",
            )
            if tries > 1:
                sentence += " " + trn("{count} try so far.", "{count} tries so far.", tries)
            self._show(replace(self.state, busy=False, wrong=sentence, tries=tries))
        except NotEnrolledError:
            await self._go_on(passphrase)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
        else:
            self._show(UnlockState())
            self._on_open(desk)

    async def _go_on(self, passphrase: str) -> None:
        """The invitation is kept in the profile; what it needs now is the store."""
        self._show(replace(self.state, doing=tr("Going on with setting up this computer…")))
        try:
            desk = await self._door.go_on(passphrase)
        except (InvitationError, NotEnrolledError) as failure:
            self._show(UnlockState())
            used = isinstance(failure, InvitationError)
            self._on_unfinished(card_for(failure) if used else None)
        except Exception as failure:  # noqa: BLE001 - as above
            self._show(UnlockState(problem=set_up_card(failure)))
        else:
            self._show(UnlockState())
            self._on_open(desk)
