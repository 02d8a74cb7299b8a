"""The door before the desk double: enrols, unlocks, refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from crypto.errors import WordsError
from jitclient.deviceviews import Joining
from protocol.errors import (
    BadInputError,
    InvitationError,
    StoreUnreachableError,
    WrongPassphraseError,
)
from tests.ui.desk_double import DeskDouble
from tests.ui.keys_double import WORDS

PASSPHRASE = "correct horse battery staple"
INVITATION = "jitc-invite:store.example:8443:abc"


class PreviewDouble:
    """What an invitation says."""

    address = "store.jit.example:8443"
    fingerprint = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class LinkingDouble:
    """A device that asks to be linked; the test answers for the other device."""

    def __init__(self, door: DoorDouble) -> None:
        self._door = door
        self.code = "7K3D-Q0XV-9WM2-TB5R"
        self.answered = asyncio.Event()
        self.refused: Exception | None = None
        self.cancelled = False

    async def wait(self) -> Joining:
        await self.answered.wait()
        if self.refused is not None:
            raise self.refused
        return Joining(
            name="Clara Weiss",
            authority="Hamburg Public Prosecution",
            store="store.example:8443",
            fingerprint="12345 67890 24680",
            code=self.code,
        )

    async def accept(self, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        return self._door.open()

    async def cancel(self) -> None:
        self.cancelled = True


class DoorDouble:
    """Fits `ui.ports.DoorPort`."""

    def __init__(
        self,
        *,
        enrolled: bool = True,
        keyring: bool = True,
        make: Callable[[], DeskDouble] | None = None,
    ) -> None:
        self._enrolled = enrolled
        self.carries = False
        self._keyring = keyring
        self._make = make or DeskDouble
        self.desks: list[DeskDouble] = []
        self.offline = False
        self.used = False
        self.linkings: list[LinkingDouble] = []

    def enrolled(self) -> bool:
        return self._enrolled

    def carrying(self) -> bool:
        return self.carries

    async def check_keyring(self) -> bool:
        await asyncio.sleep(0)
        return self._keyring

    def read_invitation(self, text: str) -> PreviewDouble:
        if not text.startswith("jitc-invite:"):
            raise InvitationError("This is not a whole invitation: its beginning is missing.")
        return PreviewDouble()

    async def enrol(self, invitation: str, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if self.offline:
            raise StoreUnreachableError("The store does not answer.")
        if self.used:
            raise InvitationError("This invitation was used already.")
        self._enrolled = True
        self.desks.append(self._make())
        return self.desks[-1]

    async def go_on(self, passphrase: str) -> DeskDouble:
        return await self.enrol(INVITATION, passphrase)

    def read_link(self, line: str) -> Joining:
        if not line.startswith("jit-link:"):
            raise BadInputError("This is not the line that links a device.")
        return Joining(
            name="Clara Weiss", authority="", store="store.example:8443", fingerprint="", code=""
        )

    async def link(self, line: str, name: str) -> LinkingDouble:
        await asyncio.sleep(0)
        if self.offline:
            raise StoreUnreachableError("The store does not answer.")
        self.linkings.append(LinkingDouble(self))
        return self.linkings[-1]

    def open(self) -> DeskDouble:
        """A further desk."""
        self._enrolled = True
        self.desks.append(self._make())
        return self.desks[-1]

    async def open_with_words(self, words: str, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if words.split() != list(WORDS):
            raise WordsError("Word 2 is another one on the sheet.")
        return self.open()

    def read_sheet(self, line: str, words: str, *, others_lost: bool) -> tuple[str, bool]:
        if not line.startswith("jit-recover:"):
            raise BadInputError("This is not the line of a recovery sheet.")
        if words.split() != list(WORDS):
            raise WordsError("Word 2 is another one on the sheet.")
        return line, others_lost

    async def restore(self, wish: tuple[str, bool], passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if self.offline:
            raise StoreUnreachableError("The store does not answer.")
        self.restored = wish
        return self.open()

    restored: tuple[str, bool] | None = None

    async def unlock(self, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if passphrase != PASSPHRASE:
            raise WrongPassphraseError("The passphrase does not open this profile.")
        self.desks.append(self._make())
        return self.desks[-1]
