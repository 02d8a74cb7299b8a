"""Somebody loses every device, is invited and let in again; the others decide on the new key."""

from __future__ import annotations

from jitclient.deviceviews import KeyOffer
from protocol.ids import SpaceId
from protocol.roles import Right, Role, allows
from tests.simulation.device import Device
from tests.simulation.world import Person, ViolationError, World


async def lose_everything(world: World) -> str:
    """The devices of one person are gone; the operator invites again, and a new one enrols."""
    person = world.dice.choice(list(world.people.values()))
    waiting = any(change.person is person for change in world.changes)
    if waiting or world.weather.down or world.weather.counts.get("lost everything"):
        return f"{person.name} keeps everything"
    fresh = world.new_device(person.name, len(person.devices) + 1)
    line = world.store.reinvite(person.user)
    before, world.weather.climate = world.weather.climate, type(world.weather.climate)()
    await fresh.enrol(line)
    await fresh.desk.people()
    world.weather.climate = before
    for device in person.devices:
        device.revoked = True
        world.lost.add(device.device)
    person.devices.append(fresh)
    world.weather.note("lost everything")
    return f"{person.name} lost everything and begins again at {fresh.name}"


async def let_in_again(world: World) -> str:
    """An administrator puts the devices somebody has now in place of those the log names."""
    device = world.dice.choice([d for d in world.devices() if not d.revoked])
    for space in world.spaces:
        for person in _outside(world, space):
            ended = await world.on(device, device.desk.renew_member(space, person.user))
            return f"{device.name} lets {person.name} in again: {ended}"
    return "nobody waits to be let in again"


async def decide(world: World) -> str:
    """Somebody goes on with the new key of somebody else."""
    device = world.dice.choice([d for d in world.devices() if not d.revoked])
    return f"{device.name} decides: {await _decide(world, device)}"


async def add_deciding(
    world: World, device: Device, space: SpaceId, person: Person, role: Role | None = None
) -> str:
    """Add somebody; if the store shows another key than the one known, look at it and take it."""
    ended = await world.on(device, device.desk.add_member(space, person.user, role))
    if ended != "key-substituted":
        return ended
    taken = await take(world, device, person)
    again = await world.on(device, device.desk.add_member(space, person.user, role))
    return f"{ended}, {taken}, {again}"


async def take(world: World, device: Device, person: Person) -> str:
    """One device decides on the key that the store shows of somebody; it must be the true one."""
    found: list[KeyOffer] = []

    async def look() -> None:
        offer = await device.desk.offered_key(person.user)
        found.append(await device.desk.take_key(person.user, offer.new_key))

    ended = await world.on(device, look())
    if found and found[0].new_key != world.truth.user_key(person.user):
        raise ViolationError("true-keys", f"{device.name} was shown a false key of {person.name}")
    return ended


async def mend_all(world: World) -> None:
    """Before the end administrators let in and add who waits, and everybody decides."""
    for space in world.spaces:
        for person in _outside(world, space):
            for device in _administrators(world, space):
                ended = await world.on(device, device.desk.renew_member(space, person.user))
                world.say(f"{device.name} lets {person.name} in again: {ended}")
                if ended == "done":
                    break
    await _add_the_homeless(world)
    for device in world.devices():
        if not device.revoked:
            await device.round()
            await _decide(world, device)
            for person in _lost(world):
                if person.user != device.user:
                    await take(world, device, person)


async def _add_the_homeless(world: World) -> None:
    """Who lost everything and is a member nowhere is added by an administrator who can.

    Raises:
        ViolationError: nothing stands in the way, and it does not work.
    """
    for person in _lost(world):
        homes = [s for s in world.spaces if world.truth.space(s).entries]
        if any(person.user in world.truth.space(s).now.members for s in homes):
            continue
        for space in homes:
            for device in (
                () if world.truth.space(space).now.closed else _administrators(world, space)
            ):
                ended = await add_deciding(world, device, space, person)
                world.say(f"{device.name} adds {person.name}: {ended}")
                if ended.endswith("key-substituted"):
                    raise ViolationError("can-be-added", f"{device.name} cannot add {person.name}")
                if ended.endswith("done"):
                    return


def _lost(world: World) -> list[Person]:
    return [one for one in world.people.values() if world.lost_everything(one.user)]


async def _decide(world: World, device: Device) -> str:
    rows = await device.desk.key_changes()
    done = [await world.on(device, device.desk.decide_key(row.user)) for row in rows]
    return " ".join(done) or "nothing"


def _outside(world: World, space: SpaceId) -> list[Person]:
    """Members none of whose present devices the log names."""
    truth = world.truth.space(space)
    if not truth.entries or truth.now.closed:
        return []
    named = truth.devices[-1]
    return [
        person
        for person in world.people.values()
        if person.user in named and not {d.device for d in person.live()} & named[person.user]
    ]


def _administrators(world: World, space: SpaceId) -> list[Device]:
    truth = world.truth.space(space)
    return [
        device
        for device in world.devices()
        if not device.revoked
        and truth.entitled(device.user, device.device, truth.now.seq)
        and allows(truth.now.members[device.user].role, Right.ADMINISTER)
    ]
