"""Comparing safety numbers: the only way to know that a key is a person's."""

from __future__ import annotations

from crypto import fingerprint
from jitclient.recipients import trust_of
from jitclient.session import Session
from jitclient.views import Verification
from localstore import custody, people
from localstore.connection import transaction
from protocol import codec
from protocol.errors import BadInputError, NotFoundError, VerificationError
from protocol.ids import SpaceId, UserId
from protocol.membership import key_digest


async def verify_member(
    session: Session, space: SpaceId, user: UserId, digits: str | None = None
) -> Verification:
    """The 60 digits of this pair of persons; with `digits`, compare and remember.

    Raises:
        NotFoundError: not a member; BadInputError: oneself, or not 60 digits;
        VerificationError: the digits differ.
    """
    return await session.run(_verify, session, space, user, digits)


def _verify(session: Session, space: SpaceId, user: UserId, digits: str | None) -> Verification:
    log = session.log(space)
    member = log.roster.members.get(user)
    known = log.lists.get(user)
    mine = log.lists.get(session.user)
    if member is None or known is None or mine is None:
        raise NotFoundError("This person is not a member of the space.")
    if user == session.user:
        raise BadInputError("One compares safety numbers with somebody else.")
    theirs = codec.encode(known.user_key)
    number = fingerprint.safety_number((session.user, codec.encode(mine.user_key)), (user, theirs))
    name = session.name_of(user)
    compared = False
    if digits is not None:
        if len("".join(digits.split())) != len(number):
            raise BadInputError(f"A safety number has {len(number)} digits.")
        if not fingerprint.compare(digits, number):
            raise VerificationError(
                f"The number differs from the one this device computes for {name}. Somebody may "
                "stand between you. Do not send evidence; compare again in person."
            )
        compared = True
        _remember(session, space, user, key_digest(theirs))
    return Verification(
        user=user,
        name=name,
        digits=number,
        trust=trust_of(session, user, member.user_key),
        compared=compared,
    )


def _remember(session: Session, space: SpaceId, user: UserId, user_key: bytes) -> None:
    now = session.clock.now()
    with transaction(session.stores.device):
        people.set_verified(session.stores.device, user, user_key, "number", now)
    sp = session.stores.space(space)
    with transaction(sp):
        custody.append(
            sp, "verified", session.identity.name, session.name_of(user), "60 digits", now
        )
