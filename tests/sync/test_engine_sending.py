"""What the store answers to a message decides what becomes of it, and nothing overtakes."""

from __future__ import annotations

import asyncio

import pytest

from protocol.api import paths
from protocol.errors import BugError, MalformedError, NotFoundError, StoreUnreachableError
from sync.errors import BusyError
from tests.sync.blindstore import NOW, BlindStore, at, meeting
from tests.sync.device import DEVICE, OTHER, SPACE, Device, outgoing, until
from tests.sync.server import Reply, Request, problem

pytestmark = pytest.mark.asyncio


async def test_what_the_store_turns_down_is_given_up_and_the_next_message_goes() -> None:
    store = BlindStore(refuse={at("messages"): (problem(409, "space-closed"), 1)})
    device = Device(box=[outgoing(1), outgoing(2)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.turned_down == {
        outgoing(1).message: (
            "space-closed",
            "The space is closed. Nothing new can enter it.",
        )
    }
    assert store.posted == [outgoing(2).message]
    assert result.messages_out == 1


async def test_a_busy_store_is_left_alone_for_as_long_as_it_asks() -> None:
    store = BlindStore(refuse={at("messages"): (problem(429, "busy", retry_after="30"), 9)})
    device = Device(box=[outgoing(1), outgoing(2), outgoing(3, OTHER)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=True)

    assert store.asked(at("messages")) == 1
    assert device.waits == {outgoing(1).message: (NOW + 30, 1)}
    assert isinstance(result.error, BusyError)
    assert result.error.retry_after == 30.0
    assert result.online
    assert "transfers" not in device.did


@pytest.mark.parametrize("path", [paths.CHALLENGES, paths.PREKEYS, paths.SPACES, paths.MAILBOX])
async def test_a_busy_store_ends_the_round_wherever_it_says_so(path: str) -> None:
    store = BlindStore(refuse={path: (problem(503, "busy", retry_after="9"), 1)})
    device = Device(box=[outgoing(1)])

    async with meeting(store, device) as engine:
        first = await engine.round(transfers=False)
        posted = list(store.posted)
        second = await engine.round(transfers=False)

    assert isinstance(first.error, BusyError)
    assert posted == []
    assert second.error is None
    assert store.posted == [outgoing(1).message]


async def test_a_lost_answer_is_asked_for_again_and_the_message_stands_once() -> None:
    class LosesOneAnswer(BlindStore):
        lost = False

        def _post_messages(self, request: Request) -> Reply:
            reply = super()._post_messages(request)
            if not self.lost:
                self.lost = True
                self.server.hang_up()
            return reply

    store, device = LosesOneAnswer(), Device(box=[outgoing(1), outgoing(2)])

    async with meeting(store, device) as engine:
        first = await engine.round(transfers=False)
        second = await engine.round(transfers=False)

    assert isinstance(first.error, StoreUnreachableError)
    assert not first.online
    assert device.waits == {}
    assert second.messages_out == 2
    assert store.posted == [outgoing(1).message, outgoing(2).message]
    assert list(device.sent) == store.posted


async def test_an_answer_that_cannot_be_read_is_no_refusal_of_the_message() -> None:
    store = BlindStore(refuse={at("messages"): (Reply(body=b"<html>"), 1)})
    device = Device(box=[outgoing(1)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert isinstance(result.error, MalformedError)
    assert device.turned_down == {}
    assert device.waits == {outgoing(1).message: (NOW + 1, 1)}


async def test_changed_recipients_mean_reading_the_log_and_sealing_anew_in_the_same_round() -> None:
    store = BlindStore(logs={SPACE: [b"genesis", b"remove"]})
    store.refuse = {at("messages"): (problem(409, "recipients-changed"), 1)}
    device = Device(box=[outgoing(1), outgoing(2), outgoing(3, OTHER)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    # The second message of the space waits for the first; the other space does not wait.
    assert store.posted == [m.message for m in (outgoing(3, OTHER), outgoing(101), outgoing(2))]
    assert "log s" in device.did[: device.did.index("reseal")]
    assert result.messages_out == 3
    assert result.error is None


async def test_the_log_is_read_again_before_sealing_anew() -> None:
    class Removes(BlindStore):
        def _post_messages(self, request: Request) -> Reply:
            if len(self.logs[SPACE]) == 1:
                self.logs[SPACE].append(b"remove")
                return problem(409, "recipients-changed")
            return super()._post_messages(request)

    store, device = Removes(logs={SPACE: [b"genesis"]}), Device(box=[outgoing(1)])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert device.logs == {SPACE: 1}
    assert device.did.count("log s") == 2
    assert store.posted == [outgoing(101).message]


async def test_a_store_that_always_finds_other_recipients_does_not_hold_the_round() -> None:
    store = BlindStore(refuse={at("messages"): (problem(409, "recipients-changed"), 99)})
    store.logs[SPACE] = [b"genesis"]
    device = Device(box=[outgoing(1)])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert store.asked(at("messages")) == 3
    assert store.posted == []


async def test_a_device_without_prekeys_keeps_none_of_the_others_waiting() -> None:
    store = BlindStore(refuse={at(f"bundles/{DEVICE.hex()}"): (problem(404, "not-found"), 1)})
    device = Device(sessions=[(SPACE, DEVICE), (OTHER, DEVICE)], box=[outgoing(1)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert device.sessions == [(SPACE, DEVICE)]
    assert [what for what in device.did if "bundle" in what] == ["no bundle", "bundle"]
    assert isinstance(result.error, NotFoundError)
    assert store.posted == [outgoing(1).message]


async def test_a_wipe_receipt_the_store_has_already_is_not_posted_for_ever() -> None:
    store = BlindStore(refuse={at("wipes"): (problem(409, "differs"), 1)})
    device = Device(own_wipes=[(SPACE, b"wiped")])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert device.own_wipes == []


async def test_a_bug_while_posting_is_raised_and_nothing_is_given_up() -> None:
    device = Device(box=[outgoing(1)], broken={"accepted": BugError("x")})

    async with meeting(BlindStore(), device) as engine:
        with pytest.raises(BugError):
            await engine.round(transfers=False)

    assert device.turned_down == {}


async def test_bundles_are_asked_for_several_at_once_and_one_slow_one_holds_up_none() -> None:
    slow = at(f"bundles/{DEVICE.hex()}")
    store = BlindStore(hold={slow: asyncio.Event()})
    device = Device(sessions=[(SPACE, DEVICE), *((OTHER, DEVICE) for _ in range(5))])

    async with meeting(store, device) as engine:
        round_ = asyncio.get_running_loop().create_task(engine.round(transfers=False))
        await until(lambda: device.did.count("bundle") == 5)
        store.hold[slow].set()
        await round_

    assert device.did.count("bundle") == 6


async def test_a_store_that_goes_while_bundles_are_asked_for_ends_the_round_as_ever() -> None:
    busy = problem(503, "busy")
    store = BlindStore(refuse={at(f"bundles/{DEVICE.hex()}"): (busy, 9)})
    device = Device(sessions=[(SPACE, DEVICE)] * 4, box=[])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert isinstance(result.error, BusyError)
    assert device.did[-1] != "transfers"


async def test_what_found_no_room_is_told_to_the_device_and_the_others_go_on() -> None:
    store = BlindStore(full=(b"b" * 16,))
    device = Device(box=[outgoing(1), outgoing(2), outgoing(3, OTHER)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    named = {message: kept for message, (kept,) in device.no_room.items()}
    assert list(named) == [outgoing(n).message for n in (1, 2, 3)]
    assert {(kept.mailbox, kept.tries) for kept in named.values()} == {(b"b" * 16, 1)}
    assert all(NOW + 60 <= kept.until <= NOW + 120 for kept in named.values())
    assert result.error is None
    assert result.messages_out == 0, "one envelope each, and none was taken"


async def test_after_each_full_mailbox_the_outbox_is_asked_again() -> None:
    """It knows what waits behind that one: nothing that was read before is posted."""
    store = BlindStore(full=(b"b" * 16,))
    device = Device(box=[outgoing(1), outgoing(2)])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    posts = [n for n, request in enumerate(store.server.requests) if request.path == at("messages")]
    assert len(posts) == 2
    first = device.did.index("accepted")
    assert "outbox" in device.did[first : device.did.index("accepted", first + 1)]


async def test_however_much_waits_one_round_sends_everything_in_order() -> None:
    store, device = BlindStore(), Device(box=[outgoing(n) for n in range(250)])

    async with meeting(store, device) as engine:
        result = await engine.round(transfers=False)

    assert store.posted == [outgoing(n).message for n in range(250)]
    assert (device.box, result.messages_out) == ([], 250)


async def test_many_that_are_held_up_do_not_hold_the_round() -> None:
    store = BlindStore(logs={SPACE: [b"genesis"]})
    store.refuse = {at("messages"): (problem(409, "recipients-changed"), 999)}
    device = Device(box=[outgoing(n) for n in range(150)])

    async with meeting(store, device) as engine:
        await engine.round(transfers=False)

    assert store.asked(at("messages")) == 3
