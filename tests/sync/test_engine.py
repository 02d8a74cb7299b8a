"""A round does everything in one order; what fails is noted, and only a lost line ends it."""

from __future__ import annotations

import pytest

from protocol.api import paths, spaces
from protocol.api.accounts import PrekeyUpload
from protocol.errors import (
    BugError,
    DiskError,
    MalformedError,
    NotPermittedError,
    NotSignedInError,
    ReorderedError,
    StoreIdentityError,
    StoreUnreachableError,
)
from sync.api import StoreApi
from sync.engine import Engine
from sync.transport import Transport
from tests.sync.blindstore import NOW, BlindStore, at, meeting
from tests.sync.device import DEVICE, OTHER, SPACE, USER, Device, outgoing
from tests.sync.server import Reply, Request, identity, json, problem, serving

pytestmark = pytest.mark.asyncio

LIST_HEAD = bytes(range(32))


async def test_a_round_does_everything_in_order() -> None:
    store = BlindStore(logs={SPACE: [b"genesis", b"add"]})
    store.mail(3, 5)
    device = Device(upload=PrekeyUpload(), sessions=[(SPACE, DEVICE)], box=[outgoing(1)])
    device.own_wipes.append((OTHER, b"wiped"))
    device.watched[OTHER] = ()

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.did == [
        "deadlines",
        "prekeys",
        "published",
        "directory",
        "listed",
        "log s",
        "deliver",
        "announce",
        "outbox",
        "accepted",
        "bundle",
        "ask",
        "seal",
        "receipts",
        "outbox",
        "wipe posted",
        "wipes",
        "transfers",
    ]
    assert (result.messages_in, result.messages_out) == (2, 1)
    assert result.online
    assert result.error is None
    assert store.queue == {}
    assert store.posted == [outgoing(1).message]
    assert device.watched == {OTHER: (b"wiped",)}


