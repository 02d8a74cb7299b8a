"""Linking and revoking: a person with several devices, as the store and the logs come to know them.

What the two devices say to each other while they link is held by tests of its own; here the new
one begins where linking ends, with the person's root and a list that names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crypto import devicelist, recovery
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient.session import Session
from localstore import owndevices, people
from localstore.connection import transaction
from localstore.devices import Identity
from localstore.owndevices import PendingList
from protocol.ids import DeviceId
from tests.simulation.device import Device
from tests.simulation.world import Person, World

MAX_DEVICES = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A signed list on its way to the store, and the device that comes or goes with it."""

    person: Person
    by: Device
    head: bytes
    comes: Device | None = None
    goes: Device | None = None


async def link(world: World) -> str:
    """Somebody links a further device at one of those he has."""
    person = world.dice.choice(list(world.people.values()))
    by = world.dice.choice(person.live())
    if len(person.live()) >= MAX_DEVICES or not _may_change(world, person, by):
        return f"{person.name} links nothing now"
    number = len(person.devices) + len([c for c in world.changes if c.person is person]) + 1
    fresh = world.new_device(person.name, number)
    identity = _identity_beside(by, fresh)
    signing, dik = (
        SigningKey.load(identity.signing_seed),
        IdentityKey.load(identity.identity_seed),
    )
    usk = recovery.user_key(identity.user_root)
    signed = devicelist.add_device(
        _own_list(by), usk, DeviceId(identity.device), signing.public, dik.public
    )

    async def save() -> None:
        await by.session.run(_set_pending, by.session, signed)
        fresh.join(identity, signed)

    ended = await world.on(by, save())
    if ended == "done":
        world.changes.append(Change(person, by, devicelist.list_head(signed), comes=fresh))
    return f"{by.name} links {fresh.name}: {ended}"


async def revoke(world: World) -> str:
    """Somebody revokes another one of his devices."""
    person = world.dice.choice(list(world.people.values()))
    by = world.dice.choice(person.live())
    others = [device for device in person.live() if device is not by]
    if not others or not _may_change(world, person, by):
        return f"{person.name} revokes nothing now"
    gone = world.dice.choice(others)
    usk = recovery.user_key(by.session.identity.user_root)
    signed = devicelist.revoke_device(_own_list(by), usk, gone.device)
    ended = await world.on(by, by.session.run(_set_pending, by.session, signed))
    # Also after a crash: it may have been saved a moment before, and then it will be handed in.
    world.changes.append(Change(person, by, devicelist.list_head(signed), goes=gone))
    return f"{by.name} revokes {gone.name}: {ended}"


def settle(world: World) -> None:
    """What the store has taken has happened; what it turned down will not."""
    for change in list(world.changes):
        if world.truth.newest_list(change.person.user) == change.head:
            if change.comes is not None:
                change.person.devices.append(change.comes)
            if change.goes is not None:
                change.goes.revoked = True
        elif change.by.session.database.call(owndevices.pending, change.by.session.stores.device):
            continue
        elif change.comes is not None:
            change.comes.close()
        world.changes.remove(change)


def _may_change(world: World, person: Person, by: Device) -> bool:
    """One change at a time, and by a device that knows the newest list: people wait for that."""
    if any(change.person is person for change in world.changes):
        return False
    return world.truth.newest_list(person.user) == devicelist.list_head(_own_list(by))


def _own_list(device: Device) -> bytes:
    session = device.session
    me = session.database.call(people.person, session.stores.device, session.user)
    assert me is not None
    return me.device_list


def _identity_beside(by: Device, fresh: Device) -> Identity:
    """The same person, another device: fresh keys, the same root."""
    return replace(
        by.session.identity,
        device=DeviceId(fresh.entropy.token(16)),
        signing_seed=SigningKey.generate(fresh.entropy).dump(),
        identity_seed=IdentityKey.generate(fresh.entropy).dump(),
        enrolled_at=fresh.clock.now(),
    )


def _set_pending(session: Session, signed: bytes) -> None:
    db = session.stores.device
    with transaction(db):
        owndevices.set_pending(db, PendingList(signed=signed, slot=b"", grant_=b""))
