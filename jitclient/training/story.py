"""Plays the beginning of the made-up case: every step is a use-case of the product.

Three profiles are enrolled by invitations of the training's own store; the trainee opens the space
(so that she administers it and may close it), the others talk and hand over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jitclient.desk import Desk
from jitclient.foundation.clock import Clock, SystemClock
from jitclient.intakeviews import Intake
from jitclient.mentionviews import Target
from jitclient.training import cast, material
from jitclient.training.house import TRAINEE, open_door
from jitclient.training.ownstore import OwnStore
from jitclient.training.views import PROFILES, Step
from protocol.ids import SpaceId

HOURS_AGO = 3
MIRA, PAVEL = "mira", "pavel"


@dataclass(slots=True)
class Story:
    """Plays in one folder; `desks` are unlocked until `close`."""

    folder: Path
    passphrase: str
    tell: Callable[[Step], None]
    clock: Clock = field(default_factory=SystemClock)
    desks: dict[str, Desk] = field(default_factory=dict)

    async def play(self, store: OwnStore) -> SpaceId:
        """From the invitations to a case at work; returns its space."""
        self.tell(Step.PEOPLE)
        for who, line in zip((TRAINEE, MIRA, PAVEL), store.invitations, strict=True):
            door = open_door(self.profile(who))
            self.desks[who] = await door.enrol(line, self.passphrase)
            await self.desks[who].sync_now(transfers=False)
        self.tell(Step.SPACE)
        space = await self._open()
        self.tell(Step.CASE)
        await self._talk(space)
        await self._hand_over(space)
        await self._everybody(transfers=True)
        await self._everybody(transfers=True)
        return space

    @property
    def practice(self) -> Path:
        """A file that the trainee may hand over."""
        return self.folder / "material" / material.PRACTICE

    def profile(self, who: str) -> Path:
        """The profile folder of one person."""
        return self.folder / PROFILES / who

    async def leave(self, who: str) -> None:
        """Lock one profile, so that another process may open it."""
        await self.desks.pop(who).close()

    async def close(self) -> None:
        """Lock all of them."""
        for who in tuple(self.desks):
            await self.leave(who)

    async def _open(self) -> SpaceId:
        me = self.desks[TRAINEE]
        space = await me.create_space(
            agreement=cast.AGREEMENT, signed_on=self._when()[:10], title=cast.TITLE
        )
        for person in await me.people():
            await me.add_member(space, person.user)
        await self._everybody(transfers=False)
        return space

    async def _talk(self, space: SpaceId) -> None:
        mira, pavel = self.desks[MIRA], self.desks[PAVEL]
        await mira.send(space, cast.GREETING)
        asked = await mira.send(space, cast.QUESTION)
        await self._everybody(transfers=False)
        await pavel.talking.answer(space, asked.message, cast.ANSWER)
        me = Target(user=self.desks[TRAINEE].me.user)
        await mira.send(space, me.token + cast.TO_TRAINEE)
        await self._everybody(transfers=False)

    async def _hand_over(self, space: SpaceId) -> None:
        folder = self.folder / "material"
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        users = {who: desk.me.user for who, desk in self.desks.items()}
        given = ((PAVEL, cast.PHOTO), (MIRA, cast.LIST), (MIRA, cast.NOTE))
        for who, one in given:
            path = await asyncio.to_thread(material.make, folder, one.file)
            facts = dict(one.facts) | {"case": cast.CASE, "acquired-at": self._when()}
            to = [user for other, user in users.items() if other != who]
            await self.desks[who].add_evidence(space, path, to=to, exhibit=one.number, facts=facts)
        image = await asyncio.to_thread(material.make, folder, cast.SCAN)
        form = (*cast.DETECTION, ("detected-at", self._when()))
        to = [users[TRAINEE], users[MIRA]]
        await self.desks[PAVEL].detecting.take(space, Intake(form=form, images=(image,)), to=to)
        await asyncio.to_thread(material.practice_file, folder)

    async def _everybody(self, *, transfers: bool) -> None:
        for desk in self.desks.values():
            await desk.sync_now(transfers=transfers)

    def _when(self) -> str:
        at = self.clock.now() - HOURS_AGO * 3600
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M+00:00")
