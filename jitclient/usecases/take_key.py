"""Taking another key for somebody whom this device knew by a key that is lost.

Who lost every device and was invited again has a new key. A member is let in again by an entry
(`renew_member`); whom no log names any more is refused until a person here has decided. What she
is shown are both safety numbers; what she decides on is exactly the key she was shown.
Spec: docs/protocol/41-membership.md §3.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from crypto import devicelist, fingerprint
from jitclient import knowing
from jitclient.announcing import own_list
from jitclient.deviceviews import KeyOffer
from jitclient.session import Session
from localstore import people
from localstore.people import Person
from protocol import codec
from protocol.devicelist import DeviceList
from protocol.errors import (
    BadInputError,
    DamagedStoreError,
    LogRollbackError,
    NotFoundError,
    VerificationError,
)
from protocol.ids import UserId
from protocol.membership import key_digest
from sync.api import StoreApi


@dataclass(frozen=True, slots=True)
class _Keys:
    """Encoded user keys: one's own, the person's as known here, and as the store shows it."""

    person: Person
    name: str
    was_verified: bool
    mine: bytes
    old: bytes
    new: bytes


async def offered_key(session: Session, api: StoreApi, user: UserId) -> KeyOffer:
    """The key that the store shows for somebody in place of the one known here.

    Raises:
        NotFoundError: no key of the person is known here, or it is the one that the store shows.
        LogRollbackError: it is one that was replaced before (A05).
        RefusedError: what the store shows is not the person's own signed list.
        StoreUnreachableError.
    """
    signed = await api.device_list(user)
    keys = await session.run(_keys, session, user, signed)
    return await asyncio.to_thread(_offer, session, user, keys)


async def take_key(
    session: Session, api: StoreApi, user: UserId, new_key: bytes, digits: str | None = None
) -> KeyOffer:
    """A person decides: from now on `new_key` (a digest, 32 B) is the person's.

    With `digits`, the number as the person reads it out, the key counts as compared; without, it
    does not. What was compared of the old key counts no more. Nothing is sent by this alone.

    Raises:
        VerificationError: the digits are others, or the store now shows yet another key.
        BadInputError: not 60 digits; and as `offered_key`.
    """
    signed = await api.device_list(user)
    keys = await session.run(_keys, session, user, signed)
    offer = await asyncio.to_thread(_offer, session, user, keys)
    if offer.new_key != new_key:
        raise VerificationError(
            f"The store now shows yet another key for {offer.name} than you were shown. Nothing "
            "was changed. Look at the new key again."
        )
    if digits is not None:
        _compare(offer, digits)
    how = None if digits is None else "number"
    await session.run(_take, session, signed, keys, how)
    return offer


def _compare(offer: KeyOffer, digits: str) -> None:
    if len("".join(digits.split())) != len(offer.new_number):
        raise BadInputError(f"A safety number has {len(offer.new_number)} digits.")
    if not fingerprint.compare(digits, offer.new_number):
        raise VerificationError(
            f"The number differs from the one this device computes for the new key of {offer.name}."
            " Nothing was changed. Somebody may stand between you; compare again in person."
        )


def _keys(session: Session, user: UserId, signed: bytes) -> _Keys:
    if user == session.user:
        raise BadInputError("Your own key is not decided about here.")
    db = session.stores.device
    person, mine = people.person(db, user), own_list(session)
    if mine is None:
        raise DamagedStoreError("The profile's database holds no device list.")
    if person is None or person.user_key is None or not person.device_list:
        raise NotFoundError("This device knows no key of this person; there is nothing to decide.")
    shown = _encoded(devicelist.read_list(signed, user))
    name = session.name_of(user)
    if key_digest(shown) == person.user_key:
        raise NotFoundError(f"The store shows the key of {name} that this device knows.")
    if key_digest(shown) in people.former_keys(db, user):
        raise LogRollbackError(f"The store shows a key of {name} that was replaced already.")
    old = _encoded(devicelist.read_list(person.device_list, user))
    was_verified = people.verified_key(db, user) == person.user_key
    return _Keys(person, name, was_verified, _encoded(mine), old, shown)


def _encoded(listed: DeviceList) -> bytes:
    return codec.encode(listed.user_key)


def _offer(session: Session, user: UserId, keys: _Keys) -> KeyOffer:
    me = (session.user, keys.mine)
    return KeyOffer(
        user=user,
        name=keys.name,
        old_number=fingerprint.safety_number(me, (user, keys.old)),
        new_number=fingerprint.safety_number(me, (user, keys.new)),
        was_verified=keys.was_verified,
        new_key=key_digest(keys.new),
    )


def _take(session: Session, signed: bytes, keys: _Keys, how: str | None) -> None:
    if people.person(session.stores.device, keys.person.user) != keys.person:
        raise VerificationError("What this device knows of the person changed meanwhile.")
    knowing.take(session, UserId(keys.person.user), key_digest(keys.new), signed, how)
