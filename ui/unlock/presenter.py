"""Tries a passphrase, off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from protocol.errors import NotEnrolledError, WrongPassphraseError
from ui.errors.cards import card_for
from ui.language import tr, trn
from ui.ports import DeskPort, DoorPort
from ui.presenting import Presenter
from ui.tasks import TaskScope
from ui.unlock.state import UnlockState


class UnlockPresenter(Presenter[UnlockState]):
    """Hands the desk to `on_open` when the passphrase is right.

    `on_unfinished` is called when the set-up of this profile was cut off: only the invitation
    helps then, and this card has no place for it.
    """

    def __init__(
        self,
        door: DoorPort,
        tasks: TaskScope,
        on_open: Callable[[DeskPort], None],
        on_unfinished: Callable[[], None],
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
            self._show(UnlockState())
            self._on_unfinished()
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
        else:
            self._show(UnlockState())
            self._on_open(desk)
