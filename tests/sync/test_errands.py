"""What a round asks for: everything once a minute, and otherwise what somebody has asked for."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from protocol.api import paths
from sync.errand import Errand, Errands
from tests.sync.blindstore import BlindStore, at, meeting
from tests.sync.device import SPACE, Device, outgoing, until
from tests.sync.server import problem
from tests.sync.test_engine_watch import rounds, watching

pytestmark = pytest.mark.asyncio

ENTRY = b"entry"
NEVER = 3600.0


async def settled(store: BlindStore, device: Device) -> None:
    """The stream is open, and the rounds of the beginning are over."""
    await until(lambda: bool(store.streams) and device.did.count("transfers") == 2)


async def test_what_is_written_leaves_with_one_request() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await settled(store, device)
        before = len(store.server.requests)
        device.box.append(outgoing(1))
        engine.nudge(Errand.SEND)
        await until(lambda: device.did.count("transfers") == 3)

    assert store.posted == [outgoing(1).message]
    assert len(store.server.requests) == before + 1


async def test_what_comes_one_after_the_other_is_acknowledged_and_answered_together() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        before, sent = len(store.server.requests), device.did.count("receipts")
        for have in ([1], [1, 2]):
            store.mail(have[-1])
            await store.wake()
            await until(partial(device.received.__eq__, have))
        assert len(store.server.requests) == before + 2
        assert list(store.queue) == [1, 2]
        assert device.did.count("receipts") == sent

        engine.nudge(Errand.ANSWER)
        await until(lambda: device.did.count("receipts") > sent)

    assert device.received == [1, 2]
    assert store.queue == {}
    assert len(store.server.requests) == before + 3


@pytest.mark.parametrize("exhibit", [False, True])
async def test_what_came_is_answered_by_itself_after_a_moment(*, exhibit: bool) -> None:
    """And transfers are looked for where an exhibit came, or something else of one changed."""
    store, device = BlindStore(), Device()
    device.waiting = exhibit
    ended = ["ask", "seal", "receipts", *(["transfers"] if exhibit else [])]

    async with meeting(store, device) as engine, watching(engine, []):
        await settled(store, device)
        store.mail(1, 2)
        await store.wake()
        await until(lambda: not store.queue and device.did[-len(ended) :] == ended)

    assert device.received == [1, 2]


async def test_a_whole_round_acknowledges_first_and_is_given_nothing_twice() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        store.mail(1)
        await store.wake()
        await until(lambda: device.received == [1])
        store.mail(2)
        engine.nudge()
        await until(lambda: 2 in device.received)

    assert device.received == [1, 2]
    assert store.queue == {}


async def test_what_cannot_be_judged_yet_has_the_logs_read_first() -> None:
    store, device = BlindStore(logs={SPACE: [ENTRY]}), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await settled(store, device)
        store.logs[SPACE].append(ENTRY)
        device.not_yet.add(1)
        store.mail(1)
        await store.wake()
        await until(lambda: device.received == [1])

    assert device.logs[SPACE] == 1


@pytest.mark.parametrize("what", ["log", "wipe", "directory", "everything", "anything else"])
async def test_any_other_wake_up_asks_for_everything(what: str) -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await settled(store, device)
        await store.wake(what)
        await until(lambda: device.did.count("transfers") == 3)

    assert device.did.count("listed") == 3


async def test_without_the_stream_every_round_is_whole() -> None:
    store, device = BlindStore(hold={paths.EVENTS: asyncio.Event()}), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: store.asked(paths.EVENTS) == 1)
        engine.nudge(Errand.SEND)
        await until(lambda: rounds(device) == 2)
        store.hold[paths.EVENTS].set()


async def test_after_a_log_that_could_not_be_read_the_next_round_is_whole() -> None:
    store, device = BlindStore(logs={SPACE: [ENTRY]}), Device()
    store.refuse[at("log")] = (problem(404, "not-found"), 99)

    async with meeting(store, device) as engine, watching(engine, []):
        await settled(store, device)
        engine.nudge(Errand.SEND)
        await until(lambda: rounds(device) == 3)


@pytest.mark.parametrize("passed", [60.0, -1.0])
async def test_a_minute_after_the_last_whole_round_the_next_is_whole_whatever_is_asked(
    passed: float,
) -> None:
    """Or a store that wakes with one word all day would keep the logs from being read."""
    errands = Errands()
    errands.ended(errands.take(100.0, listening=True), 100.0, sound=True)
    for second in range(1, 60):
        errands.add(Errand.QUEUE)
        assert errands.take(100.0 + second, listening=True) is Errand.QUEUE
        errands.ended(Errand.QUEUE, 100.0 + second, sound=True)

    errands.add(Errand.QUEUE)

    assert errands.take(100.0 + passed, listening=True) is Errand.EVERYTHING
