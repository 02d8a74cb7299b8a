"""Prepared colleagues: what the trainee sends travels to them, is opened, and is answered once.

Receipts are not theirs to give: their devices sign them, as every device of the product does.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from jitclient.desk import Desk
from jitclient.events import Event, ExhibitsChanged, MessagesChanged
from jitclient.training import cast
from jitclient.views import ExhibitState, MessageKind
from protocol.errors import JitError
from protocol.ids import SpaceId, UserId


class Colleague:
    """One of them, at work until the task of `attend` is cancelled.

    Args:
        desk: unlocked.
        space: where the case is.
        trainee: whom she answers.
        talks: answers a message; otherwise an exhibit.
    """

    def __init__(self, desk: Desk, space: SpaceId, trainee: UserId, *, talks: bool) -> None:
        self._desk, self._space, self._trainee = desk, space, trainee
        self._answer = self._to_message if talks else self._to_exhibit
        self._stirred = asyncio.Event()

    async def attend(self) -> None:
        """Keep in step with the store; answer the first thing that comes from the trainee."""
        unsubscribe = self._desk.events.subscribe(self._heard)
        self._desk.start()
        try:
            answered = False
            while not answered:
                await self._stirred.wait()
                self._stirred.clear()
                with suppress(JitError):  # the space was closed meanwhile
                    answered = await self._answer()
        finally:
            unsubscribe()

    def _heard(self, event: Event) -> None:
        if isinstance(event, MessagesChanged | ExhibitsChanged):
            self._stirred.set()

    async def _to_message(self) -> bool:
        for row in await self._desk.messages(self._space):
            if row.author == self._trainee and row.kind is MessageKind.TEXT:
                await self._desk.send(self._space, cast.REPLY, reply_to=row.message)
                return True
        return False

    async def _to_exhibit(self) -> bool:
        for row in await self._desk.exhibits(self._space):
            if row.author == self._trainee and row.state is ExhibitState.VERIFIED:
                await self._desk.send(self._space, cast.RECEIVED, reply_to=row.message)
                return True
        return False
