"""What a member may read of the time before: granted by an administrator, signed, in the log.

Nothing of the past goes to anybody without such an entry. Spec: docs/protocol/41-membership.md §5.
"""

from __future__ import annotations

from jitclient import sealing
from jitclient.entries import Refresh, append, check_administers, draft
from jitclient.session import Session
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import SpaceId, UserId
from protocol.membership import EntryKind
from sync.api import StoreApi


async def share_history(
    session: Session, api: StoreApi, refresh: Refresh, space: SpaceId, user: UserId, since: int
) -> None:
    """Open what was said since entry `since` to a member; this device then sends it.

    Raises:
        NotFoundError: not a member; BadInputError: nothing lies there, or it is oneself;
        NotPermittedError: only an administrator may; StoreUnreachableError: nothing was shared.
    """

    def build() -> bytes:
        return grant(session, space, user, since)

    await append(session, api, refresh, space, build)


def grant(session: Session, space: SpaceId, user: UserId, since: int) -> bytes:
    """The signed entry. Runs on the database thread."""
    check_administers(session, space)
    sealing.refuse_fork(session, space)  # it could not be sent, and the grant would stand
    roster = session.log(space).roster
    if user == session.user:
        raise BadInputError("You have what you have; nobody shares the past with himself.")
    if user not in roster.members:
        raise NotFoundError("This person is not a member of the space.")
    if not 0 <= since <= roster.seq:
        raise BadInputError(f"The log of this space has the entries 0 to {roster.seq}.")
    return draft(session, space, EntryKind.HISTORY, subject=user, since=since)


async def set_policy(
    session: Session, api: StoreApi, refresh: Refresh, space: SpaceId, *, verified_only: bool
) -> None:
    """Decide whether evidence goes to verified members only.

    Raises:
        NotPermittedError: only an administrator may; StoreUnreachableError: nothing was changed.
    """

    def build() -> bytes:
        return policy(session, space, verified_only=verified_only)

    await append(session, api, refresh, space, build)


def policy(session: Session, space: SpaceId, *, verified_only: bool) -> bytes:
    """The signed entry. Runs on the database thread."""
    check_administers(session, space)
    return draft(session, space, EntryKind.POLICY, verified_only=verified_only)
