"""Designating the controller of what a member from outside uploads (R23.2).

A signed entry by an administrator; from it on the member may hand over evidence.
"""

from __future__ import annotations

from jitclient import notes, sealing
from jitclient.entries import Refresh, append, check_administers, draft
from jitclient.foundation.text import check_reason
from jitclient.session import Session
from localstore import spacelog
from protocol.errors import ActionNeededError, BadInputError, NotFoundError
from protocol.ids import SpaceId, UserId
from protocol.membership import EntryKind
from protocol.roles import NEEDS_CONTROLLER
from sync.api import StoreApi


async def designate(  # noqa: PLR0913 - who, of whose data, and why
    session: Session,
    api: StoreApi,
    refresh: Refresh,
    space: SpaceId,
    *,
    user: UserId,
    controller: UserId,
    reason: str,
) -> None:
    """Designate `controller`, an administrator, for what `user` uploads.

    `reason` says by what it was decided (a clause of the agreement, a reference): members read it,
    the store cannot. A designation before it ends.

    Raises:
        BadInputError: no usable reason, no administrator, or a member who needs none.
        NotFoundError: one of the two is not a member.
        NotPermittedError: only an administrator may; StoreUnreachableError: nothing was changed.
    """
    text = check_reason(reason)

    def build() -> bytes:
        return designation(session, space, user, controller, text)

    await append(session, api, refresh, space, build)


def designation(
    session: Session, space: SpaceId, user: UserId, controller: UserId, reason: str
) -> bytes:
    """The signed entry. Runs on the database thread."""
    check_administers(session, space)
    sealing.refuse_fork(session, space)
    members = session.log(space).roster.members
    if user not in members or controller not in members:
        raise NotFoundError("This person is not a member of the space.")
    if members[user].role not in NEEDS_CONTROLLER:
        raise BadInputError(
            f"{session.name_of(user)} comes from a Member State, the EPPO or a Union body and is "
            "controller of the own data. Only others need a designation.",
            code="controller-not-needed",
        )
    if spacelog.card(session.stores.space(space)) is None:
        raise ActionNeededError(
            "The title of this space has not arrived here yet, and the reason could not be sealed. "
            "Synchronise and try again."
        )
    return draft(
        session,
        space,
        EntryKind.CONTROLLER,
        subject=user,
        user_key=members[controller].user_key,
        note=notes.seal(session, space, reason),
    )
