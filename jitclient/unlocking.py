"""From a folder and a passphrase to a `Session`, and back.

Key derivation takes most of a second and runs off the loop; callers use `asyncio.to_thread`.
Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from crypto import vault
from crypto.entropy import Entropy
from crypto.handshake import Own
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import carrierlock, diskwatch, freshness, vaults
from jitclient.events import Events
from jitclient.foundation.clock import Clock
from jitclient.session import Session, Stores
from localstore import devices
from localstore.connection import Connection, open_database
from localstore.executor import Database
from localstore.profile import Profile
from protocol.errors import DamagedStoreError
from protocol.ids import DeviceId, UserId

PENDING = "pending-invitation"


def enrolled(folder: Path) -> bool:
    """Whether a profile folder holds a vault. Takes no lock."""
    return (folder / "vault").is_file()


def master_key(profile: Profile, passphrase: str) -> bytes:
    """Open the vault of a profile.

    Raises:
        NotEnrolledError: there is none.
        KeyringHalfError: the keyring does not give out its half.
        WrongPassphraseError: wrong passphrase.
        DamagedStoreError: not a vault.
    """
    return vaults.open_by_passphrase(profile, passphrase)


def device_database(
    profile: Profile, master: bytes, *, create: bool
) -> tuple[Database, Connection]:
    """Open device.db under the vault's key, on a new database thread."""
    database = Database()
    key = vault.subkey(master, "device-db", 64)
    try:
        connection = database.call(
            lambda: open_database(profile.device_database, key, migrations="device", create=create)
        )
    except BaseException:
        database.close()
        raise
    return database, connection


async def opened(folder: Path, passphrase: str, *, clock: Clock, entropy: Entropy) -> Session:
    """Take a profile for this process and unlock it; it is let go when that fails.

    Raises:
        ProfileInUseError, and what `open_session` raises.
    """
    profile = Profile(folder)
    try:
        return await asyncio.to_thread(
            open_session, profile, passphrase, clock=clock, entropy=entropy
        )
    except BaseException:
        profile.close()
        raise


def open_session(
    profile: Profile,
    passphrase: str,
    *,
    clock: Clock,
    entropy: Entropy,
    master: bytes | None = None,
) -> Session:
    """Unlock a profile that is locked for this process.

    Raises:
        WrongPassphraseError, NotEnrolledError, DamagedStoreError, ConfigurationError.
    """
    forbid_core_dumps()
    carrierlock.stop(profile.directory)
    sealed = profile.load_vault()
    master = master or master_key(profile, passphrase)
    database, connection = device_database(profile, master, create=False)
    identity = database.call(devices.load_identity, connection)
    if identity is None:
        database.call(connection.close)
        database.close()
        raise DamagedStoreError("The profile's database holds no identity. It was left untouched.")
    signing = SigningKey.load(identity.signing_seed)
    own = Own(
        user=UserId(identity.user),
        device=DeviceId(identity.device),
        signing=signing.public,
        identity=IdentityKey.load(identity.identity_seed),
    )
    session = Session(
        profile=profile,
        database=database,
        stores=Stores(profile, connection),
        identity=identity,
        signing=signing,
        own=own,
        clock=clock,
        entropy=entropy,
        events=Events(),
        keyring=sealed is not None and vault.needs_keyring(sealed),
    )
    freshness.enter(session)
    diskwatch.watch(session)
    return session


def close_session(session: Session) -> None:
    """Close the databases, end the database thread, let go of the profile."""
    freshness.leave(session)
    session.database.call(session.stores.close)
    session.database.close()
    session.logs.clear()
    session.profile.close()


def forbid_core_dumps() -> None:
    """Keep keys out of core files where the system lets us say so."""
    if os.name == "posix":
        import resource  # noqa: PLC0415 - POSIX only

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
