"""What the store refuses becomes our error; what it says stays its own word."""

from __future__ import annotations

import pytest

from protocol.api import paths
from protocol.api.accounts import PrekeyCount
from protocol.errors import (
    BadInputError,
    ErasedError,
    InvitationError,
    JitError,
    LogMovedError,
    NotFoundError,
    NotPermittedError,
    NotSignedInError,
    RecipientsChangedError,
    RefusedError,
    SpaceClosedError,
)
from sync.errors import BusyError, ConflictError, StoreRefusedError
from sync.transport import Transport
from tests.sync.server import Answer, Reply, Request, problem, serving

pytestmark = pytest.mark.asyncio

COUNT = PrekeyCount(one_time=100, kems=20)


def always(reply: Reply) -> Answer:
    async def answer(_: Request) -> Reply:
        return reply

    return answer


async def refusal(answer: Answer) -> JitError:
    async with serving(answer) as server, Transport(server.address, server.pin, timeout=60) as line:
        with pytest.raises(JitError) as caught:
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not-signed-in", NotSignedInError),
        (403, "no-permission", NotPermittedError),
        (403, "invitation", InvitationError),
        (404, "not-found", NotFoundError),
        (409, "log-moved", LogMovedError),
        (409, "recipients-changed", RecipientsChangedError),
        (409, "space-closed", SpaceClosedError),
        (409, "agreement-in-use", ConflictError),
        (410, "erased", ErasedError),
        (400, "bad-input", BadInputError),
        (413, "something-new", StoreRefusedError),
        (422, "something-new", StoreRefusedError),
        (403, "something-new", NotPermittedError),
        (429, "store-busy", BusyError),
        (503, "log-moved", BusyError),
        (500, "bug", BusyError),
    ],
)
async def test_a_refusal_becomes_the_error_of_its_code_or_else_of_its_status(
    status: int, code: str, kind: type[JitError]
) -> None:
    error = await refusal(always(problem(status, code)))

    assert type(error) is kind
    known = {"something-new": "something-new", "agreement-in-use": "agreement-in-use"}
    assert error.reason == known.get(code, error.reason)


@pytest.mark.parametrize("code", ["ghost-member", "forged", "log-fork", "bug", "store-identity"])
async def test_the_store_cannot_raise_our_alarms_by_naming_them(code: str) -> None:
    error = await refusal(always(problem(409, code)))

    assert type(error) is ConflictError
    assert error.reason == "conflict"
    assert not isinstance(error, RefusedError)


async def test_a_refusal_without_a_problem_document_follows_its_status() -> None:
    error = await refusal(always(Reply(status=404, body=b"<html>not here</html>")))

    assert type(error) is NotFoundError


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("The invitation was used.", "The store answers: The invitation was used."),
        ("line\nbreak", "The store does not know it."),
        ("mir\u202eror", "The store does not know it."),
        ("x" * 301, "The store does not know it."),
    ],
)
async def test_the_stores_words_are_shown_as_its_words_and_only_when_plain(
    detail: str, shown: str
) -> None:
    error = await refusal(always(problem(404, "not-found", detail)))

    assert error.sentence == shown


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("99999", 3600.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
    ],
)
async def test_retry_after_is_carried_in_seconds(header: str, seconds: float | None) -> None:
    error = await refusal(always(problem(429, "store-busy", retry_after=header)))

    assert isinstance(error, BusyError)
    assert error.retry_after == seconds
    assert error.reason == "store-busy"
