"""Three people of one team at work: real profiles, the real desk, a real store over TLS.

A template (enrolled people, a space with all three, first messages exchanged) is made once per run
and copied for each test, because deriving keys and enrolling take most of a second per person.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jitclient import unlocking
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.events import Event
from jitclient.foundation.clock import Clock
from jitclient.views import ExhibitRow, MessageKind, MessageRow, SyncReport
from localstore.profile import Profile
from protocol.ids import SpaceId, UserId
from tests.support.servers import Places
from tests.support.store import StoreHandle, made_store, use_places

PASSPHRASE: Final = "nine wet umbrellas in Lisbon"
PEOPLE: Final = {
    "ana": ("Ana Lima", "Procuradoria-Geral", "PT", "member-state"),
    "bruno": ("Bruno Keller", "Bundeskriminalamt", "DE", "member-state"),
    "eva": ("Eva Moreau", "Europol", "NL", "union-body"),
}
TITLE: Final = "Operation Albatross"
AGREEMENT: Final = "JIT 2026/17"
PATIENCE: Final = 120.0
"""Seconds until a test gives up waiting for an event; never a measure of anything."""


@dataclass
class Team:
    """Profiles in one folder, their unlocked desks, and their store."""

    folder: Path
    store: StoreHandle
    clock: Clock | None = None
    desks: dict[str, Desk] = field(default_factory=dict)
    space: SpaceId = SpaceId(b"")
    users: dict[str, UserId] = field(default_factory=dict)

    def profile(self, who: str) -> Path:
        """The profile folder of one person."""
        return self.folder / who

    async def unlock(self, *names: str) -> None:
        """Unlock these profiles, side by side."""
        remember_master_keys()
        doors = [DoorKeeper(self.profile(n), clock=self.clock) for n in names]
        opened = await asyncio.gather(*(door.unlock(PASSPHRASE) for door in doors))
        self.desks.update(zip(names, opened, strict=True))

    async def lock(self, *names: str) -> None:
        """Close these desks (all without a name)."""
        for name in names or tuple(self.desks):
            await self.desks.pop(name).close()

    def __getitem__(self, who: str) -> Desk:
        return self.desks[who]

    def user(self, who: str) -> UserId:
        """Somebody's id, also while the profile is locked."""
        return self.users.get(who) or self.desks[who].me.user

    async def settle(self, *names: str, rounds: int = 3) -> list[SyncReport]:
        """Some rounds of everybody in turn: what is owed to anybody has arrived after them."""
        return [
            await self.desks[name].sync_now()
            for _ in range(rounds)
            for name in names or tuple(self.desks)
        ]

    async def texts(self, who: str, space: SpaceId | None = None) -> list[str]:
        """The conversation as one person reads it: written texts, oldest first."""
        rows = await self.desks[who].messages(space or self.space)
        return [r.text for r in rows if r.kind is MessageKind.TEXT]

    async def events(self, who: str) -> list[str]:
        """The lines about the space itself in somebody's conversation."""
        rows = await self.desks[who].messages(self.space)
        return [r.text for r in rows if r.kind is MessageKind.EVENT]

    async def row(self, who: str, text: str) -> MessageRow:
        """The one message with this text."""
        rows = await self.desks[who].messages(self.space)
        (found,) = [r for r in rows if r.text == text and r.kind is MessageKind.TEXT]
        return found

    async def exhibit(self, who: str, name: str) -> ExhibitRow:
        """The one exhibit with this name."""
        (found,) = [r for r in await self.desks[who].exhibits(self.space) if r.name == name]
        return found

    async def alarms(self, who: str) -> list[str]:
        """The codes of everything that was refused on somebody's device."""
        return [a.code for a in (await self.desks[who].status()).alarms]

    async def new_space(self, title: str, *members: str) -> SpaceId:
        """A further space opened by Ana, with these members, all of whom have joined."""
        ana = self.desks["ana"]
        space = await ana.create_space(agreement=title, signed_on="2026-05-01", title=title)
        for member in members:
            await ana.add_member(space, self.user(member))
        await self.settle("ana", *members, rounds=2)
        return space


