"""Becoming a user of a store: keys made here, an invitation spent, a vault and a database.

Nothing is kept when the store refuses; when the answer is lost, the same keys are offered again,
so an invitation is never spent twice. Spec: docs/protocol/20-identities.md §2.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from crypto import devicelist, recovery
from crypto.entropy import Entropy
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import newprofile, prekeys, succession
from jitclient.foundation.clock import Clock
from jitclient.newprofile import Beginning
from jitclient.session import Session
from jitclient.unlocking import PENDING, opened
from localstore import devices
from localstore.devices import Identity
from localstore.profile import Profile
from protocol.api.accounts import EnrolRequest, User
from protocol.errors import BadInputError, NotEnrolledError
from protocol.ids import DeviceId, UserId, from_hex
from protocol.invitation import Invitation, from_text
from sync.api import StoreApi
from sync.transport import Transport

MIN_PASSPHRASE_CHARS = 8
STORE_TIMEOUT = 15.0
CODE_BYTES = 16


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
    make = partial(_beginning, invitation, clock, entropy)
    try:
        session = await asyncio.to_thread(
            newprofile.begin,
            profile,
            passphrase,
            invitation.code.hex(),
            make,
            clock=clock,
            entropy=entropy,
        )
    except BaseException:
        profile.close()
        raise
    try:
        signed_list = await session.run(newprofile.own_list, session)
        user = await _offer(session, invitation, signed_list)
    except BaseException as error:
        await asyncio.to_thread(newprofile.give_up, session, folder, error, fresh=fresh)
        raise
    await session.run(newprofile.finish, session, user, signed_list)
    return session


async def go_on(folder: Path, passphrase: str, *, clock: Clock, entropy: Entropy) -> Session:
    """Go on with an enrolment that was cut off: what it needs lies sealed in the profile.

    Raises:
        NotEnrolledError: what was cut off was no enrolment; its line or sheet is needed again.
        InvitationError: the store does not accept the invitation, or no more.
        StoreUnreachableError, StoreIdentityError: nothing is lost.
        WrongPassphraseError, ProfileInUseError, DamagedStoreError.
    """
    session = await opened(folder, passphrase, clock=clock, entropy=entropy)
    try:
        pending = await session.run(devices.setting, session.stores.device, PENDING)
        signed_list = await session.run(newprofile.own_list, session)
        user = await _offer(session, _kept(session.identity, pending or ""), signed_list)
        await session.run(newprofile.finish, session, user, signed_list)
    except BaseException as error:
        await asyncio.to_thread(newprofile.give_up, session, folder, error, fresh=False)
        raise
    return session


def _kept(identity: Identity, pending: str) -> Invitation:
    """The invitation as it was read when the keys were made; only its code was kept apart."""
    code = from_hex(pending, CODE_BYTES)
    if code is None:
        raise NotEnrolledError("The enrolment was cut off. Use the same invitation once more.")
    return Invitation(
        version=1,
        address=identity.store_address,
        certificate=identity.store_certificate,
        store_key=identity.store_key,
        user=identity.user,
        code=code,
    )


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


def _beginning(invitation: Invitation, clock: Clock, entropy: Entropy) -> Beginning:
    """Keys and the signed list of this one device, which is offered unchanged however often."""
    root, device = recovery.new_root(entropy), DeviceId(entropy.token(16))
    signing, key = SigningKey.generate(entropy), IdentityKey.generate(entropy)
    user = UserId(invitation.user)
    identity = Identity(
        user=user,
        device=device,
        user_root=root,
        signing_seed=signing.dump(),
        identity_seed=key.dump(),
        name="",
        authority="",
        country="",
        party="member-state",
        store_address=invitation.address,
        store_certificate=invitation.certificate,
        store_key=invitation.store_key,
        enrolled_at=clock.now(),
    )
    usk = recovery.user_key(root)
    signed = devicelist.first_list(user, usk, device, signing.public, key.public)
    return Beginning(identity=identity, list_=signed)


async def _offer(session: Session, invitation: Invitation, signed_list: bytes) -> User:
    upload = await session.run(prekeys.first, session)
    request = EnrolRequest(
        user=invitation.user, code=invitation.code, device_list=signed_list, prekeys=upload
    )
    async with Transport(
        invitation.address,
        session.identity.store_certificate,  # a former attempt may have followed the store
        timeout=STORE_TIMEOUT,
        judge=succession.judge_of(session),
    ) as transport:
        return await StoreApi(transport, None).enrol(request)
