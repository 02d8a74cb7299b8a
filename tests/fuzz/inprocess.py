"""The store's application in this process, so that a hundred thousand requests are affordable."""

from __future__ import annotations

import asyncio
import atexit
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from starlette.types import Message, Scope

from centralstore import directory, settings
from centralstore.app import application
from centralstore.database import Transaction
from centralstore.directory import Invited
from centralstore.limiter import Limiter, Rates
from centralstore.server import opened
from centralstore.service import Service
from crypto import devicelist, membership, signatures
from protocol import codec
from protocol.api import paths
from protocol.api.accounts import (
    ChallengeReply,
    EnrolRequest,
    PrekeyUpload,
    SessionReply,
    SessionRequest,
)
from protocol.api.spaces import CreateSpaceRequest
from protocol.receipts import Login
from protocol.roles import Party
from tests.support.people import ALICE, NOW, genesis

_NOW: Final = float(NOW)


class InProcessStore:
    """The store's application with a real database, in this process; one member, one space."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fuzz-store-")
        store = settings.create(Path(self._folder.name) / "data", "127.0.0.1:0", _NOW)
        self._loop = asyncio.new_event_loop()
        self._opened = opened(store, lambda: _NOW)
        service = self._loop.run_until_complete(self._opened.__aenter__())
        atexit.register(self._close, service)
        # The clock stands still, so a limiter would never let anything through again.
        self.app = application(
            replace(service, limiter=Limiter(rate=1e9, burst=1e9), rates=Rates())
        )
        self._token = ""
        self._join(service)
        self.ids = {"space": self.space, "user": self.person.user, "device": self.person.device}

    def _join(self, service: Service) -> None:
        """Enrol a person, sign in, open a space."""

        def invite(tx: Transaction) -> Invited:
            return directory.invite(
                tx, name="Ana", authority="A", country="NL", party=Party.MEMBER_STATE
            )

        invited = self._loop.run_until_complete(service.database.run("invite", invite))
        mine = devicelist.first_list(
            invited.user, ALICE.usk, ALICE.device, ALICE.dsk.public, ALICE.dik.public
        )
        self.person = replace(ALICE, user=invited.user, signed_list=mine)
        enrolment = EnrolRequest(
            user=invited.user,
            code=invited.code,
            device_list=mine,
            prekeys=PrekeyUpload(signed=ALICE.bundle().signed),
        )
        self._tell(paths.ENROLMENTS, enrolment)
        nonce = codec.decode_json(ChallengeReply, self._tell(paths.CHALLENGES, None)).nonce
        seen = service.presented.now.digest
        login = Login(version=1, device=self.person.device, nonce=nonce, certificate=seen)
        signed = signatures.sign(self.person.dsk, self.person.device, login)
        answer = self._tell(paths.SESSIONS, SessionRequest(login=signed))
        self._token = codec.decode_json(SessionReply, answer).token
        opening, roster = membership.create(genesis(self.person), self.person.dsk)
        self._tell(paths.SPACES, CreateSpaceRequest(genesis=opening))
        self.space = roster.space

    def _tell(self, path: str, body: msgspec.Struct | None) -> bytes:
        data = b"" if body is None else codec.encode_json(body)
        status, answer = self.ask("POST", path, b"", data)
        if status >= 300:
            raise RuntimeError(f"the store refused its own test: {status} {answer!r}")
        return answer

    def _close(self, service: Service) -> None:
        service.database.close()
        self._folder.cleanup()

    def ask(self, method: str, path: str, query: bytes, body: bytes) -> tuple[int, bytes]:
        """One request; its status and body."""
        return self._loop.run_until_complete(self._ask(method, path, query, body))

    async def _ask(self, method: str, path: str, query: bytes, body: bytes) -> tuple[int, bytes]:
        scope: Scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [(b"authorization", f"Bearer {self._token}".encode())],
            "client": ("127.0.0.1", 1),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answer = b"".join(message.get("body", b"") for message in sent[1:])
        return int(sent[0]["status"]), answer


@cache
def store() -> InProcessStore:
    """The one store of this process, made when it is first needed."""
    return InProcessStore()
