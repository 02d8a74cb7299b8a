"""The door before the desk double: enrols, unlocks, refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from protocol.errors import InvitationError, StoreUnreachableError, WrongPassphraseError
from tests.ui.desk_double import DeskDouble

PASSPHRASE = "correct horse battery staple"
INVITATION = "jitc-invite:store.example:8443:abc"


class PreviewDouble:
    """What an invitation says."""

    address = "store.jit.example:8443"
    fingerprint = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


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
        self._keyring = keyring
        self._make = make or DeskDouble
        self.desks: list[DeskDouble] = []
        self.offline = False
        self.used = False

    def enrolled(self) -> bool:
        return self._enrolled

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

    async def unlock(self, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if passphrase != PASSPHRASE:
            raise WrongPassphraseError("The passphrase does not open this profile.")
        self.desks.append(self._make())
        return self.desks[-1]
