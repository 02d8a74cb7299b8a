"""Who may receive evidence: by the log, the role, and what a person has compared.

Asked when an exhibit is registered and again when it is handed over: days may lie between.
"""

from __future__ import annotations

from collections.abc import Iterable

from jitclient import controllers, knowing, witnessing
from jitclient.deviceviews import Comparison
from jitclient.errors import KeyChangedError
from jitclient.foundation.text import visible
from jitclient.place import Place
from jitclient.session import Session
from jitclient.views import Trust
from localstore import owndevices, people
from protocol.errors import BadInputError, NotFoundError, NotPermittedError, SpaceClosedError
from protocol.ids import UserId
from protocol.roles import Right, allows


def trust_of(session: Session, user: UserId, user_key: bytes) -> Trust:
    """How sure this device is that `user_key` (digest) is the person's."""
    if user == session.user:
        return Trust.SELF
    if knowing.is_open(session, user, user_key):
        return Trust.CHANGED
    verified = people.verified_key(session.stores.device, user)
    if verified is None:
        return Trust.UNVERIFIED
    return Trust.VERIFIED if verified == user_key else Trust.CHANGED


def comparison_of(session: Session, user: UserId, user_key: bytes) -> Comparison | None:
    """How the key (digest) of somebody VERIFIED was compared, when and where; else None."""
    if trust_of(session, user, user_key) is not Trust.VERIFIED:
        return None
    db = session.stores.device
    found = people.compared(db, user)
    if found is None:
        return None
    own = owndevices.own_devices(db).get(found.device) if found.device else None
    return Comparison(
        how=found.how,
        at=found.at,
        device=visible(own.name) if own else "",
        here=found.device == session.device,
    )


def check_recipients(at: Place, to: Iterable[UserId]) -> tuple[UserId, ...]:
    """Who may receive operational data here, in id order.

    Raises:
        BadInputError, NotFoundError, NotPermittedError, SpaceClosedError, KeyChangedError,
        TwoVersionsError.
    """
    session, log = at.session, at.log
    if log.roster.closed or session.user not in log.roster.members:
        raise SpaceClosedError("This space is closed, or you are no longer a member of it.")
    controllers.check_upload(log.roster, session.user)
    witnessing.refuse(session, at.space)
    recipients = tuple(sorted({u for u in to if u != session.user}))
    if not recipients:
        raise BadInputError("An exhibit needs at least one recipient other than yourself.")
    for user in recipients:
        member = log.roster.members.get(user)
        name = session.name_of(user)
        if member is None:
            raise NotFoundError(f"{name} is not a member of this space.")
        if not allows(member.role, Right.DOWNLOAD):
            raise NotPermittedError(f"{name} may not receive evidence here.")
        trust = trust_of(session, user, member.user_key)
        if trust is Trust.CHANGED:
            raise KeyChangedError(
                f"{name} has a new key. Nothing is handed over before you have compared the "
                "number again, or accepted the key."
            )
        if log.roster.verified_only and trust is not Trust.VERIFIED:
            raise NotPermittedError(
                f"This space hands evidence to verified members only, and {name} is not "
                "verified yet. Compare the safety number first."
            )
    return recipients
