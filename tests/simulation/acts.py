"""What people and their machines do, one act at a time; each returns one line for the trace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from jitclient.views import SpaceState
from protocol.ids import MessageId, SpaceId
from protocol.roles import ADMINISTRATOR_PARTIES, Role
from tests.simulation import owndevices, renewals, skies
from tests.simulation.device import Device
from tests.simulation.truth import Written
from tests.simulation.world import World

Act = Callable[[World], Awaitable[str]]


async def send(world: World) -> str:
    """Somebody writes, perhaps an answer to something on his screen."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    return await write(world, device, space)


async def write(world: World, device: Device, space: SpaceId) -> str:
    """One text, unique in the world, from one device to one space."""
    parent = await _something_to_answer(world, device, space)
    answers = parent[1] if parent else None
    text = _write_down(world, device, space, answers)
    reply_to = parent[0] if parent else None
    ended = await world.on(device, device.desk.send(space, text, reply_to=reply_to))
    return f"{text} in {world.spaces.index(space)} answering {answers}: {ended}"


def _write_down(world: World, device: Device, space: SpaceId, answers: str | None) -> str:
    """A fresh text; the oracle knows of it before anybody tries to send it."""
    text = f"{len(world.truth.written)} by {device.name}"
    world.truth.note(Written(text, space, device.user, device.device, answers, world.weather.step))
    return text


async def _something_to_answer(
    world: World, device: Device, space: SpaceId
) -> tuple[MessageId, str] | None:
    if world.dice.random() < 0.6:
        return None
    rows = [r for r in await device.desk.messages(space) if r.kind.value == "text"]
    if not rows:
        return None
    row = world.dice.choice(rows)
    return row.message, row.text


async def sync(world: World) -> str:
    """One device has a round with the store."""
    return await _sync(world, _anyone(world))


async def sync_together(world: World) -> str:
    """Several devices have a round at the same time: their requests interleave."""
    everyone = world.devices()
    some = world.dice.sample(everyone, world.dice.randint(1, len(everyone)))
    lines = await asyncio.gather(*(_sync(world, device) for device in some))
    return "; ".join(lines)


async def _sync(world: World, device: Device) -> str:
    found: list[str] = []

    async def once() -> None:
        result = await device.round(directory=world.dice.random() < 0.3)
        online = "" if result.online else "offline"
        found.append(f"in {result.messages_in} out {result.messages_out} {online}".rstrip())

    ended = await world.on(device, once())
    return f"{device.name} syncs: {ended} {' '.join(found)}"


async def busy_desk(world: World) -> str:
    """One person does several things while a round is under way on the same device."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    person = world.dice.choice(list(world.people.values()))
    texts = [_write_down(world, device, space, None) for _ in range(2)]
    desk = device.desk

    async def all_of_it() -> None:
        works = (
            device.round(directory=False),
            desk.send(space, texts[0]),
            desk.add_member(space, person.user),
            desk.send(space, texts[1]),
            desk.mark_read(space),
        )
        ended = await asyncio.gather(*works, return_exceptions=True)
        errors = [e for e in ended if isinstance(e, BaseException)]
        # All of them have ended: a dead process goes on with nothing.
        for error in sorted(errors, key=lambda e: isinstance(e, Exception)):
            raise error

    ended = await world.on(device, all_of_it())
    return f"{device.name} writes {texts}, adds {person.name} and syncs: {ended}"


async def read(world: World) -> str:
    """Somebody looks at a conversation."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    return f"{device.name} reads: {await world.on(device, device.desk.mark_read(space))}"


async def open_space(world: World) -> str:
    """A prosecutor opens a space; two at most, so that there is talk in them."""
    if len(world.spaces) >= 2 and world.dice.random() < 0.9:
        return "enough spaces"
    able = [d for d in world.devices() if d.party in ADMINISTRATOR_PARTIES]
    device = world.dice.choice(able)
    number = world.counts["spaces"] = world.counts.get("spaces", 0) + 1
    retention = world.dice.choice((0, 0, 0, 30))
    ended = await world.on(
        device,
        device.desk.create_space(
            agreement=f"JIT {number}",
            signed_on="2026-05-01",
            title=f"Space {number}",
            retention_days=retention,
        ),
    )
    _notice_spaces(world, device)
    return f"{device.name} opens space {number}: {ended}"


def _notice_spaces(world: World, device: Device) -> None:
    """Spaces get their number in the trace in the order they were made."""
    from localstore import spaces

    rows = device.session.database.call(lambda: spaces.spaces(device.session.stores.device))
    for row in sorted(rows, key=lambda r: (r.opened_at, r.space)):
        if SpaceId(row.space) not in world.spaces:
            world.spaces.append(SpaceId(row.space))


