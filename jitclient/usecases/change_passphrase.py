"""Changing the passphrase: a new vault around the same master key."""

from __future__ import annotations

import asyncio

from jitclient import unlocking, vaults
from jitclient.session import Session
from jitclient.usecases.enrol import check_passphrase


async def change_passphrase(session: Session, old: str, new: str) -> None:
    """Let another passphrase open this profile; where there is a keyring, with a new half in it.

    A crash at any moment leaves the old passphrase working, or the new one, and never none.

    Raises:
        WrongPassphraseError: `old` does not open the profile; nothing was changed.
        BadInputError: `new` is too short.
        DiskError: the disk is full or failing; the old passphrase still opens.
    """
    check_passphrase(new)
    session.keyring = await asyncio.to_thread(_change, session, old, new)


def _change(session: Session, old: str, new: str) -> bool:
    master = unlocking.master_key(session.profile, old)
    return vaults.write(session.profile, master, new, session.identity.user_root, session.entropy)