async def test_a_one_shot_round_also_sends_what_finished_transfers_left_to_say() -> None:
    store, device = BlindStore(), Device(after_transfers=[outgoing(9)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=True)

    assert result.messages_out == 1
    ending = ["transfers", "settle", "outbox", "accepted", "ask", "seal", "receipts"]
    assert device.did[-len(ending) :] == ending


async def test_without_a_store_deadlines_are_kept_and_nothing_is_raised() -> None:
    device = Device(box=[outgoing(1)])
    line = Transport("127.0.0.1:1", bytes(32), timeout=60)
    engine = Engine(StoreApi(line, lambda *_: b""), device.ports(), lambda: NOW, lambda: 0.0)

    result = await engine.round(transfers=True)
    await line.aclose()

    assert device.did == ["deadlines"]
    assert not result.online
    assert isinstance(result.error, StoreUnreachableError)
    assert device.waits == {}


async def test_another_store_is_raised_and_gets_nothing() -> None:
    device = Device(box=[outgoing(1)])

    async with serving(BlindStore(), who=identity("impostor")) as server:
        line = Transport(server.address, identity().pin, timeout=60)
        engine = Engine(StoreApi(line, lambda *_: b""), device.ports(), lambda: NOW, lambda: 0.0)
        with pytest.raises(StoreIdentityError):
            await engine.round(transfers=False)
        await line.aclose()

    assert server.bytes_in == 0


async def test_a_device_that_may_not_sign_in_is_online_and_told() -> None:
    store = BlindStore(refuse={paths.SESSIONS: (problem(401, "not-signed-in"), 9)})
    device = Device()

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.did == ["deadlines"]
    assert result.online
    assert isinstance(result.error, NotSignedInError)


async def test_one_failing_step_stops_none_of_the_others() -> None:
    store = BlindStore(logs={SPACE: [b"genesis"]})
    store.refuse = {
        paths.PREKEYS: (Reply(body=b"{"), 1),
        paths.USERS: (problem(404, "not-found"), 1),
    }
    device = Device(box=[outgoing(1)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert isinstance(result.error, MalformedError)
    assert store.posted == [outgoing(1).message]


async def test_a_full_disk_ends_the_receiving_and_acknowledges_nothing() -> None:
    store = BlindStore()
    store.mail(1)
    device = Device(broken={"deliver": DiskError("The disk is full.")}, box=[outgoing(1)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert isinstance(result.error, DiskError)
    assert list(store.queue) == [1]
    assert store.posted == []  # first the logs and the queue, and only then sending
    assert result.online


async def test_a_bug_is_raised() -> None:
    async with meeting(BlindStore(), Device(broken={"listed": BugError("x")})) as engine:
        with pytest.raises(BugError):
            await engine.round(transfers=False)


# --- logs and the queue ---------------------------------------------------------------------------


async def test_a_space_whose_log_cannot_be_read_gets_no_message_and_the_others_do() -> None:
    store = BlindStore(logs={SPACE: [b"genesis"], OTHER: [b"genesis"]})
    store.refuse = {at("log"): (problem(403, "no-permission"), 9)}
    device = Device(box=[outgoing(1), outgoing(2, OTHER)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert store.posted == [outgoing(2).message]
    assert isinstance(result.error, NotPermittedError)
    assert device.logs == {OTHER: 0}


async def test_a_removed_members_device_reads_its_removal_before_the_list_is_judged() -> None:
    class Removed(BlindStore):
        def _get_spaces(self, _: Request) -> Reply:
            return json(spaces.SpacesReply(spaces=()))

    store = Removed(logs={SPACE: [b"genesis", b"add", b"remove"]})
    device = Device(logs={SPACE: 1, OTHER: 0})

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.logs == {SPACE: 2, OTHER: 0}
    assert device.did.index("log s") < device.did.index("listed")
    assert result.error is None  # that OTHER is hidden, `listed` tells


async def test_a_log_longer_than_a_page_is_read_whole() -> None:
    store = BlindStore(logs={SPACE: [b"entry"] * 450})
    device = Device()

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert device.logs == {SPACE: 449}
    assert store.asked(at("log")) == 3


async def test_a_forged_entry_is_asked_for_once_a_round() -> None:
    store = BlindStore(logs={SPACE: [b"genesis", b"forged", b"more"]})
    device = Device()

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert device.logs == {SPACE: 0}
    assert store.asked(at("log")) == 2


async def test_device_lists_a_log_names_are_fetched_before_it_is_judged() -> None:
    store = BlindStore(logs={SPACE: [b"genesis"]})
    device = Device(lacking={(USER, LIST_HEAD)})

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert device.lists == {(USER, LIST_HEAD): b"signed list"}
    assert device.did.index("device list") < device.did.index("log s")


async def test_what_was_announced_is_read_back_before_anything_is_sealed() -> None:
    store = BlindStore(logs={SPACE: [b"genesis"]})
    device = Device(announces=[True], box=[outgoing(1)])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    first, second = [n for n, what in enumerate(device.did) if what == "announce"]
    assert "listed" in device.did[first:second]
    assert second < device.did.index("seal")


async def test_a_message_ahead_of_its_log_waits_for_a_second_pass() -> None:
    store, device = BlindStore(), Device(not_yet={2})
    store.mail(1, 2)

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.received == [1, 2]
    assert device.did.count("listed") == 2
    assert result.messages_in == 2
    assert store.queue == {}


async def test_a_long_queue_is_emptied_in_one_round() -> None:
    store, device = BlindStore(), Device()
    store.mail(*range(1, 131))

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert result.messages_in == 130
    assert device.received == list(range(1, 131))


async def test_a_store_that_repeats_its_queue_for_ever_does_not_hold_the_round() -> None:
    class Repeating(BlindStore):
        def _get_mailbox(self, request: Request) -> Reply:
            page = spaces.MailboxReply(deliveries=tuple(self.queue.values()), waiting=9)
            return json(page)

    store, device = Repeating(), Device(not_yet={1, 2})
    store.mail(1, 2)

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert isinstance(result.error, ReorderedError)
    assert store.asked(paths.MAILBOX) == 2
