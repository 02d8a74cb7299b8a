"""The part of the desk that is about one's own keys: passphrase and recovery sheet."""

from __future__ import annotations

from jitclient.session import Session
from jitclient.usecases import change_passphrase, recovery
from jitclient.usecases.recovery import Sheet


class KeyDesk:
    """One unlocked profile's keys."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def change_passphrase(self, old: str, new: str) -> None:
        """Let another passphrase open this profile; see `usecases.change_passphrase`."""
        await change_passphrase.change_passphrase(self._session, old, new)

    async def sheet(self, passphrase: str) -> Sheet:
        """The recovery sheet, after the passphrase was given again; see `usecases.recovery`."""
        return await recovery.sheet(self._session, passphrase)

    async def confirm_sheet(self, typed: dict[int, str]) -> None:
        """The words are written down: some of them, by place; see `usecases.recovery`."""
        await recovery.confirm(self._session, typed)
