"""An unlocked device: its keys, its databases, its clock. Everything else borrows from here.

Functions of the application that touch a database take a `Session` and run on the one database
thread (`session.run(function, ...)`); there they may use `session.stores`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from crypto import fingerprint, recovery
from crypto.entropy import Entropy
from crypto.handshake import Own
from crypto.signatures import SigningKey
from jitclient.events import AlarmRaised, Event, Events, ExhibitsChanged, SpacesChanged
from jitclient.foundation.clock import Clock
from jitclient.foundation.text import visible
from jitclient.spacelog import SpaceLog, load_log
from jitclient.views import AlarmRow, Me
from localstore import alarms, messages, people, spaces
from localstore.connection import Connection, open_database, transaction
from localstore.devices import Identity
from localstore.executor import Database
from localstore.profile import Profile
from protocol import codec
from protocol.errors import JitError, NotFoundError, SpaceClosedError
from protocol.ids import DeviceId, FileId, SpaceId, UserId
from protocol.roles import Party

T = TypeVar("T")

MAX_ALARMS = 20
"""Standing alarms of one kind in one space; what comes on top is told once."""
_HOLD, _LET_GO = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
WIPED_STATES = frozenset({"closing", "wiped"})


@dataclass(slots=True)
class Counts:
    """What one round brought, counted as it happens."""

    messages_in: int = 0
    receipts_in: int = 0
    exhibits_in: int = 0
    exhibits_out: int = 0
    wiped: int = 0


class Stores:
    """The open databases of a profile. Lives on the database thread only."""

    def __init__(self, profile: Profile, device: Connection) -> None:
        self.profile = profile
        self.device = device
        self._spaces: dict[SpaceId, Connection] = {}
        self._held = False

    def space(self, space: SpaceId) -> Connection:
        """The database of one space, opened on first use.

        Raises:
            NotFoundError: no such space on this device.
            SpaceClosedError: it was wiped.
        """
        known = self._spaces.get(space)
        if known is not None:
            return known
        record = spaces.space(self.device, space)
        if record is None:
            raise NotFoundError("There is no such space on this device.")
        if record.state in WIPED_STATES or not record.database_key:
            raise SpaceClosedError("This space was closed and its local copies were wiped.")
        path = self.profile.space_database(space)
        connection = open_database(
            path, record.database_key, migrations="space", create=record.log_seq < 0
        )
        self._spaces[space] = connection
        if self._held:
            connection.execute(_HOLD)
        return connection

    def hold(self, *, yes: bool) -> None:
        """From now on nothing is written, whoever tries; or it is again. SQLite itself refuses."""
        self._held = yes
        for connection in (self.device, *self._spaces.values()):
            connection.execute(_HOLD if yes else _LET_GO)

    def close_space(self, space: SpaceId) -> None:
        """Close one space's database, if open."""
        connection = self._spaces.pop(space, None)
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close everything."""
        for space in tuple(self._spaces):
            self.close_space(space)
        self.device.close()


@dataclass(kw_only=True)
class Session:
    """One unlocked profile."""

    profile: Profile
    database: Database
    stores: Stores
    identity: Identity
    signing: SigningKey = field(repr=False)
    own: Own = field(repr=False)
    clock: Clock
    entropy: Entropy
    events: Events
    keyring: bool
    logs: dict[SpaceId, SpaceLog] = field(default_factory=dict, repr=False)
    withheld: dict[bytes, int] = field(default_factory=dict, repr=False)
    rates: dict[tuple[SpaceId, FileId], float] = field(default_factory=dict, repr=False)
    measured: dict[object, float] = field(default_factory=dict, repr=False)
    """Bytes per second of the transfer that moved last, by the throttle of its direction."""
    spooling: set[bytes] = field(default_factory=set)
    """Files whose content comes in at this moment."""
    carrying: set[Path] = field(default_factory=set)
    """Files outside the profile that are written at this moment."""
    tended: bool = False
    disk: str = ""
    """Why nothing is written at the moment, a sentence; empty: the disk takes it (`diskwatch`)."""
    copied: list[Path] = field(default_factory=list)
    """Copies of the profile that are not on record yet."""
    time_known: str | None = None
    """How far time was known to be at the last look, and what of it is on disk: `retention`."""
    time_kept: str = ""
    time_looked: float = 0.0
    doubts: set[tuple[bytes, int]] = field(default_factory=set)
    """Spaces whose deadline only a leap of the clock has passed, and that were told of it."""
    log_watched: int = -(2**40)
    """When the store's access log was last compared, on this clock; long ago at unlocking."""
    certificates_heard: int = -(2**40)
    """When the store was last asked what it states of its certificates, likewise."""
    offered: set[tuple[SpaceId, int]] = field(default_factory=set, repr=False)
    """Spaces and places to which the store went back, and was offered what is missing."""
    log_told: dict[UserId, str] = field(default_factory=dict, repr=False)
    """The head of the store's access log that each person was told last, since unlocking."""
    touched: dict[SpaceId, int] = field(default_factory=dict, repr=False)
    """Spaces into which something unread came, and when; not yet counted beside them."""
    proving: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while the store is told what was verified here."""
    counts: Counts = field(default_factory=Counts)
    pending_events: list[Event] = field(default_factory=list, repr=False)
    _events_lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def user(self) -> UserId:
        """Whose profile this is."""
        return UserId(self.identity.user)

    @property
    def device(self) -> DeviceId:
        """Which device this is."""
        return DeviceId(self.identity.device)

    def me(self) -> Me:
        """Who uses this profile, for display."""
        one = self.identity
        user_key = codec.encode(recovery.user_key(one.user_root).public)
        return Me(
            user=self.user,
            device=self.device,
            name=one.name,
            authority=one.authority,
            country=one.country,
            party=Party(one.party),
            safety_number=fingerprint.half(self.user, user_key),
            store=one.store_address,
        )

    async def run(self, function: Callable[..., T], *args: object, **named: object) -> T:
        """Run `function` on the database thread, then publish the events it left behind."""
        try:
            return await self.database.run(lambda: function(*args, **named))
        finally:
            self.publish()

    def publish(self) -> None:
        """Tell subscribers what happened on the database thread. Called on the loop's thread."""
        with self._events_lock:
            events, self.pending_events = self.pending_events, []
        for event in events:
            self.events.publish(event)

    def tell(self, event: Event) -> None:
        """Leave an event to be published after the running database function."""
        with self._events_lock:  # the loop may be taking them away at this moment
            if isinstance(event, ExhibitsChanged):
                event = self._with_those_before(event)
            if event not in self.pending_events:
                self.pending_events.append(event)

    def _with_those_before(self, event: ExhibitsChanged) -> ExhibitsChanged:
        """A thousand exhibits that come in one act are told of at once."""
        for one in self.pending_events:
            if isinstance(one, ExhibitsChanged) and one.space == event.space:
                self.pending_events.remove(one)
                return one.joined(event)
        return event

    # --- below: database thread only -----------------------------------------------------------

    def log(self, space: SpaceId) -> SpaceLog:
        """The verified membership log of a space.

        Raises:
            NotFoundError: nothing verified yet.
        """
        known = self.logs.get(space)
        if known is None:
            known = load_log(self.stores.space(space))
            if known is None:
                raise NotFoundError("The membership log of this space has not arrived yet.")
            self.logs[space] = known
        return known

    def name_of(self, user: UserId) -> str:
        """The name the directory gives a person, cleaned for display; an id when unknown."""
        if user == self.user:
            return visible(self.identity.name)
        person = people.person(self.stores.device, user)
        return visible(person.name) if person and person.name else f"user {user.hex()[:8]}"

    def touch_space(self, space: SpaceId, at: int) -> None:
        """Note that something unread came into a space; counted when it is answered."""
        self.touched[space] = at

    def count_unread(self, space: SpaceId) -> None:
        """Write beside a space how much of it is unread, if something came since the last time.

        Counted in the space, not added up. A crash before this is made good at the next start
        (`housekeeping.tend`); so what came is readable a commit earlier.
        """
        at, record = self.touched.get(space), spaces.space(self.stores.device, space)
        if at is None or record is None or record.state in WIPED_STATES:
            self.touched.pop(space, None)
            return
        unread = messages.unread(self.stores.space(space))
        with transaction(self.stores.device):
            spaces.update_space(self.stores.device, space, unread=unread, last_activity=at)
        del self.touched[space]
        self.tell(SpacesChanged())

    def alarm(self, space: SpaceId | None, error: JitError, *, key: str = "") -> None:
        """Record that something was detected and refused, once per cause until dismissed."""
        standing = [a.code for a in alarms.alarms(self.stores.device) if a.space == space]
        if standing.count(error.reason) >= MAX_ALARMS:
            key = "more"  # who sends ten thousand bad messages gets one line for most of them
        with transaction(self.stores.device):
            record = alarms.raise_alarm(
                self.stores.device,
                space,
                error.reason,
                error.sentence,
                self.clock.now(),
                key,
            )
        if record is not None:
            row = AlarmRow(
                alarm=record.alarm,
                space=space,
                code=record.code,
                sentence=record.sentence,
                at=record.at,
            )
            self.tell(AlarmRaised(row))
