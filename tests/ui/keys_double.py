"""A person's keys for the tests of the window: one passphrase, 24 words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from protocol.errors import BadInputError, WrongPassphraseError
from resources import path
from tests.ui.desk_rows import NOW

PASSPHRASE = "correct horse battery staple"
WORDS = tuple(path("words/english.txt").read_text().split()[7:1207:50])
LINE = "jit-recover:" + "l61yZWNvdmVyeS1saW5lAa5zdG9yZS5qaXQuZXhhbXBsZcQgn4bQgYhM" * 4


@dataclass(frozen=True)
class SheetDouble:
    """Fits `ui.ports.SheetText`."""

    words: tuple[str, ...] = WORDS
    line: str = LINE
    name: str = "Clara Weiss"
    authority: str = "Staatsanwaltschaft"
    store: str = "store.jit.example:8443"
    made_at: int = NOW
    asked: tuple[int, ...] = (3, 11, 20)


class KeysDouble:
    """Fits `ui.ports.KeysPort`."""

    def __init__(self) -> None:
        self.passphrase = PASSPHRASE
        self.confirmed = False

    async def change_passphrase(self, old: str, new: str) -> None:
        await asyncio.sleep(0)
        self._check(old)
        self.passphrase = new

    async def sheet(self, passphrase: str) -> SheetDouble:
        await asyncio.sleep(0)
        self._check(passphrase)
        return SheetDouble()

    async def confirm_sheet(self, typed: dict[int, str]) -> None:
        await asyncio.sleep(0)
        if any(WORDS[at - 1] != word for at, word in typed.items()):
            raise BadInputError("Not the words of the sheet: 3. Look at the sheet again.")
        self.confirmed = True

    def _check(self, passphrase: str) -> None:
        if passphrase != self.passphrase:
            raise WrongPassphraseError("The passphrase does not open this profile.")
