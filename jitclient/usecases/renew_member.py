"""Letting a member in again who lost all devices: an entry by an administrator, seen by all.

With another user key everybody else is asked before anything is sent to it; with the same one
(restored from a recovery sheet) nothing about the person changed. Spec: 41-membership.md §3.
"""

from __future__ import annotations

from crypto import devicelist
from jitclient import entries, sealing
from jitclient.entries import Refresh
from jitclient.session import Session
from localstore import people, spacelog
from protocol import codec
from protocol.devicelist import DeviceList
from protocol.errors import (
    ActionNeededError,
    BadInputError,
    LogRollbackError,
    NotFoundError,
    RefusedError,
)
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import EntryKind, Member, key_digest
from sync.api import StoreApi


async def renew_member(
    session: Session, api: StoreApi, refresh: Refresh, space: SpaceId, user: UserId
) -> None:
    """Put the devices that a member has now in place of those the log names.

    Raises:
        NotFoundError: not a member; BadInputError: oneself, or nothing to renew.
        NotPermittedError: only an administrator may; StoreUnreachableError: nothing was changed.
        LogRollbackError: the store shows keys or devices that were replaced already.
    """
    signed = await api.device_list(user)

    def build() -> bytes:
        return _renewal(session, space, user, signed)

    try:
        await entries.append(session, api, refresh, space, build)
    except RefusedError as error:
        await session.run(session.alarm, space, error, key=user.hex())
        raise


def _renewal(session: Session, space: SpaceId, user: UserId, signed: bytes) -> bytes:
    entries.check_administers(session, space)
    sealing.refuse_fork(session, space)
    if user == session.user:
        raise BadInputError("Another administrator lets you in again.")
    if spacelog.card(session.stores.space(space)) is None:
        raise ActionNeededError(
            "The title of this space has not arrived here yet, and the person would not get it "
            "from you. Synchronise and try again."
        )
    log = session.log(space)
    member = log.roster.members.get(user)
    if member is None:
        raise NotFoundError("This person is not a member of the space.")
    listed = devicelist.read_list(signed, user)
    user_key = key_digest(codec.encode(listed.user_key))
    _check_newer(session, member, listed, user_key)
    stays = {entry.device for entry in listed.devices}
    gone = [DeviceId(e.device) for _, e in log.devices((user,)) if e.device not in stays]
    return entries.draft(
        session,
        space,
        EntryKind.REKEY,
        subject=user,
        user_key=user_key,
        list_seq=listed.seq,
        list_head=devicelist.list_head(signed),
        cut=entries.cuts(session, space, gone),
    )


def _check_newer(session: Session, member: Member, listed: DeviceList, user_key: bytes) -> None:
    """Nobody is renewed with what he has, or with what was replaced before (A05)."""
    name = session.name_of(member.user)
    person = people.person(session.stores.device, member.user)
    if user_key == member.user_key and listed.seq <= member.list_seq:
        raise BadInputError(
            f"The store shows no newer devices of {name}. If they are lost, the operator of the "
            f"store invites {name} again first.",
            code="nothing-to-renew",
        )
    if user_key in people.former_keys(session.stores.device, member.user):
        raise LogRollbackError(f"The store shows a key of {name} that was replaced already.")
    if person is None or person.user_key != user_key or not person.device_list:
        return
    if listed.seq < devicelist.read_list(person.device_list, member.user).seq:
        raise LogRollbackError(f"The store shows an older list of devices of {name}.")
