"""Linking a further device, at the device that is there: offer, candidate, code, grant.

The offer and its key live in memory only: locking the program ends it. What the person has agreed
to is saved before anything is handed in. Spec: docs/protocol/21-linking.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from crypto import devicelist, linking
from crypto.keys import IdentityKey
from jitclient import announcing, ownlist, unlocking
from jitclient.entries import Refresh
from jitclient.errors import LinkEndedError, WrongCodeError
from jitclient.foundation.text import visible
from jitclient.session import Session
from localstore import owndevices
from localstore.connection import transaction
from localstore.owndevices import OwnDevice, PendingList
from protocol import codec
from protocol import linking as records
from protocol.errors import (
    BadInputError,
    NotFoundError,
    NotPermittedError,
    StoreUnreachableError,
)
from protocol.ids import DeviceId
from protocol.limits import LINK_SECONDS, MAX_DEVICE_NAME_CHARS, MAX_DEVICES_PER_USER
from protocol.linking import LinkGrant, LinkKeys, LinkOffer
from protocol.membership import key_digest
from protocol.roles import Party
from sync.api import StoreApi

CODE_CHARS: Final = linking.CODE_CHARS
TRIES: Final = 5


@dataclass(slots=True)
class Offering:
    """An offer that stands: its key, what was found in the slot, and the codes left to try."""

    offer: LinkOffer
    ephemeral: IdentityKey
    keys: LinkKeys | None = None
    name: str = ""
    tries: int = TRIES


async def offer(session: Session, api: StoreApi, passphrase: str) -> Offering:
    """Open a slot at the store and make the line to show.

    Raises:
        WrongPassphraseError: nothing was done.
        BadInputError: there are as many devices as there may be.
        UnknownDeviceError and refusals: from `ownlist.newest`.
    """
    await asyncio.to_thread(unlocking.master_key, session.profile, passphrase)
    base = await ownlist.newest(session, api)
    if len(devicelist.read_list(base, session.user).devices) >= MAX_DEVICES_PER_USER:
        raise BadInputError(f"There are {MAX_DEVICES_PER_USER} devices already; revoke one first.")
    one, ephemeral = session.identity, IdentityKey.generate(session.entropy)
    made = LinkOffer(
        version=1,
        name=visible(one.name)[:MAX_DEVICE_NAME_CHARS],
        address=one.store_address,
        certificate=one.store_certificate,
        store_key=one.store_key,
        user=session.user,
        user_key=key_digest(codec.encode(ownlist.user_key(session).public)),
        slot=linking.new_slot(session.entropy),
        ephemeral=ephemeral.public,
        expires=session.clock.now() + LINK_SECONDS,
    )
    await api.links.begin(made.slot)
    return Offering(made, ephemeral)


def line(offering: Offering) -> str:
    """The line to show."""
    return records.to_text(offering.offer)


async def candidate(session: Session, api: StoreApi, offering: Offering) -> bool:
    """Look once whether a device asks; what is found first stays, whatever the store shows later.

    Raises:
        LinkEndedError: the time is over, or the slot is gone.
        MalformedError, ForgedError: what is there was not made for this offer.
    """
    if offering.keys is not None:
        return True
    _check_time(session, offering)
    try:
        left = await api.links.look(offering.offer.slot)
    except NotFoundError as error:
        raise LinkEndedError("The offer to link a device is over. Make a new one.") from error
    if not left.request:
        return False
    offering.keys, offering.name = linking.read_request(
        offering.offer, offering.ephemeral, left.request
    )
    return True


async def approve(
    session: Session, api: StoreApi, refresh: Refresh, offering: Offering, typed: str
) -> DeviceId:
    """Link the device whose code was typed.

    Raises:
        WrongCodeError: another code; after TRIES of them LinkEndedError.
        LinkEndedError: nothing asks, or the time is over.
        NotPermittedError: the store did not take the new list; an alarm says why.
        StoreUnreachableError: the sentence says whether it is saved and goes on.
    """
    _check_time(session, offering)
    keys = offering.keys
    if keys is None:
        raise LinkEndedError("No device asks to be linked yet.")
    if not linking.same_code(typed, offering.offer, keys):
        offering.tries -= 1
        if offering.tries <= 0:
            await withdraw(api, offering)
            raise LinkEndedError("Too many wrong codes: the offer is withdrawn. Make a new one.")
        raise WrongCodeError(
            "This is not the code of the device that asks. Read it again on its screen; if it "
            f"stays wrong, somebody else asks. {offering.tries} tries left."
        )
    base = await ownlist.newest(session, api)
    await session.run(_sign, session, offering, keys, base)
    try:
        await refresh()
    except StoreUnreachableError as error:
        raise StoreUnreachableError(
            "The store went away. The new device is saved and linked when it is back."
        ) from error
    own = await session.run(announcing.own_list, session)
    if own is None or devicelist.find_device(own, keys.device) is None:
        raise NotPermittedError("The store did not take the new device. See the alarms.")
    return DeviceId(keys.device)


def _check_time(session: Session, offering: Offering) -> None:
    if session.clock.now() >= offering.offer.expires:
        raise LinkEndedError("The time to link a device is over. Make a new offer.")


def _sign(session: Session, offering: Offering, keys: LinkKeys, base: bytes) -> None:
    """The next list and the grant, saved together: either goes out only with the other."""
    db, one = session.stores.device, session.identity
    device = DeviceId(keys.device)
    signed = devicelist.add_device(
        base, ownlist.user_key(session), device, keys.signing, keys.identity
    )
    names = owndevices.own_devices(db)
    listed = {entry.device for entry in devicelist.read_list(signed, session.user).devices}
    given = LinkGrant(
        version=1,
        user_root=one.user_root,
        name=one.name,
        authority=one.authority,
        country=one.country,
        party=Party(one.party),
        device_list=signed,
        devices=tuple(
            records.OwnDevice(version=1, device=device, name=names[device].name)
            for device in listed & names.keys()
            if names[device].name
        ),
    )
    grant = linking.grant(offering.offer, offering.ephemeral, keys, given, session.entropy)
    fresh = OwnDevice(device=device, name=visible(offering.name), added_at=session.clock.now())
    with transaction(db):
        owndevices.save_device(db, fresh)
        owndevices.set_pending(
            db, PendingList(signed=signed, slot=offering.offer.slot, grant_=grant)
        )


async def withdraw(api: StoreApi, offering: Offering) -> None:
    """Close the slot; no error when it is gone."""
    with contextlib.suppress(NotFoundError):
        await api.links.end(offering.offer.slot)
