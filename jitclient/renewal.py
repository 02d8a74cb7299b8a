"""Becoming a new device after an old copy of this one was put back.

Chains, numbers and ratchets of the old device have moved on elsewhere; going on with them would
repeat numbers and keys. So this computer makes the keys of another device and lists it; the old
device announces it in every space, which takes no ratchet; then this one becomes the new device and
revokes the old. Every step is derived from what is stored, so that a crash anywhere is resumed.
Until the change the old sessions only read. Spec: docs/protocol/81-local-store.md §8.
"""

from __future__ import annotations

from dataclasses import replace

from crypto import devicelist, recovery
from crypto.handshake import Own
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import announcing, freshness
from jitclient.events import SpacesChanged
from jitclient.session import WIPED_STATES, Session
from localstore import custody, devices, owndevices, people, spaces
from localstore import freshness as stored
from localstore.connection import transaction
from localstore.freshness import Renewal
from localstore.owndevices import PendingList
from protocol.devicelist import DeviceList
from protocol.errors import JitError, RefusedError
from protocol.ids import DeviceId, SpaceId
from sync.api import StoreApi


async def go_on(session: Session, api: StoreApi) -> bool:
    """Do the next step, if an old copy runs; True when this device is another one now.

    Raises:
        StoreUnreachableError and its kin: it goes on in a later round.
    """
    if not await session.run(freshness.put_back, session):
        return False
    keys = await session.run(_keys, session)
    await _take_newest(session, api)
    if not await session.run(_ready, session, keys):
        await session.run(_list_it, session, keys)
        return False
    await session.run(_become, session, keys)
    await api.sign_in()
    return True


def _keys(session: Session) -> Renewal:
    db = session.stores.device
    known = stored.renewal(db)
    if known is not None:
        return known
    keys = Renewal(
        device=DeviceId(session.entropy.token(16)),
        signing_seed=SigningKey.generate(session.entropy).dump(),
        identity_seed=IdentityKey.generate(session.entropy).dump(),
    )
    with transaction(db):
        stored.save_renewal(db, keys)
    return keys


async def _take_newest(session: Session, api: StoreApi) -> None:
    """This copy may know an older list of one's own; what the user key signed later counts."""
    signed = await api.device_list(session.user)
    await session.run(_take, session, signed)


def _take(session: Session, signed: bytes) -> None:
    db = session.stores.device
    me, own = people.person(db, session.user), announcing.own_list(session)
    if me is None or own is None:
        return
    try:
        newest = devicelist.read_list(signed, session.user, user_key=me.user_key)
    except RefusedError as error:
        session.alarm(None, error, key="own-devices")
        return
    if newest.seq > own.seq:
        with transaction(db):
            people.save_person(db, replace(me, device_list=signed))


def _list_it(session: Session, keys: Renewal) -> None:
    """Put the new device on the next list, which `announcing` hands in."""
    db = session.stores.device
    me, own = people.person(db, session.user), announcing.own_list(session)
    if me is None or own is None or devicelist.find_device(own, keys.device) is not None:
        return
    signed = devicelist.add_device(
        me.device_list,
        recovery.user_key(session.identity.user_root),
        DeviceId(keys.device),
        SigningKey.load(keys.signing_seed).public,
        IdentityKey.load(keys.identity_seed).public,
    )
    with transaction(db):
        owndevices.set_pending(db, PendingList(signed=signed, slot=b"", grant_=b""))


def _ready(session: Session, keys: Renewal) -> bool:
    """The list is out, and every space where the old device speaks names the new one."""
    own = announcing.own_list(session)
    listed = own is not None and devicelist.find_device(own, keys.device) is not None
    if not listed or owndevices.pending(session.stores.device) is not None:
        return False
    return all(_names(session, space, keys) for space in _live(session))


def _names(session: Session, space: SpaceId, keys: Renewal) -> bool:
    try:
        log = session.log(space)
    except JitError:
        return True  # of a space that does not open nothing can be waited for
    speaks = log.admits(session.user, session.device) and not log.roster.closed
    return not speaks or log.admits(session.user, keys.device)


def _live(session: Session) -> list[SpaceId]:
    return [
        SpaceId(record.space)
        for record in spaces.spaces(session.stores.device)
        if record.log_seq >= 0 and record.state not in WIPED_STATES and record.database_key
    ]


def _become(session: Session, keys: Renewal) -> None:
    db, old = session.stores.device, session.device
    number = stored.epoch(db)
    done = [space for space in _live(session) if _start_anew(session, space, keys, number)]
    own, me = announcing.own_list(session), people.person(db, session.user)
    with transaction(db):
        stored.become(db, keys)
        for space in done:
            stored.set_space_epoch(db, space, number)
        if own is not None and me is not None and _listed(own, old):
            usk = recovery.user_key(session.identity.user_root)
            signed = devicelist.revoke_device(me.device_list, usk, old)
            owndevices.set_pending(db, PendingList(signed=signed, slot=b"", grant_=b""))
    _take_on(session)
    session.tell(SpacesChanged())


def _listed(own: DeviceList, device: bytes) -> bool:
    return devicelist.find_device(own, device) is not None


def _start_anew(session: Session, space: SpaceId, keys: Renewal, number: int) -> bool:
    try:
        sp = session.stores.space(space)
    except JitError:
        return False
    if stored.binding(sp)[0] == keys.device:
        return True  # a crash came between this and the change in device.db
    with transaction(sp):
        stored.start_anew(sp, session.device, keys.device, number)
        who = session.name_of(session.user)
        custody.append(sp, "put-back", who, "", f"device {keys.device.hex()}", session.clock.now())
    return True


def _take_on(session: Session) -> None:
    """What this session holds in memory is the new device's from now on."""
    identity = devices.load_identity(session.stores.device)
    if identity is None:
        return
    session.identity = identity
    session.signing = SigningKey.load(identity.signing_seed)
    session.own = Own(
        user=session.user,
        device=DeviceId(identity.device),
        signing=session.signing.public,
        identity=IdentityKey.load(identity.identity_seed),
    )
    session.logs.clear()
    session.withheld.clear()
