"""Going on with the new key of somebody who was let in again or added, without comparing it."""

from __future__ import annotations

from jitclient import knowing, spacewise
from jitclient.events import SpacesChanged
from jitclient.session import WIPED_STATES, Session
from localstore import people, spacelog, spaces
from localstore.connection import transaction
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import SpaceId, UserId


async def decide_key(session: Session, user: UserId) -> None:
    """A person decides here; from now on the member is written to again, as unverified.

    Raises:
        NotFoundError: no key of this person waits for a decision.
        BadInputError: she stands in two spaces by two keys: only comparing decides.
    """
    await session.run(_decide, session, user)


def _decide(session: Session, user: UserId) -> None:
    db = session.stores.device
    undecided = people.is_undecided(db, user)
    added = _added_by(session, user)
    if len(added) > 1 or (added and undecided):
        raise BadInputError(
            f"{session.name_of(user)} stands in your spaces by more than one new key. Compare the "
            "safety number in the space where you want to write."
        )
    if not undecided and not added:
        raise NotFoundError("No new key of this person waits for a decision.")
    for user_key, signed in added.items():
        knowing.take(session, user, user_key, signed)
    if undecided:
        _accept(session, user)


def _accept(session: Session, user: UserId) -> None:
    db = session.stores.device
    person = people.person(db, user)
    verified = people.verified_key(db, user)
    with transaction(db):
        people.decide(db, user)
        if person is not None and verified != person.user_key:
            people.forget_verified(db, user)  # what was compared is not the key any more
    session.tell(SpacesChanged())


def _added_by(session: Session, user: UserId) -> dict[bytes, bytes]:
    """The strange keys by which somebody was added to spaces here, each with a list of it."""
    found: dict[bytes, bytes] = {}
    for record in spaces.spaces(session.stores.device):
        if record.state not in WIPED_STATES and record.log_seq >= 0:
            found.update(spacewise.attempt(session, SpaceId(record.space), _added_in, user) or {})
    return found


def _added_in(session: Session, space: SpaceId, user: UserId) -> dict[bytes, bytes]:
    member = session.log(space).roster.members.get(user)
    if member is None or not knowing.is_strange(session, user, member.user_key):
        return {}
    signed = spacelog.device_list(session.stores.space(space), user, member.list_head)
    return {member.user_key: signed} if signed is not None else {}