async def add(world: World) -> str:
    """An administrator adds somebody, often as another administrator."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    person = world.dice.choice(list(world.people.values()))
    role = None
    if person.party in ADMINISTRATOR_PARTIES and world.dice.random() < 0.4:
        role = Role.ADMINISTRATOR
    ended = await renewals.add_deciding(world, device, space, person, role)
    return f"{device.name} adds {person.name} to {world.spaces.index(space)}: {ended}"


async def remove(world: World) -> str:
    """An administrator removes somebody."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    person = world.dice.choice(list(world.people.values()))
    ended = await world.on(device, device.desk.remove_member(space, person.user, "By the dice"))
    return f"{device.name} removes {person.name} from {world.spaces.index(space)}: {ended}"


async def close(world: World) -> str:
    """An administrator closes a space; seldom, and not early."""
    if world.weather.step < 30:
        return "too early to close"
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    ended = await world.on(device, device.desk.close_space(space, "The case is tried."))
    return f"{device.name} closes {world.spaces.index(space)}: {ended}"


async def verify(world: World) -> str:
    """Two people compare their number."""
    device = _anyone(world)
    space = await _a_space(world, device)
    if space is None:
        return f"{device.name} has no space"
    person = world.dice.choice(list(world.people.values()))

    async def compare() -> None:
        number = (await device.desk.verify(space, person.user)).digits
        await device.desk.verify(space, person.user, number)

    return f"{device.name} verifies {person.name}: {await world.on(device, compare())}"


async def restart(world: World) -> str:
    """The program is closed and opened, or its process dies."""
    device = _anyone(world)
    device.reopen()
    return f"{device.name} restarts"


async def last_words(world: World) -> None:
    """Everybody writes once more everywhere: what was forgotten is missed only then."""
    for device in world.devices():
        if device.revoked:
            continue
        for row in await device.desk.spaces():
            if row.state is SpaceState.OPEN:
                world.say(await write(world, device, row.space))


def _anyone(world: World) -> Device:
    return world.dice.choice([d for d in world.devices() if not d.revoked])


async def _a_space(world: World, device: Device) -> SpaceId | None:
    _notice_spaces(world, device)
    rows = [r for r in await device.desk.spaces() if r.state is SpaceState.OPEN]
    known = sorted(world.spaces.index(r.space) for r in rows)
    return world.spaces[world.dice.choice(known)] if known else None


ACTS: tuple[tuple[int, Act], ...] = (
    (28, send),
    (22, sync),
    (14, sync_together),
    (8, busy_desk),
    (5, read),
    (3, open_space),
    (10, add),
    (3, remove),
    (1, close),
    (1, verify),
    (4, restart),
    (6, owndevices.link),
    (2, owndevices.revoke),
    (1, renewals.lose_everything),
    (2, renewals.let_in_again),
    (2, renewals.decide),
    (5, skies.wait),
    (6, skies.weather),
    (3, skies.store_down),
    (3, skies.store_forgets),
)


async def begin(world: World) -> None:
    """Ana opens a space, adds most of the team, and everybody hears of it, under a clear sky."""
    first = world.people["ana"].devices[0]
    space = await first.desk.create_space(
        agreement="JIT 0", signed_on="2026-05-01", title="Space 0"
    )
    _notice_spaces(world, first)
    for person in list(world.people.values())[1:]:
        if world.dice.random() < 0.75:
            able = person.party in ADMINISTRATOR_PARTIES and world.dice.random() < 0.4
            role = Role.ADMINISTRATOR if able else None
            await first.desk.add_member(space, person.user, role)
    for device in world.devices():
        await device.round(directory=False)
    members = len(world.truth.space(space).now.members)
    world.say(f"{len(world.people)} people, {members} members, weather {world.change_weather()}")


async def step(world: World) -> None:
    """One act, drawn by weight."""
    weights, acts = zip(*ACTS, strict=True)
    act = world.dice.choices(acts, weights)[0]
    world.weather.step += 1
    world.time.pass_by(world.dice.randint(1, 300))
    await world.weather.deliver_late()
    if world.weather.down and world.dice.random() < 0.25:
        world.say(await skies.store_down(world))
    world.say(f"{act.__name__}: {await act(world)}")
    owndevices.settle(world)
    world.counts[act.__name__] = world.counts.get(act.__name__, 0) + 1
