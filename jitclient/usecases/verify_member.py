"""Comparing safety numbers: the only way to know that a key is a person's."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass, field
from typing import Final

from crypto import fingerprint
from jitclient import knowing
from jitclient.deviceviews import Comparison
from jitclient.events import SpacesChanged
from jitclient.recipients import comparison_of, trust_of
from jitclient.session import Session
from jitclient.views import Trust, Verification
from localstore import custody, people, spacelog
from localstore.connection import transaction
from localstore.people import Compared
from protocol import codec, verification
from protocol.errors import BadInputError, DamagedStoreError, NotFoundError, VerificationError
from protocol.ids import SpaceId, UserId
from protocol.membership import key_digest
from protocol.verification import VerifyCode

_HOW: Final = {"number": "60 digits", "code": "code"}


@dataclass(frozen=True, slots=True)
class _Pair:
    """Oneself and a member, each by encoded user key."""

    user: UserId
    name: str
    mine: bytes = field(repr=False)
    theirs: bytes = field(repr=False)
    trust: Trust
    comparison: Comparison | None


async def verify_member(
    session: Session, space: SpaceId, user: UserId, digits: str | None = None
) -> Verification:
    """The 60 digits of this pair of persons; with `digits`, compare and remember.

    Raises:
        NotFoundError: not a member; BadInputError: oneself, or not 60 digits;
        VerificationError: the digits differ.
    """
    pair = await session.run(_pair, session, space, user)
    mine, theirs = await asyncio.to_thread(_fingerprints, session, pair)
    number = fingerprint.number_of(mine, theirs)
    if digits is None:
        return _row(session, pair, mine, theirs)
    if len("".join(digits.split())) != len(number):
        raise BadInputError(f"A safety number has {len(number)} digits.")
    if not fingerprint.compare(digits, number):
        raise VerificationError(_differs(pair.name))
    pair = await session.run(_remember, session, space, pair, "number")
    return _row(session, pair, mine, theirs, compared=True)


def whose_code(payload: str) -> UserId:
    """Who shows a code, as the code itself says; nothing is compared yet.

    Raises:
        BadInputError: not a code.
    """
    return UserId(verification.from_text(payload).shower)


async def verify_code(session: Session, space: SpaceId, user: UserId, payload: str) -> Verification:
    """Compare with the code that `user` shows, and remember.

    Both fingerprints must be equal: theirs as this device knows it, and one's own as the other
    side knows it, so that a single scan checks both directions.

    Raises:
        BadInputError: not a code, one's own, or one made for two other persons;
        NotFoundError: not a member; VerificationError: a fingerprint differs.
    """
    code = verification.from_text(payload)
    pair = await session.run(_pair, session, space, user)
    if code.shower == session.user:
        raise BadInputError(
            f"This is your own code. Take the one that {pair.name}'s computer shows."
        )
    if (code.shower, code.reader) != (user, session.user):
        shower = await session.run(session.name_of, UserId(code.shower))
        raise BadInputError(
            f"This code was shown by {shower}, and not to you. Open the comparison with you there."
            if code.shower == user
            else f"This code is of {shower}, not of {pair.name}."
        )
    mine, theirs = await asyncio.to_thread(_fingerprints, session, pair)
    same = hmac.compare_digest(code.shower_key + code.reader_key, theirs + mine)
    if not same:
        raise VerificationError(_differs(pair.name))
    pair = await session.run(_remember, session, space, pair, "code")
    return _row(session, pair, mine, theirs, compared=True)


async def verification_sheet(session: Session, space: SpaceId) -> tuple[Verification, ...]:
    """The numbers with every other member at once, by authority and name, for a meeting.

    Raises:
        NotFoundError: nothing of this space is here yet.
    """
    pairs = await session.run(_pairs, session, space)
    return await asyncio.to_thread(_rows, session, pairs)


async def numbers_differ(session: Session, space: SpaceId, user: UserId) -> Verification:
    """Two persons read different digits: nothing counts as compared any more, and it is on record.

    Raises:
        NotFoundError: not a member; BadInputError: oneself.
    """
    pair = await session.run(_pair, session, space, user)
    pair = await session.run(_forget, session, space, pair)
    mine, theirs = await asyncio.to_thread(_fingerprints, session, pair)
    return _row(session, pair, mine, theirs)


def _pair(session: Session, space: SpaceId, user: UserId) -> _Pair:
    log = session.log(space)
    member = log.roster.members.get(user)
    known = log.lists.get(user)
    mine = log.lists.get(session.user)
    if member is None or known is None or mine is None:
        raise NotFoundError("This person is not a member of the space.")
    if user == session.user:
        raise BadInputError("One compares safety numbers with somebody else.")
    theirs = codec.encode(known.user_key)
    digest = key_digest(theirs)
    return _Pair(
        user,
        session.name_of(user),
        codec.encode(mine.user_key),
        theirs,
        trust_of(session, user, digest),
        comparison_of(session, user, digest),
    )


def _pairs(session: Session, space: SpaceId) -> list[_Pair]:
    members = session.log(space).roster.members
    pairs = [_pair(session, space, UserId(u)) for u in members if u != session.user]
    return sorted(pairs, key=lambda one: (one.name.casefold(), one.user))


def _rows(session: Session, pairs: list[_Pair]) -> tuple[Verification, ...]:
    if not pairs:
        return ()
    mine = fingerprint.fingerprint(session.user, pairs[0].mine)
    return tuple(
        _row(session, one, mine, fingerprint.fingerprint(one.user, one.theirs)) for one in pairs
    )


def _fingerprints(session: Session, pair: _Pair) -> tuple[bytes, bytes]:
    """One's own and the other's; some 10 ms of hashing, so not on the database thread."""
    return (
        fingerprint.fingerprint(session.user, pair.mine),
        fingerprint.fingerprint(pair.user, pair.theirs),
    )


def _row(
    session: Session,
    pair: _Pair,
    mine: bytes,
    theirs: bytes,
    *,
    compared: bool = False,
) -> Verification:
    code = VerifyCode(
        version=1, shower=session.user, shower_key=mine, reader=pair.user, reader_key=theirs
    )
    return Verification(
        user=pair.user,
        name=pair.name,
        digits=fingerprint.number_of(mine, theirs),
        code=verification.to_text(code),
        trust=pair.trust,
        compared=compared,
        comparison=pair.comparison,
    )


def _remember(session: Session, space: SpaceId, pair: _Pair, how: str) -> _Pair:
    """Note the comparison, if the key is still the one that was compared."""
    if _pair(session, space, pair.user).theirs != pair.theirs:
        raise VerificationError(
            f"The key of {pair.name} changed while it was compared. Compare the number again."
        )
    digest = key_digest(pair.theirs)
    now = session.clock.now()
    if knowing.is_strange(session, pair.user, digest):
        _take(session, space, pair.user, digest, how)
        _record(session, space, "verified", pair, f"{_HOW[how]}, a new key", now)
        return _pair(session, space, pair.user)
    with transaction(session.stores.device):
        person = people.person(session.stores.device, pair.user)
        if person is not None and person.user_key == digest:  # and not one that was replaced
            people.decide(session.stores.device, pair.user)
        people.set_verified(
            session.stores.device,
            Compared(user=pair.user, user_key=digest, how=how, at=now, device=session.device),
        )
    _record(session, space, "verified", pair, _HOW[how], now)
    return _pair(session, space, pair.user)


def _take(session: Session, space: SpaceId, user: UserId, user_key: bytes, how: str) -> None:
    """Who compared the number of an added key has decided that it is the person's."""
    member = session.log(space).roster.members[user]
    signed = spacelog.device_list(session.stores.space(space), user, member.list_head)
    if signed is None:
        raise DamagedStoreError("The list of devices of this member is not here.")
    knowing.take(session, user, user_key, signed, how)


def _forget(session: Session, space: SpaceId, pair: _Pair) -> _Pair:
    with transaction(session.stores.device):
        people.forget_verified(session.stores.device, pair.user)
    now = session.clock.now()
    _record(session, space, "numbers-differ", pair, "read aloud, not equal", now)
    return _pair(session, space, pair.user)


def _record(
    session: Session, space: SpaceId, what: str, pair: _Pair, detail: str, now: int
) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        custody.append(sp, what, session.identity.name, pair.name, detail, now)
    session.tell(SpacesChanged())


def _differs(name: str) -> str:
    return (
        f"The number differs from the one this device computes for {name}. Somebody may "
        "stand between you. Do not send evidence; compare again in person."
    )
