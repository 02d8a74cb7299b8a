"""Revoking one of one's own devices: from the next message on it receives nothing."""

from __future__ import annotations

import asyncio

from crypto import devicelist
from jitclient import announcing, ownlist, unlocking
from jitclient.entries import Refresh
from jitclient.foundation.text import check_reason
from jitclient.session import Session
from localstore import owndevices
from localstore.connection import transaction
from localstore.owndevices import PendingList
from protocol.errors import (
    BadInputError,
    NotFoundError,
    NotPermittedError,
    StoreUnreachableError,
)
from protocol.ids import DeviceId
from sync.api import StoreApi


async def revoke_device(
    session: Session,
    api: StoreApi,
    refresh: Refresh,
    device: DeviceId,
    passphrase: str,
    reason: str,
) -> None:
    """Take a device off the list: saved first, then handed in and told in every space.

    The store drops it at once; members stop writing to it with their next round, and what it
    wrote counts up to the last message that is here. The reason is sealed for each space: members
    read it, the store cannot.

    Raises:
        WrongPassphraseError: nothing was done.
        BadInputError: no usable reason, or it is this device;
        NotFoundError: no device of one's own.
        StoreUnreachableError: nothing was done, or it is saved and goes out when the store is
            back; the sentence says which.
        NotPermittedError: the store did not take it; an alarm says why.
    """
    text = check_reason(reason)
    await asyncio.to_thread(unlocking.master_key, session.profile, passphrase)
    if device == session.device:
        raise BadInputError("A device does not revoke itself. Do it at another one of yours.")
    await refresh()
    base = await ownlist.newest(session, api, without=device)
    await session.run(_sign, session, base, device, text)
    try:
        await refresh()
    except StoreUnreachableError as error:
        raise StoreUnreachableError(
            "The store went away. The revocation is saved and goes out when it is back."
        ) from error
    if not await session.run(_done, session, device):
        raise NotPermittedError("The store did not take the revocation. See the alarms.")


def _sign(session: Session, base: bytes, device: DeviceId, reason: str) -> None:
    listed = devicelist.read_list(base, session.user)
    if device not in {entry.device for entry in listed.devices}:
        raise NotFoundError("There is no such device of yours, or it is revoked already.")
    signed = devicelist.revoke_device(base, ownlist.user_key(session), device)
    with transaction(session.stores.device):
        pending = PendingList(signed=signed, slot=b"", grant_=b"")
        owndevices.state_reason(session.stores.device, device, reason)
        owndevices.set_pending(session.stores.device, pending)


def _done(session: Session, device: DeviceId) -> bool:
    own = announcing.own_list(session)
    return own is not None and device not in {entry.device for entry in own.devices}
