"""Opening one's own profile with the passphrase."""

from __future__ import annotations

import asyncio
from pathlib import Path

from crypto.entropy import Entropy
from jitclient.foundation.clock import Clock
from jitclient.session import Session
from jitclient.unlocking import PENDING, close_session, enrolled, opened
from localstore import devices
from protocol.errors import NotEnrolledError


async def unlock(folder: Path, passphrase: str, *, clock: Clock, entropy: Entropy) -> Session:
    """Unlock a profile.

    Raises:
        NotEnrolledError: nobody enrolled here, or an enrolment was cut off.
        WrongPassphraseError, ProfileInUseError, DamagedStoreError, ConfigurationError.
    """
    if not enrolled(folder):
        raise NotEnrolledError("This profile is not enrolled yet. Start with an invitation.")
    session = await opened(folder, passphrase, clock=clock, entropy=entropy)
    if await session.run(devices.setting, session.stores.device, PENDING):
        close_session(session)
        raise NotEnrolledError("The enrolment was cut off. Use the same invitation once more.")
    await asyncio.to_thread(session.me)  # its safety number takes milliseconds, once
    return session
