"""Becoming oneself again on a new computer, with a recovery sheet.

The words give the person's keys; this device makes its own, and the store takes a device list that
adds it and shuts out the lost ones. Messages and exhibits do not come back, and each space lets
this device in by an entry of its log. Spec: docs/protocol/71-recovery.md.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crypto import devicelist, recovery, words
from crypto.entropy import Entropy
from crypto.errors import WordsError
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import newprofile, succession
from jitclient.foundation.clock import Clock
from jitclient.newprofile import Beginning
from jitclient.session import Session
from jitclient.usecases.enrol import STORE_TIMEOUT, check_passphrase
from jitclient.wordlist import listed
from localstore.devices import Identity
from localstore.profile import Profile
from protocol import codec
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.errors import BadInputError, ForgedError, NotPermittedError
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICES_PER_USER
from protocol.membership import key_digest
from protocol.records import VERSION
from protocol.recovery import RecoveryLine, from_text
from sync import recovering
from sync.transport import Transport

PENDING_PREFIX = "restore:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the sheet says, the words read, and whether the person's other devices are lost."""

    line: RecoveryLine
    root: bytes = field(repr=False)
    others_lost: bool

    @property
    def user(self) -> UserId:
        """Whose sheet it is."""
        return UserId(self.line.user)

    def prove(self, nonce: bytes, certificate: bytes, subject: bytes) -> bytes:
        """See `sync.recovering.Prove`."""
        return recovery.prove(self.root, self.user, nonce, certificate, subject)


def read_sheet(line_text: str, typed: str, *, others_lost: bool) -> Wish:
    """Read the line and the words of a sheet; nothing is sent or written.

    Raises:
        BadInputError: the line has a mistake.
        WordsError: the words do not belong to the line, or one of them is wrong.
    """
    line = from_text(line_text)

    def fits(root: bytes) -> bool:
        return key_digest(codec.encode(recovery.user_key(root).public)) == line.user_key

    root = words.decode(typed, listed(), fits)
    return Wish(line=line, root=root, others_lost=others_lost)


async def restore(
    folder: Path, wish: Wish, passphrase: str, *, clock: Clock, entropy: Entropy
) -> Session:
    """Make a profile for the person of a sheet; returns the unlocked session.

    Raises:
        AlreadyEnrolledError: the profile holds an identity.
        BadInputError: the passphrase is too short, or there are too many devices.
        WordsError: the store does not know this person, or her key has changed since.
        StoreUnreachableError, StoreIdentityError: from the connection; nothing is lost.
    """
    check_passphrase(passphrase)
    fresh = not folder.exists() or not any(folder.iterdir())
    address, certificate = wish.line.address, wish.line.certificate
    judge = succession.judge_without_profile(wish.line.store_key, clock)
    async with Transport(address, certificate, timeout=STORE_TIMEOUT, judge=judge) as transport:
        newest = await _newest(transport, wish)
        present = devicelist.read_list(newest, wish.user, user_key=wish.line.user_key)
        session = await _prepared(folder, wish, passphrase, newest, clock, entropy)
        try:
            signed = await session.run(_next_list, session, wish, newest, present)
            subject = devicelist.list_head(signed)
            user = await recovering.recover(transport, wish.prove, signed, subject)
        except BaseException as error:
            await asyncio.to_thread(newprofile.give_up, session, folder, error, fresh=fresh)
            raise
    await session.run(newprofile.finish, session, user, signed)
    return session


async def _newest(transport: Transport, wish: Wish) -> bytes:
    try:
        return await recovering.newest_list(transport, wish.prove)
    except (NotPermittedError, ForgedError) as error:
        raise WordsError(
            "The store does not accept this sheet: it knows another key of this person, or none. "
            "If you were invited anew since it was made, only the newer sheet is good."
        ) from error


async def _prepared(
    folder: Path, wish: Wish, passphrase: str, newest: bytes, clock: Clock, entropy: Entropy
) -> Session:
    profile = Profile(folder)
    make = partial(_beginning, wish, newest, clock, entropy)
    try:
        return await asyncio.to_thread(
            newprofile.begin,
            profile,
            passphrase,
            PENDING_PREFIX + wish.user.hex(),
            make,
            clock=clock,
            entropy=entropy,
        )
    except BaseException:
        profile.close()
        raise


def _beginning(wish: Wish, newest: bytes, clock: Clock, entropy: Entropy) -> Beginning:
    line = wish.line
    identity = Identity(
        user=wish.user,
        device=DeviceId(entropy.token(16)),
        user_root=wish.root,
        signing_seed=SigningKey.generate(entropy).dump(),
        identity_seed=IdentityKey.generate(entropy).dump(),
        name="",
        authority="",
        country="",
        party="member-state",
        store_address=line.address,
        store_certificate=line.certificate,
        store_key=line.store_key,
        enrolled_at=clock.now(),
    )
    return Beginning(identity=identity, list_=newest)


def _next_list(session: Session, wish: Wish, newest: bytes, present: DeviceList) -> bytes:
    """The list to hand in: the newest itself where this device stands on it already.

    Made anew from the newest one, however often: another device may have changed it meanwhile.
    """
    if devicelist.find_device(present, session.device) is not None:
        return newest
    revoked = [entry.device for entry in present.devices] if wish.others_lost else []
    if len(present.devices) - len(revoked) >= MAX_DEVICES_PER_USER:
        raise BadInputError(
            f"There are {MAX_DEVICES_PER_USER} devices already. Say that they are lost, or revoke "
            "one on another device first."
        )
    fresh = DeviceEntry(
        version=VERSION,
        device=session.device,
        signing=session.signing.public,
        identity=session.own.identity.public,
        added_seq=present.seq,
    )
    return devicelist.restore_device(newest, recovery.user_key(wish.root), fresh, revoked)
