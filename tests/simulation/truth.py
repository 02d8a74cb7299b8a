"""What really happened, as the oracle keeps it: who wrote what, and what the one log says.

Nothing here asks a client what it believes of others: texts are noted when they are written, the
log is read from the store and its rules replayed, device lists are found by the hashes in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from centralstore import devicelists
from centralstore.database import Transaction
from centralstore.tables import DEVICE_LIST, LOG_ENTRY, MESSAGE
from crypto import signatures
from crypto.devicelist import list_head
from protocol import codec, logrules
from protocol.devicelist import DeviceList
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import Entry, Genesis, Roster, key_digest
from tests.simulation.storeside import SimStore


@dataclass(slots=True)
class Written:
    """One text a person tried to send, unique in the world."""

    text: str
    space: SpaceId
    user: UserId
    device: DeviceId
    answers: str | None
    step: int


@dataclass
class SpaceTruth:
    """The one log of a space: its signed entries and the roster after each."""

    entries: list[bytes]
    rosters: list[Roster]
    devices: list[dict[UserId, frozenset[DeviceId]]]

    @property
    def now(self) -> Roster:
        return self.rosters[-1]

    def entitled(self, user: UserId, device: DeviceId, seq: int) -> bool:
        """Whether a device stood in the log when entry `seq` was the last."""
        return device in self.devices[seq].get(user, frozenset())

    def stayed(self, user: UserId, device: DeviceId, seq: int) -> bool:
        """Whether it has stood there ever since."""
        return all(self.entitled(user, device, at) for at in range(seq, len(self.rosters)))


@dataclass
class Truth:
    """Everything the oracle knows."""

    store: SimStore
    written: dict[str, Written] = field(default_factory=dict)
    _spaces: dict[tuple[SpaceId, int], SpaceTruth] = field(default_factory=dict)

    def note(self, one: Written) -> None:
        self.written[one.text] = one

    def space(self, space: SpaceId) -> SpaceTruth:
        """Read a log at the store and replay its rules."""
        length = self.store.facts.now(lambda tx: _length(tx, space))
        known = self._spaces.get((space, length))
        if known is None:
            known = self.store.facts.now(lambda tx: _space(tx, space))
            self._spaces[space, length] = known
        return known

    def newest_list(self, user: UserId) -> bytes:
        """The hash of the device list that the store took last."""
        return self.store.facts.now(lambda tx: _newest_list(tx, user))

    def user_key(self, user: UserId) -> bytes:
        """The digest of the key under which a person enrolled last."""
        signed = self.store.facts.now(lambda tx: devicelists.device_list(tx, user))
        return key_digest(codec.encode(signatures.peek(signed, DeviceList).user_key))

    def revoked(self, user: UserId) -> bool:
        """Whether a person's newest list names revoked devices."""
        signed = self.store.facts.now(lambda tx: devicelists.device_list(tx, user))
        return bool(signatures.peek(signed, DeviceList).revoked)

    def stored(self, space: SpaceId) -> frozenset[bytes]:
        """The messages the store took, ever (within its 90 days)."""
        return self.store.facts.now(lambda tx: _stored(tx, space))


def _length(tx: Transaction, space: SpaceId) -> int:
    count = select(func.count()).select_from(LOG_ENTRY).where(LOG_ENTRY.c.space_id == space)
    return int(tx.conn.execute(count).scalar_one())


def _newest_list(tx: Transaction, user: UserId) -> bytes:
    return list_head(devicelists.device_list(tx, user))


def _space(tx: Transaction, space: SpaceId) -> SpaceTruth:
    entries = [
        bytes(one)
        for one in tx.conn.execute(
            select(LOG_ENTRY.c.signed)
            .where(LOG_ENTRY.c.space_id == space)
            .order_by(LOG_ENTRY.c.seq)
        ).scalars()
    ]
    rosters = list(_rosters(entries))
    lists = {
        bytes(row.head): signatures.peek(bytes(row.signed), DeviceList)
        for row in tx.conn.execute(select(DEVICE_LIST.c.head, DEVICE_LIST.c.signed))
    }
    devices = [
        {user: _live(lists[m.list_head]) for user, m in roster.members.items()}
        for roster in rosters
    ]
    return SpaceTruth(entries, rosters, devices)


def _rosters(entries: Iterable[bytes]) -> Iterable[Roster]:
    roster: Roster | None = None
    for signed in entries:
        body = signatures.parse(signed).body
        if roster is None:
            roster = logrules.begin(codec.decode(Genesis, body), body)
        else:
            roster = logrules.extend(roster, codec.decode(Entry, body), body)
        yield roster


def _live(found: DeviceList) -> frozenset[DeviceId]:
    return frozenset(DeviceId(e.device) for e in found.devices if e.device not in found.revoked)


def _stored(tx: Transaction, space: SpaceId) -> frozenset[bytes]:
    rows = tx.conn.execute(select(MESSAGE.c.message_id).where(MESSAGE.c.space_id == space))
    return frozenset(bytes(one) for one in rows.scalars())
