"""A device is away until its mailbox is full: nobody waits for it, and it gets all, in order.

The store is a real one with room for two messages in each mailbox; then one that lies about it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace

from centralstore import configuration
from centralstore.positions import RECOUNT_SECONDS
from jitclient.views import MessageKind, MessageState
from protocol.api.spaces import PostedReply, PostMessageRequest
from protocol.envelope import Envelope
from protocol.ids import MailboxId
from tests.support.hostile import Deed, Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.later import Later
from tests.support.store import Clock

pytestmark = pytest.mark.asyncio
HOUR = 3600
WRITTEN = [f"line {number}" for number in range(1, 7)]


@pytest_asyncio.fixture
async def small(crew: HostileTeam, tmp_path: Path) -> HostileTeam:
    """The crew at a store with room for two messages in each mailbox, on a clock of the test's."""
    await crew.settle(rounds=2)
    with (crew.store.data_dir / configuration.FILE).open("a") as file:
        file.write("\nmailbox_quota_messages = 2\n")
    crew.store.stop()
    crew.store.clock = Clock(tmp_path / "clock")
    crew.store.start()
    await crew.settle(rounds=1)  # the lines to the store that was there before are lost
    return crew


def later(team: HostileTeam, clock: Later, seconds: int = HOUR) -> None:
    """It is an hour later for everybody."""
    clock.passed += seconds
    assert team.store.clock is not None
    team.store.clock.advance(max(seconds, RECOUNT_SECONDS + 1))


async def write(team: HostileTeam, *texts: str) -> None:
    """Ana writes, and Eva reads it; Bruno is away."""
    for text in texts:
        await team["ana"].send(team.space, text)
        await team["ana"].sync_now()
        await team["eva"].sync_now()


async def read_by_bruno(team: HostileTeam) -> list[str]:
    rows = await team["bruno"].messages(team.space)
    return [r.text for r in rows if r.kind is MessageKind.TEXT and r.text.startswith("line")]


async def has_it_all_in_order(team: HostileTeam) -> None:
    assert await read_by_bruno(team) == WRITTEN
    rows = await team["bruno"].messages(team.space)
    assert [r.missing_before for r in rows if r.missing_before] == []
    assert await team.alarms("bruno") == []
    got = [d.message for d in team.hostile.delivered(team.device("bruno"))]
    assert len(got) == len(set(got)), "nothing came twice"


async def missing(team: HostileTeam, text: str) -> int:
    """How many of those it is for have not got a message, as its author sees it."""
    row = await team.row("ana", text)
    return sum(one.at is None for one in row.received_by)


async def test_whoever_is_away_too_long_holds_up_nobody_and_gets_everything_when_he_is_back(
    small: HostileTeam, clock: Later
) -> None:
    await write(small, *WRITTEN)

    assert (await small.texts("eva"))[-6:] == WRITTEN
    await small["ana"].sync_now()
    for text in WRITTEN:
        row = await small.row("ana", text)
        assert row.state is MessageState.ON_SERVER
        assert await missing(small, text) == 1
    await small.named("ana", "mailbox-full", "Bruno Keller")
    assert (await small["ana"].status()).waiting_messages == 0

    await small["bruno"].sync_now()
    assert await read_by_bruno(small) == WRITTEN[:2]
    await small.lock("ana")
    await small.unlock("ana")
    assert await missing(small, WRITTEN[5]) == 1, "what is not there yet is known after a restart"
    for _ in range(4):
        later(small, clock)
        await small.settle("ana", "eva", "bruno", rounds=1)
    await small.settle(rounds=2)

    await has_it_all_in_order(small)
    for text in WRITTEN:
        assert (await small.row("ana", text)).state is MessageState.RECEIVED
        assert await missing(small, text) == 0


def says_full(team: HostileTeam, who: str) -> Deed:
    """The store takes nothing for somebody any more, and says that there is no room."""
    (mailbox,) = team.mailboxes(who)
    stripped: list[Exchange] = []

    def strip(exchange: Exchange) -> bool:
        asked = msgspec.json.decode(exchange.request, type=PostMessageRequest)
        kept = tuple(e for e in asked.envelopes if Envelope.unpack(e).to != mailbox)
        if kept != asked.envelopes:
            stripped.append(exchange)
            exchange.request = msgspec.json.encode(replace(asked, envelopes=kept))
        return False

    def lie(exchange: Exchange) -> bool:
        if not any(exchange is one for one in stripped):
            return False
        true = msgspec.json.decode(exchange.body, type=PostedReply)
        exchange.body = msgspec.json.encode(replace(true, full=(mailbox,)))
        return True

    team.hostile.swallows("POST", "/messages$", strip, to=team.device("ana"))
    return team.hostile.answers("POST", "/messages$", lie, to=team.device("ana"))


async def test_a_store_that_never_has_room_for_somebody_makes_nothing_vanish(
    crew: HostileTeam, clock: Later
) -> None:
    await crew.settle(rounds=2)
    deed = says_full(crew, "bruno")
    await crew["ana"].send(crew.space, WRITTEN[0])
    await crew["ana"].sync_now()
    posts = []
    for _ in range(12):
        before = len(crew.hostile.posted(crew.device("ana")))
        clock.passed += HOUR // 2
        await crew["ana"].sync_now()
        posts.append(len(crew.hostile.posted(crew.device("ana"))) - before)
    assert deed.count >= 3
    assert max(posts) <= 2, "he is tried again, never in a hurry"
    await crew.lock("ana")
    await crew.unlock("ana")
    for text in WRITTEN[1:]:
        await crew["ana"].send(crew.space, text)
    await crew["ana"].sync_now()
    await crew.settle("eva", "ana", "bruno", rounds=2)

    assert await read_by_bruno(crew) == []
    assert (await crew.texts("eva"))[-6:] == WRITTEN
    for text in WRITTEN:
        assert await missing(crew, text) == 1, "its author sees that he has it not"
    await crew.named("ana", "mailbox-full", "Bruno Keller")

    crew.hostile.behave()
    clock.passed += HOUR
    await crew.settle(rounds=3)
    await has_it_all_in_order(crew)
    for text in WRITTEN:
        assert await missing(crew, text) == 0


@pytest.mark.parametrize("who", ["everybody", "a stranger", "herself"])
async def test_a_store_that_has_no_room_for_others_than_asked_is_told_of_and_not_believed(
    crew: HostileTeam, clock: Later, who: str
) -> None:
    await crew.settle(rounds=2)
    named = {
        "everybody": crew.mailboxes("bruno", "eva"),
        "a stranger": {MailboxId(b"s" * 16)},
        "herself": crew.mailboxes("ana"),
    }[who]
    deed = crew.hostile.rewrites(
        PostedReply,
        "/messages$",
        lambda reply: replace(reply, full=tuple(sorted(named))),
        method="POST",
        to=crew.device("ana"),
        times=1,
    )

    await crew["ana"].send(crew.space, WRITTEN[0])
    await crew["ana"].sync_now()

    assert deed.count == 1
    row = await crew.row("ana", WRITTEN[0])
    assert (row.state, row.on_server_at) == (MessageState.SAVED, None)
    assert (await crew["ana"].status()).waiting_messages >= 1
    codes = {"mailbox-full"} if who == "everybody" else {"forged"}
    assert set(await crew.alarms("ana")) == codes
    clock.passed += HOUR
    await crew.settle(rounds=2)
    assert await read_by_bruno(crew) == WRITTEN[:1]
    assert (await crew.row("ana", WRITTEN[0])).state is MessageState.RECEIVED
