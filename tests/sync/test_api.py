"""Sign-in happens by itself, and once more after a 401."""

from __future__ import annotations

import asyncio

import pytest

from protocol.api import accounts, paths
from protocol.errors import MalformedError, NotEnrolledError, NotSignedInError
from protocol.ids import UserId
from protocol.roles import Party
from sync.api import StoreApi
from sync.transport import Transport
from tests.sync.server import Reply, Request, json, problem, serving
from tests.sync.signing_in import SIGN_IN, Sessions, gives, sign, store

pytestmark = pytest.mark.asyncio

USER = UserId(b"u" * 16)
COUNT = accounts.PrekeyCount(one_time=3, kems=2)


async def test_the_first_need_signs_in_over_nonce_and_certificate_and_later_ones_do_not() -> None:
    async with store(gives(COUNT)) as (server, sessions, api):
        assert await api.prekey_count() == COUNT
        assert await api.prekey_count() == COUNT

    assert server.paths() == [*SIGN_IN, "GET /v1/prekeys", "GET /v1/prekeys"]
    assert sessions.logins == [b"signed:" + b"n" * 32 + server.pin]


async def test_a_forgotten_session_is_renewed_once() -> None:
    async with store(gives(COUNT)) as (server, sessions, api):
        await api.prekey_count()
        sessions.valid = "the store restarted"

        assert await api.prekey_count() == COUNT

    assert sessions.issued == 2
    assert server.paths()[-4:] == ["GET /v1/prekeys", *SIGN_IN, "GET /v1/prekeys"]


async def test_a_store_that_never_accepts_is_asked_twice_and_no_more() -> None:
    async def never(_: Request) -> Reply:
        return problem(401, "not-signed-in")

    async with store(never) as (server, sessions, api):
        with pytest.raises(NotSignedInError):
            await api.prekey_count()

    assert sessions.issued == 2
    assert server.paths() == [*SIGN_IN, "GET /v1/prekeys"] * 2


async def test_many_requests_at_once_share_one_sign_in_and_one_renewal() -> None:
    async with store(gives(COUNT)) as (_, sessions, api):
        await asyncio.gather(*(api.prekey_count() for _ in range(6)))
        first = sessions.issued
        sessions.valid = "the store restarted"
        await asyncio.gather(*(api.prekey_count() for _ in range(6)))

    assert first == 1
    assert sessions.issued == 2


async def test_the_token_for_the_part_lanes_is_renewed_only_by_who_saw_it_refused() -> None:
    async with store(gives(COUNT)) as (_, sessions, api):
        old = await api.token()
        fresh = await asyncio.gather(api.token(stale=old), api.token(stale=old))
        same = await api.token()

    assert old == "token-1"
    assert list(fresh) == ["token-2", "token-2"]
    assert same == "token-2"
    assert sessions.issued == 2


@pytest.mark.parametrize("token", ["", "two\nlines", "naïve"])
async def test_a_token_that_is_no_header_value_is_malformed(token: str) -> None:
    async def answer(request: Request) -> Reply:
        if request.path == paths.CHALLENGES:
            return json(accounts.ChallengeReply(nonce=b"n" * 32, expires_in=300))
        return json(accounts.SessionReply(token=token, expires_in=1))

    async with serving(answer) as server, Transport(server.address, server.pin, timeout=60) as line:
        with pytest.raises(MalformedError):
            await StoreApi(line, sign).prekey_count()


async def test_without_a_key_only_what_needs_no_session_can_be_asked() -> None:
    user = accounts.User(
        id=USER, name="Ana", authority="PGR", country="PT", party=Party.MEMBER_STATE
    )

    async def answer(request: Request) -> Reply:
        reply = accounts.ServerReply(product="j", versions=(1,), store_key=b"k" * 32, time=1)
        return json(user if request.path == paths.ENROLMENTS else reply)

    async with serving(answer) as server, Transport(server.address, server.pin, timeout=60) as line:
        api = StoreApi(line, None)
        request = accounts.EnrolRequest(
            user=USER, code=b"c" * 16, device_list=b"dl", prekeys=accounts.PrekeyUpload()
        )
        assert (await api.server()).versions == (1,)
        assert await api.enrol(request) == user
        with pytest.raises(NotEnrolledError):
            await api.users()

    assert server.paths() == ["GET /v1/server", "POST /v1/enrolments"]


async def test_signing_out_ends_the_session_and_the_next_need_signs_in_again() -> None:
    async with store(gives(COUNT)) as (server, sessions, api):
        await api.sign_out()
        await api.sign_in()
        await api.sign_out()
        await api.prekey_count()

    assert sessions.issued == 2
    assert "DELETE /v1/sessions/current" in server.paths()


async def test_a_challenge_spent_on_the_way_is_not_taken_for_a_refused_device() -> None:
    """A sign-in that arrived twice: the second answer refuses, and it is the one that came back."""
    refused: list[Request] = []

    class Twice(Sessions):
        async def __call__(self, request: Request) -> Reply | None:
            if request.path == paths.SESSIONS and not refused:
                refused.append(request)
                return problem(403, "no-permission")
            return await super().__call__(request)

    async with (
        serving(Twice(gives(accounts.PrekeyCount(one_time=1, kems=1)))) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        count = await StoreApi(line, sign).prekey_count()

    assert count.one_time == 1
    assert [r.path for r in server.requests].count(paths.CHALLENGES) == 2
