"""Going on with the new key of somebody who was let in again, without comparing it."""

from __future__ import annotations

from jitclient.events import SpacesChanged
from jitclient.session import Session
from localstore import people
from localstore.connection import transaction
from protocol.errors import NotFoundError
from protocol.ids import UserId


async def decide_key(session: Session, user: UserId) -> None:
    """A person decides here; from now on the member is written to again, as unverified.

    Raises:
        NotFoundError: no key of this person waits for a decision.
    """
    await session.run(_decide, session, user)


def _decide(session: Session, user: UserId) -> None:
    db = session.stores.device
    if not people.is_undecided(db, user):
        raise NotFoundError("No new key of this person waits for a decision.")
    person = people.person(db, user)
    verified = people.verified_key(db, user)
    with transaction(db):
        people.decide(db, user)
        if person is not None and verified != person.user_key:
            people.forget_verified(db, user)  # what was compared is not the key any more
    session.tell(SpacesChanged())
