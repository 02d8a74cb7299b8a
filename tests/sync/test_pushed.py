"""What comes along with its wake-up is taken in without asking, and only if it follows directly."""

from __future__ import annotations

from functools import partial

import pytest

from protocol.api import paths
from protocol.api.spaces import Delivery
from sync.errand import Errand
from sync.pushed import Pushed
from tests.sync.blindstore import BlindStore, meeting
from tests.sync.device import SPACE, Device, until
from tests.sync.test_engine_watch import rounds, watching
from tests.sync.test_errands import NEVER, settled

ENTRY = b"entry"


def delivery(index: int) -> Delivery:
    return Delivery(index=index, space=b"s" * 16, message=b"m" * 16, envelope=b"e", body=b"b")


async def read_one(store: BlindStore, device: Device) -> None:
    """The first delivery is always asked for: nothing is known before it."""
    await store.push(1)
    await until(partial(device.received.__eq__, [1]))


@pytest.mark.asyncio
async def test_what_follows_upon_what_was_read_needs_no_request() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        await read_one(store, device)
        before = len(store.server.requests)
        await store.push(2)
        await until(partial(device.received.__eq__, [1, 2]))
        await store.push(3, 4)
        await until(partial(device.received.__eq__, [1, 2, 3, 4]))

        assert len(store.server.requests) == before
        assert list(store.queue) == [1, 2, 3, 4]
        engine.nudge(Errand.ANSWER)
        await until(lambda: not store.queue)

    assert store.asked(paths.MAILBOX_ACK) == 1
    assert device.received == [1, 2, 3, 4]


@pytest.mark.asyncio
async def test_after_a_gap_the_queue_is_read_and_nothing_is_skipped() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        await read_one(store, device)
        store.mail(2)  # queued, and nobody told
        await store.push(3)
        await until(partial(device.received.__eq__, [1, 2, 3]))

        before = store.asked(paths.MAILBOX)
        await store.push(4)
        await until(partial(device.received.__eq__, [1, 2, 3, 4]))
        assert store.asked(paths.MAILBOX) == before


@pytest.mark.asyncio
async def test_what_is_pushed_again_is_not_taken_in_again() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        await read_one(store, device)
        await store.push(2)
        await until(partial(device.received.__eq__, [1, 2]))
        await store.push(2, 1)
        await store.push(3)
        await until(partial(device.received.__eq__, [1, 2, 3]))


@pytest.mark.asyncio
async def test_what_could_not_be_judged_comes_again_out_of_the_queue() -> None:
    store, device = BlindStore(logs={SPACE: [ENTRY]}), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        await read_one(store, device)
        device.not_yet.add(2)  # the log entry it names is not here
        store.logs[SPACE].append(ENTRY)
        listed = device.did.count("listed")
        await store.push(2)
        await until(partial(device.received.__eq__, [1, 2]))

        assert device.did.count("listed") == listed + 1
        await store.push(3)
        await until(partial(device.received.__eq__, [1, 2, 3]))


@pytest.mark.asyncio
async def test_a_line_that_broke_is_followed_by_the_queue() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device, answer_seconds=NEVER) as engine, watching(engine, []):
        await settled(store, device)
        await read_one(store, device)
        whole = rounds(device)
        store.streams.pop().close()
        await until(lambda: bool(store.streams) and rounds(device) > whole + 1)
        asked = store.asked(paths.MAILBOX)
        await store.push(2)  # follows, but what was between is not known
        await until(partial(device.received.__eq__, [1, 2]))

    assert store.asked(paths.MAILBOX) == asked + 1


def test_a_store_that_pushes_on_and_on_fills_no_memory() -> None:
    pushed = Pushed()
    pushed.read_to(0)
    for index in range(2, 10_000):
        pushed.add(delivery(index))

    assert pushed.take() == ()
    for index in range(1, 10_000):
        pushed.add(delivery(index))
    assert [one.index for one in pushed.take()] == list(range(1, 65))


def test_before_anything_was_read_nothing_follows() -> None:
    pushed = Pushed()
    pushed.add(delivery(1))

    assert pushed.take() == ()
    assert not pushed
