"""Saying what changed about one's own devices: to the store, then in every space.

The next list is saved first, handed in, and then announced by a DEVICES entry wherever the log
names an older one; what is still to be done is derived from what is stored, so that a crash or an
outage anywhere costs nothing. Any own device that a log names does it, for lists it knows from
its own act or from a log: never for one that only the store shows.
Spec: docs/protocol/41-membership.md §4.
"""

from __future__ import annotations

from dataclasses import replace

from crypto import devicelist
from jitclient import entries, notes, spacewise
from jitclient.errors import LinkEndedError
from jitclient.events import SpacesChanged
from jitclient.session import Session
from localstore import owndevices, people, spaces
from localstore.connection import transaction
from localstore.owndevices import PendingList
from protocol.devicelist import DeviceList
from protocol.errors import (
    ActionNeededError,
    DiskError,
    LogMovedError,
    MalformedError,
    NotSignedInError,
    RefusedError,
    StoreIdentityError,
)
from protocol.ids import DeviceId, SpaceId
from protocol.limits import MAX_REASON_CHARS
from protocol.membership import EntryKind
from sync.api import StoreApi

_UNCLEAR = (NotSignedInError, MalformedError, StoreIdentityError, DiskError)
"""Answers that say nothing about what was handed in."""


async def announce(session: Session, api: StoreApi) -> bool:
    """Do what is still to be done; True when a log grew, by this device or another.

    Raises:
        StoreUnreachableError and its kin: it goes on in a later round.
    """
    await _hand_in(session, api)
    grew = False
    for space in await session.run(_due, session):
        grew |= await _append(session, api, space)
    return grew


async def _hand_in(session: Session, api: StoreApi) -> None:
    pending = await session.run(owndevices.pending, session.stores.device)
    if pending is None:
        return
    try:
        await api.put_device_list(session.user, pending.signed)
    except _UNCLEAR:
        raise
    except (ActionNeededError, RefusedError) as error:
        await session.run(_not_taken, session, pending, error)
        return
    if pending.slot:
        await _leave_grant(session, api, pending)
    await session.run(_handed_in, session, pending)


async def _leave_grant(session: Session, api: StoreApi, pending: PendingList) -> None:
    try:
        await api.links.grant(pending.slot, pending.grant_)
    except _UNCLEAR:
        raise
    except (ActionNeededError, RefusedError) as error:
        told = LinkEndedError(
            "A new device was listed, but the offer to link it was over before it was told. It "
            "cannot join any more: revoke it, and link it again."
        )
        told.__cause__ = error
        await session.run(session.alarm, None, told, key=pending.slot.hex())


def _not_taken(
    session: Session, pending: PendingList, error: ActionNeededError | RefusedError
) -> None:
    with transaction(session.stores.device):
        owndevices.drop_pending(session.stores.device, pending.signed)
    sentence = f"The store did not take the change of your devices: {error.sentence}"
    session.alarm(None, type(error)(sentence, code=error.reason), key="own-devices")


def _handed_in(session: Session, pending: PendingList) -> None:
    db = session.stores.device
    me = people.person(db, session.user)
    with transaction(db):
        if me is not None:
            people.save_person(db, replace(me, device_list=pending.signed))
        owndevices.drop_pending(db, pending.signed)
    session.tell(SpacesChanged())


def own_list(session: Session) -> DeviceList | None:
    """The newest list of one's own that this device stands by."""
    me = people.person(session.stores.device, session.user)
    if me is None or not me.device_list:
        return None
    return devicelist.read_list(me.device_list, session.user, user_key=me.user_key)


def _due(session: Session) -> list[SpaceId]:
    found = []
    for row in spaces.spaces(session.stores.device):
        if row.state not in {"open", "joining"} or row.log_seq < 0:
            continue
        if spacewise.attempt(session, SpaceId(row.space), _is_due):
            found.append(SpaceId(row.space))
    return found


def _is_due(session: Session, space: SpaceId) -> bool:
    """Whether a log names an older list of this person, and this device may say so there."""
    own, log = own_list(session), session.log(space)
    me = log.roster.members.get(session.user)
    named = log.lists.get(session.user)
    if own is None or me is None or named is None or log.roster.closed:
        return False
    speaks = log.admits(session.user, session.device)
    return speaks and named.user_key == own.user_key and me.list_seq < own.seq


async def _append(session: Session, api: StoreApi, space: SpaceId) -> bool:
    signed = await session.run(spacewise.attempt, session, space, _entry)
    if signed is None:
        return False
    try:
        await api.append(space, signed)
    except LogMovedError:
        return True  # read first what came; the next pass sees whether it is still to be done
    except _UNCLEAR:
        raise
    except (ActionNeededError, RefusedError) as error:
        await session.run(_not_announced, session, space, error)
        return False
    return True


def _entry(session: Session, space: SpaceId) -> bytes | None:
    me = people.person(session.stores.device, session.user)
    own, log = own_list(session), session.log(space)
    if me is None or own is None:
        return None
    stays = {entry.device for entry in own.devices}
    gone = [DeviceId(e.device) for _, e in log.devices((session.user,)) if e.device not in stays]
    why = owndevices.reasons(session.stores.device)
    stated = "; ".join(dict.fromkeys(why[one] for one in gone if one in why))[:MAX_REASON_CHARS]
    return entries.draft(
        session,
        space,
        EntryKind.DEVICES,
        note=notes.seal(session, space, stated) if stated else b"",
        subject=session.user,
        list_seq=own.seq,
        list_head=devicelist.list_head(me.device_list),
        cut=entries.cuts(session, space, gone),
    )


def _not_announced(
    session: Session, space: SpaceId, error: ActionNeededError | RefusedError
) -> None:
    record = spaces.space(session.stores.device, space)
    title = record.title if record else ""
    sentence = f"The change of your devices could not be told in “{title}”: {error.sentence}"
    session.alarm(space, type(error)(sentence, code=error.reason), key="own-devices")
