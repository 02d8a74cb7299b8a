"""Watching: woken by the store, nudged from inside, one round at a time, no task left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from protocol.api import paths
from protocol.errors import BugError
from sync.api import StoreApi
from sync.engine import Engine
from sync.transport import Transport
from tests.sync.blindstore import NOW, BlindStore, meeting
from tests.sync.device import Device, outgoing, until
from tests.sync.server import identity, problem, serving

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def watching(engine: Engine, told: list[str]) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    before = asyncio.all_tasks()
    task = asyncio.get_running_loop().create_task(engine.watch(stop, _changes(told)))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait([task])
        assert [t for t in asyncio.all_tasks() - before - {task} if "sync" in t.get_name()] == []


def _changes(told: list[str]) -> Callable[[str], None]:
    """Writes down each value that differs from the one before."""
    return lambda link: None if told[-1:] == [link] else told.append(link)


def rounds(device: Device) -> int:
    return device.did.count("deadlines")


async def test_a_wake_of_the_store_starts_a_round() -> None:
    store, device, told = BlindStore(), Device(), list[str]()

    async with meeting(store, device) as engine, watching(engine, told):
        await until(lambda: bool(store.streams) and rounds(device) == 2)
        store.mail(1)
        await store.wake()
        await until(lambda: device.received == [1])

    assert told == ["connecting", "online"]


async def test_what_came_before_the_stream_was_open_is_fetched_when_it_opens() -> None:
    store, device = BlindStore(), Device()
    store.hold[paths.EVENTS] = asyncio.Event()

    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: store.asked(paths.EVENTS) == 1)
        store.mail(1)  # the first round is over, and nobody listens yet
        store.hold[paths.EVENTS].set()
        await until(lambda: device.received == [1])


async def test_a_wake_up_does_not_read_the_whole_directory_again() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: bool(store.streams) and rounds(device) == 2)
        await store.wake("log")
        await until(lambda: rounds(device) == 3)
        await engine.round(transfers=False)

    assert device.did.count("listed") == 4
    assert device.did.count("directory") == 2
    assert device.did.count("prekeys") == 2


async def test_a_nudge_sends_what_was_just_saved() -> None:
    store, device = BlindStore(), Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: bool(store.streams) and rounds(device) == 2)
        device.box.append(outgoing(1))
        engine.nudge()
        await until(lambda: store.posted == [outgoing(1).message])


async def test_a_nudge_during_a_round_is_followed_by_another_round() -> None:
    store, device = BlindStore(), Device()

    async def save_late() -> None:
        del device.during["transfers"]
        device.box.append(outgoing(1))
        engine.nudge()

    device.during["transfers"] = save_late
    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: store.posted == [outgoing(1).message])


async def test_two_rounds_never_run_at_once() -> None:
    store, device = BlindStore(), Device()
    running, most = 0, 0

    async def begin() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)

    async def end() -> None:
        nonlocal running
        running -= 1

    device.during = {"deadlines": begin, "transfers": end}
    async with meeting(store, device) as engine:
        await asyncio.gather(*(engine.round(transfers=False) for _ in range(4)))

    assert rounds(device) == 4
    assert most == 1


async def test_a_long_transfer_keeps_no_message_waiting() -> None:
    store, device, finished = BlindStore(), Device(), asyncio.Event()

    async def transfer() -> None:
        await finished.wait()

    device.during["settle"] = transfer
    async with meeting(store, device) as engine:
        task = asyncio.get_running_loop().create_task(engine.round(transfers=True))
        await until(lambda: "settle" in device.did)
        device.box.append(outgoing(1))
        meanwhile = await engine.round(transfers=False)
        device.box.append(outgoing(2))
        finished.set()
        whole = await task

    assert meanwhile.messages_out == 1
    assert whole.messages_out == 1
    assert store.posted == [outgoing(1).message, outgoing(2).message]


async def test_the_stores_absence_and_return_are_told_and_everything_is_sent_once() -> None:
    store, device, told = BlindStore(), Device(box=[outgoing(1)]), list[str]()
    away = asyncio.Event()

    async def drop() -> None:
        if not away.is_set():
            store.server.hang_up()

    device.during["directory"] = device.during["listed"] = drop
    async with meeting(store, device) as engine, watching(engine, told):
        await until(lambda: told[-1:] == ["offline"])
        away.set()
        engine.nudge()
        await until(lambda: told[-1:] == ["online"])

    assert told == ["connecting", "offline", "online"]
    assert store.posted == [outgoing(1).message]


async def test_a_busy_store_is_not_asked_sooner_by_nudges() -> None:
    store = BlindStore(refuse={paths.PREKEYS: (problem(429, "busy", retry_after="600"), 9)})
    device = Device()

    async with meeting(store, device) as engine, watching(engine, []):
        await until(lambda: engine.last is not None)
        for _ in range(20):
            engine.nudge()
            await asyncio.sleep(0)
        await until(lambda: bool(store.streams))  # the stream asks for nothing

    assert rounds(device) == 1


async def test_a_foreign_certificate_is_told_and_the_watch_goes_on() -> None:
    told: list[str] = []

    async with serving(BlindStore(), who=identity("impostor")) as server:
        line = Transport(server.address, identity().pin, timeout=60)
        api = StoreApi(line, lambda *_: b"")
        engine = Engine(api, Device().ports(), lambda: NOW, lambda: 0.0)
        async with watching(engine, told) as task:
            await until(lambda: told[-1:] == ["refused"])
            assert not task.done()
        await line.aclose()

    assert server.bytes_in == 0


async def test_a_bug_ends_the_watch_and_is_raised() -> None:
    device = Device(broken={"listed": BugError("x")})

    async with meeting(BlindStore(), device) as engine:
        with pytest.raises(BugError):
            await engine.watch(asyncio.Event(), lambda _: None)


Stopper = Callable[[asyncio.Event, "asyncio.Task[None]"], object]


@pytest.mark.parametrize(
    "stopper", [lambda stop, _: stop.set(), lambda _, task: task.cancel()], ids=["stop", "cancel"]
)
@pytest.mark.parametrize("path", [paths.SPACES, paths.MAILBOX, paths.EVENTS])
async def test_a_watch_stopped_in_the_middle_leaves_no_task(stopper: Stopper, path: str) -> None:
    store, device, stop = BlindStore(), Device(), asyncio.Event()
    store.hold[path] = asyncio.Event()

    async with meeting(store, device) as engine:
        before = asyncio.all_tasks()
        task = asyncio.get_running_loop().create_task(engine.watch(stop, lambda _: None))
        await until(lambda: store.asked(path) == 1)
        stopper(stop, task)
        await asyncio.wait([task])
        left = {t.get_name() for t in asyncio.all_tasks() - before if "sync" in t.get_name()}
        store.hold[path].set()

    assert left == set()


async def test_a_cancelled_round_frees_the_next_one() -> None:
    store, device = BlindStore(), Device(box=[outgoing(1)])
    store.hold[paths.SPACES] = asyncio.Event()

    async with meeting(store, device) as engine:
        task = asyncio.get_running_loop().create_task(engine.round(transfers=False))
        await until(lambda: store.asked(paths.SPACES) == 1)
        task.cancel()
        await asyncio.wait([task])
        store.hold.pop(paths.SPACES).set()
        result = await engine.round(transfers=False)

    assert task.cancelled()
    assert result.messages_out == 1
