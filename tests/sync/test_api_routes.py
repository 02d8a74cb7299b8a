"""Every route carries its structs, and no page may be longer than what was asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from protocol.api import accounts, files, spaces
from protocol.errors import LimitExceededError
from protocol.ids import DeviceId, FileId, SpaceId, UserId
from sync.api import StoreApi
from tests.sync.server import Answer
from tests.sync.signing_in import SIGN_IN, empty, gives, store

pytestmark = pytest.mark.asyncio

SPACE = SpaceId(b"s" * 16)
DEVICE = DeviceId(b"d" * 16)
USER = UserId(b"u" * 16)
FILE = FileId(b"f" * 16)
COUNT = accounts.PrekeyCount(one_time=3, kems=2)


def _delivery(index: int) -> spaces.Delivery:
    return spaces.Delivery(
        index=index, space=SPACE, message=b"m" * 16, envelope=b"e" * 4096, body=b"b" * 65664
    )


FILE_REPLY = files.FileReply(
    file=FILE,
    state=files.FileState.RECEIVING,
    parts=9,
    sealed_bytes=9,
    stored=(0, 1),
    verified_by=(),
    erase_reason=None,
    expires_at=1,
)
S, F = SPACE.hex(), FILE.hex()
Call = Callable[[StoreApi], Awaitable[object]]
ASKS: list[tuple[str, Call, msgspec.Struct]] = [
    ("GET /v1/users", lambda a: a.users(), accounts.UsersReply(users=())),
    ("PUT /v1/prekeys", lambda a: a.put_prekeys(accounts.PrekeyUpload()), COUNT),
    ("GET /v1/spaces", lambda a: a.spaces(), spaces.SpacesReply(spaces=())),
    (f"GET /v1/spaces/{S}/log", lambda a: a.log(SPACE, 5), spaces.LogReply(entries=(), seq=4)),
    (
        f"POST /v1/spaces/{S}/bundles/{DEVICE.hex()}",
        lambda a: a.claim_bundle(SPACE, DEVICE),
        accounts.Bundle(device=DEVICE, signed=b"x", one_time=None, kem=None),
    ),
    (
        "GET /v1/mailbox",
        lambda a: a.mailbox(3, 2),
        spaces.MailboxReply(deliveries=(_delivery(4), _delivery(5)), waiting=0),
    ),
    (f"GET /v1/spaces/{S}/files/{F}", lambda a: a.file_state(SPACE, FILE), FILE_REPLY),
]
UNWRAPPED: list[tuple[str, Call, msgspec.Struct, object]] = [
    (
        f"GET /v1/users/{USER.hex()}/device-list",
        lambda a: a.device_list(USER),
        accounts.DeviceListReply(device_list=b"dl"),
        b"dl",
    ),
    (
        f"POST /v1/spaces/{S}/messages",
        lambda a: a.post_message(
            SPACE, spaces.PostMessageRequest(message=b"m" * 16, body=b"b", envelopes=())
        ),
        spaces.PostedReply(receipt=b"r", full=(b"m" * 16,)),
        spaces.PostedReply(receipt=b"r", full=(b"m" * 16,)),
    ),
    (
        f"GET /v1/spaces/{S}/wipes",
        lambda a: a.wipes(SPACE),
        spaces.WipesReply(receipts=(b"w",)),
        (b"w",),
    ),
]
TELLS: list[tuple[str, Call, bytes]] = [
    (
        f"PUT /v1/users/{USER.hex()}/device-list",
        lambda a: a.put_device_list(USER, b"dl"),
        b'{"device_list":"ZGw="}',
    ),
    ("POST /v1/spaces", lambda a: a.create_space(b"g"), b'{"genesis":"Zw=="}'),
    (f"POST /v1/spaces/{S}/log", lambda a: a.append(SPACE, b"e"), b'{"entry":"ZQ=="}'),
    ("POST /v1/mailbox/ack", lambda a: a.ack([1, 2]), b'{"indexes":[1,2]}'),
    (
        f"POST /v1/spaces/{S}/files/{F}/withdraw",
        lambda a: a.withdraw_file(SPACE, FILE, b"w"),
        b'{"proof":"dw=="}',
    ),
    (f"POST /v1/spaces/{S}/wipes", lambda a: a.post_wipe(SPACE, b"r"), b'{"receipt":"cg=="}'),
]


@pytest.mark.parametrize(("line", "call", "reply"), ASKS)
async def test_a_question_gets_its_struct(line: str, call: Call, reply: msgspec.Struct) -> None:
    async with store(gives(reply)) as (server, _, api):
        got = await call(api)

    assert got == reply
    assert server.paths() == [*SIGN_IN, line]


@pytest.mark.parametrize(("line", "call", "reply", "inside"), UNWRAPPED)
async def test_a_reply_of_one_field_is_that_field(
    line: str, call: Call, reply: msgspec.Struct, inside: object
) -> None:
    async with store(gives(reply)) as (server, _, api):
        got = await call(api)

    assert got == inside
    assert server.paths() == [*SIGN_IN, line]


@pytest.mark.parametrize(("line", "call", "body"), TELLS)
@pytest.mark.parametrize("answer", [empty, gives(COUNT)])
async def test_a_statement_needs_no_content_in_its_reply(
    line: str, call: Call, body: bytes, answer: Answer
) -> None:
    async with store(answer) as (server, _, api):
        assert await call(api) is None

    assert server.paths() == [*SIGN_IN, line]
    assert server.requests[-1].body == body


async def test_pages_are_asked_for_by_number() -> None:
    page = spaces.MailboxReply(deliveries=(), waiting=0)

    async with store(gives(page)) as (server, _, api):
        await api.mailbox(7, 50)

    assert server.requests[-1].query == {"after": "7", "limit": "50"}


async def test_a_page_longer_than_what_was_asked_for_is_refused() -> None:
    deliveries = tuple(_delivery(index) for index in range(1, 6))

    async with store(gives(spaces.MailboxReply(deliveries=deliveries, waiting=0))) as (_, _, api):
        with pytest.raises(LimitExceededError):
            await api.mailbox(0, 2)
