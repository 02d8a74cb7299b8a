"""A profile on its way into being: keys first, then the store's word, and a crash in between.

What an enrolment and a restore have in common: the keys are on the disk, sealed, before the store
hears of them, and the same keys are offered again when its answer was lost.
Spec: docs/protocol/20-identities.md §2.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto import recovery, vault
from crypto.entropy import Entropy
from jitclient import vaults
from jitclient.foundation.clock import Clock
from jitclient.session import Session
from jitclient.unlocking import PENDING, close_session, device_database, open_session
from localstore import devices, people
from localstore.connection import Connection, transaction
from localstore.devices import Identity
from localstore.people import Person
from localstore.profile import Profile
from protocol import codec
from protocol.api.accounts import User
from protocol.errors import (
    AlreadyEnrolledError,
    DamagedStoreError,
    JitError,
    MalformedError,
    TryAgainError,
)
from protocol.membership import key_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The keys of a new device and the signed list it stands in; `list_` goes to the store."""

    identity: Identity = field(repr=False)
    list_: bytes


def begin(
    profile: Profile,
    passphrase: str,
    pending: str,
    make: Callable[[], Beginning],
    *,
    clock: Clock,
    entropy: Entropy,
) -> Session:
    """Make the profile, or go on with one that was cut off. Blocking.

    Args:
        profile: held by this process.
        passphrase: seals the keys; of a profile cut off, the one of the first try.
        pending: names the attempt; another attempt's keys never worked and are replaced.
        make: draws the keys.
        clock: for the session.
        entropy: for the session and the vault.

    Raises:
        AlreadyEnrolledError: the profile belongs to somebody.
        WrongPassphraseError, DamagedStoreError, DiskError.
    """
    if profile.load_vault() is None:
        return _make(profile, passphrase, pending, make(), clock, entropy)
    session = open_session(profile, passphrase, clock=clock, entropy=entropy)
    known = session.database.call(devices.setting, session.stores.device, PENDING)
    if known == pending:
        return session
    session.database.call(session.stores.close)
    session.database.close()
    if not known:
        raise AlreadyEnrolledError("This profile belongs to somebody already.")
    return _make(profile, passphrase, pending, make(), clock, entropy)


def _make(
    profile: Profile,
    passphrase: str,
    pending: str,
    new: Beginning,
    clock: Clock,
    entropy: Entropy,
) -> Session:
    master = vault.new_master(entropy)
    # First: no vault may stand beside the database of another.
    profile.vault_file.unlink(missing_ok=True)
    for leftover in ("", "-wal", "-shm"):  # of an attempt cut off before its vault
        stale = profile.device_database
        stale.with_name(stale.name + leftover).unlink(missing_ok=True)
    database, connection = device_database(profile, master, create=True)
    database.call(_save, connection, new, pending)
    database.call(connection.close)
    database.close()
    # Last: a profile without a vault counts as empty.
    vaults.write(profile, master, passphrase, new.identity.user_root, entropy)
    return open_session(profile, passphrase, clock=clock, entropy=entropy, master=master)


def _save(connection: Connection, new: Beginning, pending: str) -> None:
    one = new.identity
    user_key = codec.encode(recovery.user_key(one.user_root).public)
    me = Person(
        user=one.user,
        name=one.name,
        authority=one.authority,
        country=one.country,
        party=one.party,
        device_list=new.list_,
        user_key=key_digest(user_key),
    )
    with transaction(connection):
        devices.save_identity(connection, one)
        people.save_person(connection, me)
        devices.set_setting(connection, PENDING, pending)


def own_list(session: Session) -> bytes:
    """The signed list this device stands in, as it was made here. Database thread."""
    return _me(session).device_list


def finish(session: Session, user: User, list_: bytes) -> None:
    """The store took the list: the profile is somebody's from now on. Database thread."""
    session.identity = replace(
        session.identity,
        name=user.name,
        authority=user.authority,
        country=user.country,
        party=user.party.value,
    )
    me = replace(
        _me(session),
        name=user.name,
        authority=user.authority,
        country=user.country,
        party=user.party.value,
        device_list=list_,
    )
    with transaction(session.stores.device):
        devices.name_identity(session.stores.device, session.identity)
        devices.set_setting(session.stores.device, PENDING, "")
        people.save_person(session.stores.device, me)


def give_up(session: Session, folder: Path, error: BaseException, *, fresh: bool) -> None:
    """Close after a failure; nothing is kept of a fresh profile that the store turned down."""
    close_session(session)
    if fresh and isinstance(error, JitError) and not _may_have_arrived(error):
        sealed = session.profile.load_vault()
        if sealed is not None:
            vaults.forget_half(session.profile, sealed)
        shutil.rmtree(folder, ignore_errors=True)


def _may_have_arrived(error: JitError) -> bool:
    # An answer that cannot be read says nothing of what the store did: it may have taken the list,
    # and only these keys can answer for it.
    return isinstance(error, (TryAgainError, MalformedError))


def _me(session: Session) -> Person:
    me = people.person(session.stores.device, session.user)
    if me is None:
        raise DamagedStoreError("The profile's database holds no device list.")
    return me
