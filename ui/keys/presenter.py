"""Acts on one's own keys. Passphrases and words pass through and are kept nowhere longer."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from protocol.errors import BadInputError, JitError, WrongPassphraseError
from ui import words
from ui.errors.cards import card_at_once
from ui.firstrun.presenter import ACCEPTABLE, judged
from ui.keys.state import ActState, SheetState, SheetStep
from ui.language import told, tr
from ui.ports import DeskPort, DoorPort
from ui.presenting import Presenter
from ui.printing.paper import zoned

_SLOW: Final = "Sealing the keys. This takes a moment on purpose."


def _checked(state: ActState, new: str, again: str) -> ActState:
    """A new passphrase that is strong enough and was typed twice."""
    found = judged(new, again)
    weak = found.hint if found.strength < ACCEPTABLE else ""
    differs = "" if weak or new == again else tr("Not the same as above.")
    return replace(state, wrong_new=weak, wrong_again=differs)


def _bad(state: ActState) -> bool:
    return bool(state.wrong_new or state.wrong_again)


class ChangePresenter(Presenter[ActState]):
    """Another passphrase."""

    def __init__(self, desk: DeskPort) -> None:
        super().__init__(ActState())
        self._desk = desk

    async def change(self, old: str, new: str, again: str) -> bool:
        """Change it. False when it was not changed."""
        self._show(_checked(ActState(), new, again))
        if _bad(self.state):
            return False
        self._show(ActState(busy=tr(_SLOW)))
        try:
            await self._desk.keys.change_passphrase(old, new)
        except WrongPassphraseError:
            self._show(
                ActState(wrong_old=tr("This does not open the profile. Nothing was changed."))
            )
            return False
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(ActState(problem=card_at_once(failure)))
            return False
        self._show(ActState())
        return True


class SheetPresenter(Presenter[SheetState]):
    """The recovery sheet: passphrase, words, three of them typed."""

    def __init__(self, desk: DeskPort) -> None:
        super().__init__(SheetState())
        self._desk = desk

    async def open(self, passphrase: str) -> None:
        """Show the words."""
        self._show(SheetState(busy=tr("Opening the vault…")))
        try:
            made = await self._desk.keys.sheet(passphrase)
        except WrongPassphraseError:
            self._show(SheetState(wrong=tr("This does not open the profile.")))
        except Exception as failure:  # noqa: BLE001 - as above
            self._show(SheetState(problem=card_at_once(failure)))
        else:
            owner = ", ".join(part for part in (made.name, made.authority) if part)
            self._show(
                SheetState(
                    step=SheetStep.WORDS,
                    words=made.words,
                    line=made.line,
                    owner=owner,
                    store=made.store,
                    made=f"{words.plain(owner)}  ·  {zoned(made.made_at)}",
                    asked=made.asked,
                )
            )

    def written_down(self) -> None:
        """Ask for three words."""
        self._show(replace(self.state, step=SheetStep.CONFIRM, wrong="", problem=None))

    def look_again(self) -> None:
        """Back to the words."""
        self._show(replace(self.state, step=SheetStep.WORDS, wrong="", problem=None))

    def cannot_save(self, sentence: str) -> None:
        """The file of the sheet could not be written."""
        self._show(replace(self.state, problem=card_at_once(BadInputError(sentence))))

    async def confirm(self, typed: dict[int, str]) -> bool:
        """Take note. False when a word was another one."""
        try:
            await self._desk.keys.confirm_sheet(typed)
        except JitError as failure:
            self._show(replace(self.state, wrong=told(failure.sentence)))
            return False
        self._show(SheetState())
        return True


class WordsPresenter(Presenter[ActState]):
    """Opening with the words: the profile that is here, or a new one on this computer."""

    def __init__(self, door: DoorPort) -> None:
        super().__init__(ActState())
        self._door = door

    async def open(self, words: str, new: str, again: str) -> DeskPort | None:
        """Open the profile that is here and give it another passphrase."""
        self._show(_checked(ActState(), new, again))
        if _bad(self.state):
            return None
        self._show(ActState(busy=tr(_SLOW)))
        try:
            desk = await self._door.open_with_words(words, new)
        except Exception as failure:  # noqa: BLE001 - as above
            self._show(_told(failure))
            return None
        self._show(ActState())
        return desk

    async def restore(
        self, line: str, words: str, new: str, again: str, *, others_lost: bool
    ) -> DeskPort | None:
        """Become oneself again on this computer."""
        self._show(_checked(ActState(), new, again))
        if _bad(self.state):
            return None
        try:
            wish = self._door.read_sheet(line, words, others_lost=others_lost)
            self._show(ActState(busy=tr("Making keys and telling the store…")))
            desk = await self._door.restore(wish, new)
        except Exception as failure:  # noqa: BLE001 - as above
            self._show(_told(failure))
            return None
        self._show(ActState())
        return desk


def _told(failure: Exception) -> ActState:
    if isinstance(failure, JitError) and failure.reason == "recovery-words":
        return ActState(wrong_words=told(failure.sentence))
    if isinstance(failure, BadInputError):
        return ActState(wrong_line=told(failure.sentence))
    return ActState(problem=card_at_once(failure))