_MASTERS: dict[tuple[bytes, str], bytes] = {}
_derive = unlocking.master_key


def remember_master_keys() -> None:
    """Derive the key of each vault once per run: the same function, its answers remembered."""

    def master_key(profile: Profile, passphrase: str) -> bytes:
        asked = (profile.load_vault() or b"", passphrase)
        if asked not in _MASTERS:
            _MASTERS[asked] = _derive(profile, passphrase)
        return _MASTERS[asked]

    unlocking.master_key = master_key


async def until(
    desk: Desk, holds: Callable[[], Awaitable[bool]], *, patience: float = PATIENCE
) -> None:
    """Wait for events of `desk` until `holds`."""
    happened = asyncio.Event()

    def tell(_: Event) -> None:
        happened.set()

    unsubscribe = desk.events.subscribe(tell)
    try:
        async with asyncio.timeout(patience):
            while not await holds():
                await happened.wait()
                happened.clear()
    finally:
        unsubscribe()


async def make_template(folder: Path, places: Places | None = None) -> SpaceId:
    """Everything up to the first day of work: enrolled, one space, everybody has written once."""
    store = made_store(folder, places=places)
    store.start()
    team = Team(folder, store)
    users: dict[str, str] = {}
    try:
        for name, (full, authority, country, party) in PEOPLE.items():
            invitation = store.invite(full, authority, country, party)
            door = DoorKeeper(folder / name)
            team.desks[name] = await door.enrol(invitation, PASSPHRASE)
            users[name] = team.desks[name].me.user.hex()
        ana = team["ana"]
        await team.settle(rounds=1)
        space = await ana.create_space(agreement=AGREEMENT, signed_on="2026-05-01", title=TITLE)
        team.space = space
        await ana.add_member(space, team.user("bruno"))
        await ana.add_member(space, team.user("eva"))
        await team.settle(rounds=2)
        for name in PEOPLE:
            await team[name].send(space, f"{name} is here.")
            await team.settle(rounds=1)
        await team.settle(rounds=2)
        await team.lock()
    finally:
        store.stop()
    (folder / "team.json").write_text(json.dumps({"space": space.hex(), "users": users}))
    return space


@contextlib.asynccontextmanager
async def at_work(
    template: Path,
    folder: Path,
    *names: str,
    clock: Clock | None = None,
    places: Places | None = None,
    running: bool = True,
) -> AsyncIterator[Team]:
    """A copy of the template in `folder`, its store `running`, the named people unlocked.

    `places` has a copy of the template's database and bucket, if its store is a shared one.
    """
    shutil.copytree(template, folder, dirs_exist_ok=True)
    store = copied_store(folder, places)
    known = json.loads((folder / "team.json").read_text())
    users = {who: UserId(bytes.fromhex(user)) for who, user in known["users"].items()}
    space = SpaceId(bytes.fromhex(known["space"]))
    team = Team(folder, store, clock, space=space, users=users)
    starting = [asyncio.to_thread(store.start)] if running else []
    await asyncio.gather(*starting, team.unlock(*(names or PEOPLE)))
    try:
        yield team
    finally:
        with contextlib.suppress(Exception):
            await team.lock()
        store.stop()


def copied_store(folder: Path, places: Places | None = None) -> StoreHandle:
    """The handle of a store that was copied into `folder`; its address moved along."""
    from centralstore import settings

    data = folder / "store"
    if places is not None:
        use_places(data, places)
    loaded = settings.load(data)
    return StoreHandle(
        data_dir=data,
        address=loaded.address,
        fingerprint=loaded.fingerprint().hex(),
        places=places,
    )


def evidence_file(folder: Path, name: str, size: int, marker: bytes = b"") -> Path:
    """A file of `size` bytes that repeats no block, with `marker` at its beginning and end."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(marker)
        left = size - 2 * len(marker)
        while left > 0:
            block = hashlib.shake_256(name.encode() + left.to_bytes(8, "big"))
            file.write(block.digest(min(left, 1 << 20)))
            left -= 1 << 20
        file.write(marker)
    return path
