"""The oracle is not blind: each law is broken behind the product's back, and it says which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from localstore import alarms
from localstore.connection import Connection, transaction
from protocol.ids import SpaceId
from tests.simulation import acts, oracle
from tests.simulation.device import Device
from tests.simulation.run import quiesce
from tests.simulation.world import ViolationError, World

Harm = Callable[[World, SpaceId], None]


def _at(device: Device, space: SpaceId, statement: str) -> None:
    def change() -> None:
        sp = device.session.stores.space(space)
        with transaction(sp):
            sp.execute(statement)

    device.session.database.call(change)


def _reader(world: World) -> Device:
    return world.people["bruno"].devices[0]


def _lose(world: World, space: SpaceId) -> None:
    _at(_reader(world), space, "DELETE FROM message WHERE text = '0 by ana.1'")


def _double(world: World, space: SpaceId) -> None:
    _at(_reader(world), space, "UPDATE message SET text = '0 by ana.1' WHERE kind = 'text'")


def _invent(world: World, space: SpaceId) -> None:
    _at(_reader(world), space, "UPDATE message SET text = 'x' WHERE text = '0 by ana.1'")


def _turn_round(world: World, space: SpaceId) -> None:
    _at(
        _reader(world),
        space,
        "UPDATE message SET sender_seq = 1000 - sender_seq WHERE kind = 'text'",
    )


def _read_before_joining(world: World, space: SpaceId) -> None:
    _at(_reader(world), space, "UPDATE message SET log_seq = 0 WHERE kind = 'text'")


def _fork(world: World, space: SpaceId) -> None:
    _at(_reader(world), space, "UPDATE log_entry SET signed = x'00' WHERE seq = 1")


def _accuse(world: World, space: SpaceId) -> None:
    session = _reader(world).session

    def raise_alarm() -> None:
        db: Connection = session.stores.device
        with transaction(db):
            alarms.raise_alarm(db, space, "forged", "The store forged it.", 0, "")

    session.database.call(raise_alarm)


def _unsign(world: World, space: SpaceId) -> None:
    author = world.people["ana"].devices[0]
    _at(author, space, "UPDATE delivery SET at = NULL")


@pytest.mark.parametrize(
    ("harm", "law"),
    [
        (_lose, "nothing-lost"),
        (_double, "nothing-doubled"),
        (_invent, "nothing-invented"),
        (_turn_round, "sender-order"),
        (_read_before_joining, "nobody-reads-what-he-may-not"),
        (_fork, "one-log"),
        (_accuse, "weather-accuses-nobody"),
        (_unsign, "receipts-count"),
    ],
)
def test_a_broken_law_is_noticed_and_named(tmp_path: Path, harm: Harm, law: str) -> None:
    async def play(world: World) -> None:
        await world.begin()
        await acts.begin(world)
        for _ in range(2):
            await acts.write(world, world.people["ana"].devices[0], world.spaces[0])
        await quiesce(world)
        oracle.at_the_end(world)
        harm(world, world.spaces[0])
        oracle.at_the_end(world)

    with World(6, tmp_path) as world, pytest.raises(ViolationError) as found:
        asyncio.run(play(world))

    assert found.value.law == law
