"""People at work with a hostile store: a copy of one template, and what a test asks of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from jitclient.door import DoorKeeper
from jitclient.foundation.clock import Clock
from jitclient.place import Place, place
from jitclient.session import Session
from jitclient.views import AlarmRow, MessageKind
from localstore.connection import transaction
from protocol.ids import DeviceId, MailboxId, SpaceId, UserId, mailbox_id
from tests.support.hostile import Hostile
from tests.support.people_at_work import (
    PASSPHRASE,
    PEOPLE,
    Team,
    copied_store,
    make_template,
)
from tests.support.store import StoreHandle

T = TypeVar("T")

DITA: Final = ("Dita Novak", "Nejvyssi statni zastupitelstvi", "CZ", "member-state")
"""Enrolled, but nobody's colleague yet: the person of every first contact."""


@dataclass
class HostileTeam(Team):
    """A team whose store does what it may not."""

    hostile: Hostile = field(kw_only=True)
    marks: dict[str, int] = field(default_factory=dict)

    def device(self, who: str) -> DeviceId:
        """The device of somebody whose desk is open."""
        return self.desks[who].me.device

    def session(self, who: str) -> Session:
        """The unlocked device of somebody, for a member's own hostility."""
        return self.desks[who]._session

    def mailboxes(self, *names: str, space: SpaceId | None = None) -> set[MailboxId]:
        """The mailboxes of these people in a space."""
        return {mailbox_id(space or self.space, self.device(n)) for n in names}

    async def act(self, who: str, act: Callable[[Place], T], space: SpaceId | None = None) -> T:
        """Let a member do something with his own keys, in one transaction of the space."""

        def inside() -> T:
            at = place(self.session(who), space or self.space)
            with transaction(at.sp):
                return act(at)

        return await self.session(who).run(inside)

    async def alarm_rows(self, who: str) -> list[AlarmRow]:
        """Everything that was refused on somebody's device."""
        return list((await self.desks[who].status()).alarms)

    async def named(self, who: str, code: str, *words: str) -> AlarmRow:
        """The one alarm on somebody's device: its code, and that it names these."""
        rows = await self.alarm_rows(who)
        assert [r.code for r in rows] == [code], [(r.code, r.sentence) for r in rows]
        assert all(word in rows[0].sentence for word in words), rows[0].sentence
        return rows[0]

    async def told(self, who: str, words: str, space: SpaceId | None = None) -> None:
        """A line of somebody's conversation, about the space itself, says this."""
        rows = await self.desks[who].messages(space or self.space)
        events = [r.text for r in rows if r.kind is MessageKind.EVENT]
        assert any(words in text for text in events), events

    async def mark(self) -> None:
        """What is said from here on is new."""
        for name in self.desks:
            self.marks[name] = len(await self.texts(name))

    async def news(self, who: str) -> list[str]:
        """What one person reads since the mark."""
        return (await self.texts(who))[self.marks[who] :]

    async def make_up(self) -> None:
        """The store behaves again: what it held back goes out, and all alarms are dismissed."""
        self.hostile.behave()
        for _ in range(2):  # the second round brings the first one's receipts
            await asyncio.gather(*(d.sync_now(transfers=False) for d in self.desks.values()))
        for name, desk in self.desks.items():
            for row in await self.alarm_rows(name):
                await desk.dismiss_alarm(row.alarm)
        self.hostile.seen.clear()

    async def calm(self, *names: str) -> None:
        """Nobody of these was told anything bad."""
        for name in names:
            rows = await self.alarm_rows(name)
            assert rows == [], [(r.code, r.sentence) for r in rows]


async def make_hostile_template(folder: Path) -> None:
    """The usual team, and Dita, who is enrolled and in no space."""
    await make_template(folder)
    store = copied_store(folder)
    store.start()
    try:
        door = DoorKeeper(folder / "dita")
        desk = await door.enrol(store.invite(*DITA), PASSPHRASE)
        await desk.sync_now()
        known = json.loads((folder / "team.json").read_text())
        known["users"]["dita"] = desk.me.user.hex()
        (folder / "team.json").write_text(json.dumps(known))
        await desk.close()
    finally:
        store.stop()


@contextlib.asynccontextmanager
async def at_work_with_hostile_store(
    template: Path, folder: Path, *names: str, clock: Clock | None = None
) -> AsyncIterator[HostileTeam]:
    """A copy of the template; the store moved behind its proxy; the named people unlocked."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    data = folder / "store"
    port = _move(data)
    store = StoreHandle(data_dir=data, address="", fingerprint="")
    known = json.loads((folder / "team.json").read_text())
    users = {name: UserId(bytes.fromhex(user)) for name, user in known["users"].items()}
    space, hostile = SpaceId(bytes.fromhex(known["space"])), Hostile(store, port)
    team = HostileTeam(folder, store, clock, space=space, users=users, hostile=hostile)
    try:
        await asyncio.gather(asyncio.to_thread(store.start), team.unlock(*(names or PEOPLE)))
        team.hostile.start()
        yield team
    finally:
        with contextlib.suppress(Exception):
            await team.lock()
        if team.hostile.listening:
            team.hostile.stop()
        store.stop()


def dita(team: HostileTeam) -> UserId:
    """Dita's id, whether or not she is unlocked."""
    return team.user("dita")


def _move(data: Path) -> int:
    """Let the store listen elsewhere; the port that everybody knows."""
    path = data / "store.json"
    saved = json.loads(path.read_text())
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    known, saved["port"] = int(saved["port"]), free
    path.write_text(json.dumps(saved))
    return known
