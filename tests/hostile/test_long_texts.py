"""A text of four gigabytes: refused at the store and here before anything is made room for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from jitclient import sealing
from jitclient.place import Place
from protocol import codec
from protocol.api.spaces import Delivery, PostMessageRequest
from protocol.content import Body, Text
from protocol.envelope import KeyMsg
from protocol.ids import MessageId, mailbox_id
from protocol.limits import MAX_ENVELOPE_BYTES, MAX_SEALED_BODY_BYTES
from sync.errors import StoreRefusedError
from sync.tls import pinned_context
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOUR_GB = 2**32 - 1


def body_of(text: str) -> bytes:
    return codec.encode(
        Body(
            version=1,
            lamport=1,
            claimed_at=1,
            audience=(),
            content=Text(version=1, text=text, reply_to=None, mentions=()),
            seen=(),
        )
    )


def sends(body: bytes, change: Callable[[KeyMsg], KeyMsg] = lambda k: k) -> Callable[[Place], None]:
    """Send a body that no honest program composes, to everybody."""

    def send(at: Place) -> None:
        sealed, key_msg = sealing._seal(at, body)
        others = at.log.devices(at.log.others(at.session.user))
        sealing._enqueue(at, sealed, change(key_msg), others)

    return send


async def goes_on(team: HostileTeam, text: str) -> None:
    """The next message of the same member comes."""
    await team["bruno"].send(team.space, text)
    await team.settle("bruno", "ana", "eva", rounds=1)
    assert await team.news("ana") == [text]
    assert await team.news("eva") == [text]


async def test_a_length_that_the_body_does_not_have_is_refused_by_name(team: HostileTeam) -> None:
    body = body_of("short, and said to be longer")
    lie = sends(body, lambda k: replace(k, body_length=k.body_length + 1))
    await team.act("bruno", lie)
    await team.settle("bruno", "ana", "eva", rounds=1)

    assert await team.news("ana") == []
    await team.named("ana", "malformed", "Bruno Keller", "length")
    await goes_on(team, "after a stated length")


async def test_a_stated_length_of_four_gigabytes_opens_nothing(team: HostileTeam) -> None:
    """No honest program states it: the key message is none, and is asked for again."""
    body = body_of("short, and said to be endless")
    await team.act("bruno", sends(body, lambda k: replace(k, body_length=FOUR_GB)))
    await team.settle("bruno", "ana", "eva", rounds=1)

    assert team.hostile.posted(team.device("bruno"))
    assert await team.news("ana") == []
    await team.told("ana", "of Bruno Keller could not be opened here; asked for again")
    await goes_on(team, "after an endless length")


async def test_a_record_that_claims_four_gigabytes_of_text_is_refused(team: HostileTeam) -> None:
    honest = body_of("0123456789")
    claimed = honest.replace(b"\xaa0123456789", b"\xdb\xff\xff\xff\xff0123456789")
    assert len(claimed) == len(honest) + 4
    await team.act("bruno", sends(claimed))
    await team.settle("bruno", "ana", "eva", rounds=1)

    assert await team.news("ana") == []
    await team.named("ana", "malformed", "Bruno Keller")
    await goes_on(team, "after a claimed text")


async def raw(team: HostileTeam, head: str, length: str) -> int:
    """Announce a post to the real store, as Bruno, and send not one byte of it; its status."""
    store = team.hostile._store
    token = await team["bruno"].api.token()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", store.port, ssl=pinned_context(store.fingerprint())
    )
    lines = [head, "host: x", f"authorization: Bearer {token}", "content-type: application/json"]
    writer.write("\r\n".join([*lines, f"content-length: {length}", "", ""]).encode())
    await writer.drain()
    async with asyncio.timeout(120):
        answer = await reader.readline()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return int(answer.split()[1])


async def test_the_store_refuses_a_request_of_four_gigabytes_before_its_first_byte(
    team: HostileTeam,
) -> None:
    path = f"POST /v1/spaces/{team.space.hex()}/messages HTTP/1.1"

    assert await raw(team, path, str(4 * 2**30)) == 413
    await goes_on(team, "after a request without measure")


@pytest.mark.parametrize("part", ["body", "envelope"])
async def test_the_store_queues_nothing_that_is_one_byte_too_long(
    team: HostileTeam, part: str
) -> None:
    ana = team.device("ana")
    request = PostMessageRequest(
        message=MessageId(b"m" * 16),
        body=b"x" * (MAX_SEALED_BODY_BYTES + (part == "body")),
        envelopes=(b"e" * (MAX_ENVELOPE_BYTES + (part == "envelope")),),
    )
    with pytest.raises(StoreRefusedError, match="Not a valid PostMessageRequest"):
        await team["bruno"].api.post_message(team.space, request)

    await team["ana"].sync_now()
    assert team.hostile.delivered(ana)[:1] == []
    await goes_on(team, f"after a {part} too long")


def too_long(team: HostileTeam, part: str) -> Delivery:
    """What a colluding store puts into Ana's queue for a bad member."""
    ana, bruno = team.device("ana"), team.device("bruno")
    head = mailbox_id(team.space, ana) + mailbox_id(team.space, bruno)
    return Delivery(
        index=0,
        space=team.space,
        message=MessageId(b"M" * 16),
        envelope=b"\x01\x02" + head + b"i" * (MAX_ENVELOPE_BYTES if part == "envelope" else 200),
        body=b"x" * (MAX_SEALED_BODY_BYTES + (part == "body")),
    )


@pytest.mark.parametrize("part", ["body", "envelope"])
async def test_a_delivery_too_long_is_refused_here_though_the_store_colludes(
    team: HostileTeam, part: str
) -> None:
    deed = team.hostile.delivers(team.device("ana"), too_long(team, part))
    await team["ana"].sync_now()

    assert deed.count == 1
    assert await team.news("ana") == []
    await team.named("ana", "malformed", "The store")
    await goes_on(team, f"after a delivered {part}")


async def test_a_queue_of_four_gigabytes_is_left_at_its_announcement(team: HostileTeam) -> None:
    def announce(exchange: Exchange) -> bool:
        exchange.announced = 4 * 2**30
        return True

    deed = team.hostile.answers("GET", "/mailbox", announce, to=team.device("ana"), times=1)
    await team["ana"].sync_now()

    assert deed.count == 1
    await team.named("ana", "limit-exceeded", "The store")
    await goes_on(team, "after a queue without measure")
