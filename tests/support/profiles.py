"""A profile of one person with a real vault and database, and no store."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import mock

import nacl.pwhash

from crypto import vault
from crypto.entropy import SYSTEM
from jitclient import vaults
from jitclient.session import Session
from jitclient.unlocking import device_database, open_session
from localstore.profile import Profile
from tests.jitclient.office import StoppedClock, enrolled_identity
from tests.support.people import Person, make_person

PASSPHRASE: Final = "nine wet umbrellas"
ANA: Final = make_person("ana")


@contextlib.contextmanager
def cheap_guesses() -> Iterator[None]:
    """One hash in place of Argon2id, for tests that make and open many vaults.

    What a guess costs is held by tests/crypto/test_vault.py, at the real floor.
    """

    def kdf(size: int, password: bytes, salt: bytes, **_: int) -> bytes:
        return hashlib.blake2b(password, digest_size=size, salt=salt).digest()

    with mock.patch.object(nacl.pwhash.argon2id, "kdf", kdf):
        yield


def make_profile(folder: Path, who: Person = ANA, passphrase: str = PASSPHRASE) -> bytes:
    """Make the profile; returns its master key."""
    master = vault.new_master(SYSTEM)
    with Profile(folder) as profile:
        database, device = device_database(profile, master, create=True)
        database.call(enrolled_identity, device, who)
        database.call(device.close)
        database.close()
        vaults.write(profile, master, passphrase, who.root, SYSTEM)
    return master


def session_of(folder: Path, passphrase: str = PASSPHRASE) -> Session:
    """Unlock it."""
    profile = Profile(folder)
    try:
        return open_session(profile, passphrase, clock=StoppedClock(), entropy=SYSTEM)
    except BaseException:
        profile.close()
        raise
