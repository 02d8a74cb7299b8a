"""Becoming a user of a store: keys made here, an invitation spent, a vault and a database.

Nothing is kept when the store refuses; when the answer is lost, the same keys are offered again,
so an invitation is never spent twice. Spec: docs/protocol/20-identities.md §2.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

from crypto import devicelist, recovery, vault
from crypto.entropy import Entropy
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import prekeys, vaults
from jitclient.foundation.clock import Clock
from jitclient.session import Session
from jitclient.unlocking import PENDING, close_session, device_database, open_session
from localstore import devices, people
from localstore.connection import Connection, transaction
from localstore.devices import Identity
from localstore.people import Person
from localstore.profile import Profile
from protocol import codec
from protocol.api.accounts import EnrolRequest, User
from protocol.errors import (
    AlreadyEnrolledError,
    BadInputError,
    DamagedStoreError,
    JitError,
    MalformedError,
    TryAgainError,
)
from protocol.ids import DeviceId, UserId
from protocol.invitation import Invitation, from_text
from protocol.membership import key_digest
from sync.api import StoreApi
from sync.transport import Transport

MIN_PASSPHRASE_CHARS = 8
STORE_TIMEOUT = 15.0


async def enrol(
    folder: Path, invitation_text: str, passphrase: str, *, clock: Clock, entropy: Entropy
) -> Session:
    """Enrol this device with an invitation; returns the unlocked session.

    Raises:
        InvitationError: malformed, altered, used or expired.
        AlreadyEnrolledError: the profile holds an identity.
        BadInputError: the passphrase is too short.
        StoreUnreachableError, StoreIdentityError: from the connection; nothing is lost.
    """
    invitation = from_text(invitation_text)
    check_passphrase(passphrase)
    fresh = not folder.exists() or not any(folder.iterdir())
    profile = Profile(folder)
    try:
        session = await asyncio.to_thread(
            _prepare_or_resume, profile, invitation, passphrase, clock, entropy
        )
    except BaseException:
        profile.close()
        raise
    try:
        signed_list = await session.run(_own_list, session)
        user = await _offer(session, invitation, signed_list)
    except BaseException as error:
        close_session(session)
        if isinstance(error, JitError) and not _may_have_arrived(error) and fresh:
            sealed = profile.load_vault()
            if sealed is not None:
                await asyncio.to_thread(vaults.forget_half, profile, sealed)
            shutil.rmtree(folder, ignore_errors=True)
        raise
    await session.run(_complete, session, user)
    return session


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that protects nothing.

    Raises:
        BadInputError: shorter than MIN_PASSPHRASE_CHARS.
    """
    if len(passphrase) < MIN_PASSPHRASE_CHARS:
        raise BadInputError(
            f"The passphrase has {len(passphrase)} characters; at least {MIN_PASSPHRASE_CHARS} "
            "are needed."
        )


def _may_have_arrived(error: JitError) -> bool:
    # An answer that cannot be read says nothing of what the store did: the invitation may be spent,
    # and only these keys can answer for it.
    return isinstance(error, (TryAgainError, MalformedError))


def _prepare_or_resume(
    profile: Profile, invitation: Invitation, passphrase: str, clock: Clock, entropy: Entropy
) -> Session:
    if profile.load_vault() is None:
        return _prepare(profile, invitation, passphrase, clock, entropy)
    session = open_session(profile, passphrase, clock=clock, entropy=entropy)
    pending = session.database.call(devices.setting, session.stores.device, PENDING)
    if pending == invitation.code.hex():
        return session
    session.database.call(session.stores.close)
    session.database.close()
    if not pending:
        raise AlreadyEnrolledError("This profile belongs to somebody already.")
    return _prepare(profile, invitation, passphrase, clock, entropy)  # the other never worked


def _prepare(
    profile: Profile, invitation: Invitation, passphrase: str, clock: Clock, entropy: Entropy
) -> Session:
    master = vault.new_master(entropy)
    # First: no vault may stand beside the database of another.
    profile.vault_file.unlink(missing_ok=True)
    for leftover in ("", "-wal", "-shm"):  # of an enrolment cut off before its vault
        stale = profile.device_database
        stale.with_name(stale.name + leftover).unlink(missing_ok=True)
    database, connection = device_database(profile, master, create=True)
    identity = _identity(invitation, clock, entropy)
    database.call(_save_identity, connection, identity, invitation)
    database.call(connection.close)
    database.close()
    # Last: a profile without a vault counts as empty.
    vaults.write(profile, master, passphrase, identity.user_root, entropy)
    return open_session(profile, passphrase, clock=clock, entropy=entropy, master=master)


def _identity(invitation: Invitation, clock: Clock, entropy: Entropy) -> Identity:
    return Identity(
        user=UserId(invitation.user),
        device=DeviceId(entropy.token(16)),
        user_root=recovery.new_root(entropy),
        signing_seed=SigningKey.generate(entropy).dump(),
        identity_seed=IdentityKey.generate(entropy).dump(),
        name="",
        authority="",
        country="",
        party="member-state",
        store_address=invitation.address,
        store_certificate=invitation.certificate,
        store_key=invitation.store_key,
        enrolled_at=clock.now(),
    )


def _save_identity(connection: Connection, identity: Identity, invitation: Invitation) -> None:
    """Keys and the signed list of this one device, which is offered unchanged however often."""
    user_key = recovery.user_key(identity.user_root)
    signed_list = devicelist.first_list(
        UserId(identity.user),
        user_key,
        DeviceId(identity.device),
        SigningKey.load(identity.signing_seed).public,
        IdentityKey.load(identity.identity_seed).public,
    )
    me = Person(
        user=identity.user,
        name="",
        authority="",
        country="",
        party=identity.party,
        device_list=signed_list,
        user_key=key_digest(codec.encode(user_key.public)),
    )
    with transaction(connection):
        devices.save_identity(connection, identity)
        people.save_person(connection, me)
        devices.set_setting(connection, PENDING, invitation.code.hex())


def _own_list(session: Session) -> bytes:
    me = people.person(session.stores.device, session.user)
    if me is None:
        raise DamagedStoreError("The profile's database holds no device list.")
    return me.device_list


async def _offer(session: Session, invitation: Invitation, signed_list: bytes) -> User:
    upload = await session.run(prekeys.first, session)
    request = EnrolRequest(
        user=invitation.user, code=invitation.code, device_list=signed_list, prekeys=upload
    )
    async with Transport(
        invitation.address, invitation.certificate, timeout=STORE_TIMEOUT
    ) as transport:
        return await StoreApi(transport, None).enrol(request)


def _complete(session: Session, user: User) -> None:
    session.identity = replace(
        session.identity,
        name=user.name,
        authority=user.authority,
        country=user.country,
        party=user.party.value,
    )
    with transaction(session.stores.device):
        devices.name_identity(session.stores.device, session.identity)
        devices.set_setting(session.stores.device, PENDING, "")
        me = people.person(session.stores.device, session.user)
        if me is not None:
            people.save_person(
                session.stores.device,
                replace(
                    me,
                    name=user.name,
                    authority=user.authority,
                    country=user.country,
                    party=user.party.value,
                ),
            )
