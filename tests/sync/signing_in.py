"""A store's sign-in in front of whatever a test answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from protocol.api import accounts, paths
from sync.api import SignIn, StoreApi
from sync.transport import Transport
from tests.sync.server import Answer, Reply, Request, Server, json, problem, serving

SIGN_IN = ["POST /v1/challenges", "POST /v1/sessions"]


class Sessions:
    """The part of a store that signs in; tokens count up, `valid` is the one accepted."""

    def __init__(self, rest: Answer) -> None:
        self.issued = 0
        self.valid = ""
        self.logins: list[bytes] = []
        self._rest = rest

    async def __call__(self, request: Request) -> Reply | None:
        if request.path == paths.CHALLENGES:
            return json(accounts.ChallengeReply(nonce=b"n" * 32, expires_in=300))
        if request.path == paths.SESSIONS:
            self.logins.append(
                msgspec.json.decode(request.body, type=accounts.SessionRequest).login
            )
            self.issued += 1
            self.valid = f"token-{self.issued}"
            return json(accounts.SessionReply(token=self.valid, expires_in=3600), status=201)
        if request.token != self.valid:
            return problem(401, "not-signed-in")
        return await self._rest(request)


def sign(nonce: bytes, certificate: bytes) -> bytes:
    return b"signed:" + nonce + certificate


@asynccontextmanager
async def store(
    rest: Answer, sign_in: SignIn | None = sign
) -> AsyncIterator[tuple[Server, Sessions, StoreApi]]:
    sessions = Sessions(rest)
    async with (
        serving(sessions) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        yield server, sessions, StoreApi(line, sign_in)


def gives(value: msgspec.Struct) -> Answer:
    async def answer(_: Request) -> Reply:
        return json(value)

    return answer


async def empty(_: Request) -> Reply:
    return Reply(status=204)
