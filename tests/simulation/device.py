"""One device of one person: a profile on a disk that can stop, and the real desk over it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from crypto import fingerprint
from jitclient import newprofile, prekeys, unlocking
from jitclient.desk import Desk
from jitclient.session import Session
from jitclient.usecases import enrol
from localstore.devices import Identity
from localstore.profile import Profile
from protocol.api.accounts import EnrolRequest
from protocol.errors import RefusedError
from protocol.ids import DeviceId, UserId
from protocol.invitation import Invitation, from_text
from protocol.roles import Party
from sync.api import StoreApi
from sync.steps import RoundResult
from sync.transport import Transport
from tests.simulation.clocks import DeskClock
from tests.simulation.disk import CrashedError, Disk, InlineDatabase, Machine
from tests.simulation.storeside import ADDRESS
from tests.simulation.weather import Line, Weather
from tests.support.entropy import Seeded

ONE_TIME = 8
"""One-time keys of a device at the store: few, so that they run out in a short life."""


@contextmanager
def small_stocks() -> Iterator[None]:
    """Devices keep few one-time keys at the store while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prekeys, "ONE_TIME_PREKEYS", ONE_TIME)
        patch.setattr(prekeys, "ONE_TIME_KEMS", ONE_TIME)
        patch.setattr(fingerprint, "ITERATIONS", 2)  # of 5,200: nobody guesses numbers here
        yield


class Device:
    """A profile, its process (`desk`, while it runs) and its line to the store."""

    def __init__(
        self, name: str, folder: Path, machine: Machine, weather: Weather, clock: DeskClock
    ) -> None:
        self.name, self.folder = name, folder
        self.clock, self.weather, self.machine = clock, weather, machine
        self.disk = Disk(folder)
        machine.disks.append(self.disk)
        self.entropy = Seeded(f"{name} {weather.dice.random()}".encode())
        self.master = self.entropy.token(32)
        self.address = f"10.0.0.{len(machine.disks)}"
        self.party = Party.MEMBER_STATE
        self.revoked = False
        self._desk: Desk | None = None
        self._profile: Profile | None = None
        self.user = UserId(b"")
        self.device = DeviceId(b"")

    # --- its life ----------------------------------------------------------------------------

    async def enrol(self, line: str) -> None:
        """Spend an invitation, as `usecases.enrol` does behind the passphrase."""
        invitation = from_text(line)
        self._prepare(invitation)
        session = self.session
        signed_list = session.database.call(lambda: newprofile.own_list(session))
        upload = session.database.call(lambda: prekeys.first(session))
        request = EnrolRequest(
            user=invitation.user, code=invitation.code, device_list=signed_list, prekeys=upload
        )
        user = await StoreApi(self._transport(), None).enrol(request)
        session.database.call(lambda: newprofile.finish(session, user, signed_list))
        self.party = user.party
        self.reopen()

    def _prepare(self, invitation: Invitation) -> None:
        """Identity and database; the vault is left out, the master key is in this object."""
        new = enrol._beginning(invitation, self.clock, self.entropy)
        self._begin(new, invitation.code.hex())

    def join(self, identity: Identity, signed_list: bytes) -> None:
        """Begin as a further device of somebody who has one: where linking ends."""
        self._begin(newprofile.Beginning(identity=identity, list_=signed_list), "")

    def _begin(self, new: newprofile.Beginning, pending: str) -> None:
        profile = Profile(self.folder)
        with self._inline():
            database, db = unlocking.device_database(profile, self.master, create=True)
        database.call(lambda: newprofile._save(db, new, pending))
        database.call(db.close)
        profile.close()
        self.open()

    def open(self) -> None:
        """Start the program on this profile."""
        self._profile = Profile(self.folder)
        with self._inline():
            session = unlocking.open_session(
                self._profile, "", clock=self.clock, entropy=self.entropy, master=self.master
            )
        self.user, self.device = session.user, session.device
        self.party = Party(session.identity.party)
        self._desk = Desk(session)
        self._desk._link._transport._connections._pool = self._client()

    @contextmanager
    def _inline(self) -> Iterator[None]:
        """Sessions made inside run on this device's disk, in this thread."""

        class Here(InlineDatabase):
            machine, disk = self.machine, self.disk

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(unlocking, "Database", Here)
            yield

    def close(self) -> None:
        """End the process; after a crash nothing is written any more on the way out."""
        self._desk = None
        self.disk.revive()
        if self._profile is not None:
            self._profile.close()
            self._profile = None

    def reopen(self) -> None:
        """Nothing survives but what was committed."""
        self.close()
        self.open()

    @property
    def running(self) -> bool:
        """Whether the program is open."""
        return self._desk is not None

    async def round(self, *, directory: bool = True) -> RoundResult:
        """One round, as `Link.round` makes it; without `directory` as a wake-up does."""
        link, session = self.desk._link, self.session
        result = await link._engine.round(transfers=False, directory=directory)
        if isinstance(result.error, RefusedError):
            await session.run(link._refused, result.error)
        session.publish()
        return result

    # --- at work -----------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        """The running program."""
        if self._desk is None:
            raise CrashedError
        return self._desk

    @property
    def session(self) -> Session:
        """The unlocked profile of the running program."""
        return self.desk._session

    def _client(self) -> httpx.AsyncClient:
        line = Line(self.weather, self.disk, self.address)
        return httpx.AsyncClient(
            transport=line, base_url=f"https://{ADDRESS}", headers={"user-agent": "jitclient/1"}
        )

    def _transport(self) -> Transport:
        transport = Transport(ADDRESS, bytes(32), timeout=15)
        transport._connections._pool = self._client()
        return transport


def pick_skew(dice: random.Random) -> int:
    """Most clocks are right within a minute; some are hours wrong."""
    if dice.random() < 0.7:
        return dice.randint(-60, 60)
    return dice.randint(-12 * 3600, 12 * 3600)
