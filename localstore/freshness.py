"""How far each file of a profile has come, so that an old copy put back is noticed.

A number grows at every unlocking and closing: in the keyring, in device.db, and in every space.db
that was open. device.db is written first, then each space.db, then what device.db knows of it, and
the keyring last: whatever a crash cuts off, no number is ahead of the one written before it.
Spec: docs/protocol/81-local-store.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from localstore import devices, rows
from localstore.connection import Connection

EPOCH: Final = "epoch"
KEPT: Final = "epoch-in-keyring"
PUT_BACK: Final = "put-back-at"
RUNNING: Final = "running"
"""Settings of device.db: the number, whether the keyring has one, since when an old copy runs, and
whether an unlocked program has not closed yet."""

UNSENT: Final = (
    "An old copy of this profile was put back while this waited. It may have left already; look "
    "whether it arrived before you send it again."
)
UNFINISHED: Final = (
    "An old copy of this profile was put back while this was being handed over. Add the file again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """The keys of the device that this one becomes."""

    device: bytes
    signing_seed: bytes = field(repr=False)  # 64 B
    identity_seed: bytes = field(repr=False)  # 32 B


_SPACE_EPOCH: Final = "SELECT epoch FROM space_epoch WHERE space = :space"
_SET_SPACE_EPOCH: Final = (
    "INSERT OR REPLACE INTO space_epoch (space, epoch) VALUES (:space, :epoch)"
)
_BINDING: Final = "SELECT device, epoch FROM binding"
_BIND: Final = """
    INSERT INTO binding (one, device, epoch) VALUES (1, :device, :epoch)
    ON CONFLICT (one) DO UPDATE SET device = :device, epoch = :epoch"""
_SAVE_RENEWAL: Final = rows.insertion("renewal", Renewal)
_RENEWAL: Final = rows.selection(Renewal, "FROM renewal")
_DROP_RENEWAL: Final = "DELETE FROM renewal"
_BECOME: Final = """
    UPDATE identity SET device = :device, signing_seed = :signing_seed,
        identity_seed = :identity_seed"""
_DROP_PREKEYS: Final = "DELETE FROM prekey"
_FAIL_EXHIBITS: Final = """
    UPDATE exhibit SET state = 'failed', problem = :problem
    WHERE mine = 1 AND state IN ('sealing', 'uploading', 'paused')"""
_REFUSE_MESSAGES: Final = """
    UPDATE message SET state = 'refused', problem = :problem
    WHERE on_server_at IS NULL AND message IN (SELECT message FROM outgoing)"""
_CLEARED: Final = (
    "session", "bundle", "failed_claim", "drained", "used_prekey", "pair", "gap", "sent_to", "sent",
    "unopened", "outgoing_envelope", "outgoing", "pending_receipt", "receipt_chain",
)  # fmt: skip
_OWN_CHAIN: Final = "UPDATE OR REPLACE chain SET device = :device WHERE device = x''"


def epoch(db: Connection) -> int:
    """How far device.db has come; 0 before the first unlocking."""
    return int(devices.setting(db, EPOCH) or 0)


def space_epoch(db: Connection, space: bytes) -> int:
    """How far device.db last saw a space's database; 0 when it never did."""
    row = db.execute(_SPACE_EPOCH, {"space": space}).fetchone()
    return 0 if row is None else int(row[0])


def set_space_epoch(db: Connection, space: bytes, number: int) -> None:
    """Note how far a space's database has come."""
    db.execute(_SET_SPACE_EPOCH, {"space": space, "epoch": number})


def binding(sp: Connection) -> tuple[bytes, int]:
    """(device, number) of a space's database; (empty, 0) before it was ever bound."""
    row = sp.execute(_BINDING).fetchone()
    return (b"", 0) if row is None else (bytes(row[0]), int(row[1]))


def bind(sp: Connection, device: bytes, number: int) -> None:
    """Note in a space's database whose chains it holds and how far it has come."""
    sp.execute(_BIND, {"device": device, "epoch": number})


def stop_handing_over(sp: Connection) -> None:
    """Give up own exhibits on their way.

    Their source may have changed since; a part sealed again with other bytes uses a nonce twice.
    """
    sp.execute(_FAIL_EXHIBITS, {"problem": UNFINISHED})


def start_anew(sp: Connection, old: bytes, new: bytes, number: int) -> None:
    """End everything of the old device that must not go on: sessions, numbers, what waits.

    Its chain of messages stays as another device's, so that a log entry can say where it ends.
    """
    rows.require_transaction(sp)
    sp.execute(_REFUSE_MESSAGES, {"problem": UNSENT})
    stop_handing_over(sp)
    sp.execute(_OWN_CHAIN, {"device": old})
    for table in _CLEARED:
        sp.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
    bind(sp, new, number)


def renewal(db: Connection) -> Renewal | None:
    """The keys of the device that this one becomes, or None."""
    row = db.execute(_RENEWAL).fetchone()
    return None if row is None else rows.build(Renewal, row)


def save_renewal(db: Connection, keys: Renewal) -> None:
    """Keep fresh keys until this device has become the one they are for."""
    db.execute(_SAVE_RENEWAL, rows.values(keys))


def become(db: Connection, keys: Renewal) -> None:
    """Be that device from now on; prekeys of the old one are destroyed."""
    rows.require_transaction(db)
    db.execute(_BECOME, rows.values(keys))
    db.execute(_DROP_PREKEYS)
    db.execute(_DROP_RENEWAL)
    devices.set_setting(db, PUT_BACK, "")
