"""A person's own devices: what she calls them, and a change on its way to the store (device.db)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDevice:
    """A device and its name; `added_at` is None when it was not linked at this one."""

    device: bytes
    name: str
    added_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingList:
    """The next signed device list, not at the store yet, and the grant for the device it adds.

    `slot` and `grant_` are empty for a revocation.
    """

    signed: bytes
    slot: bytes
    grant_: bytes = field(repr=False)


_SAVE: Final = rows.insertion("own_device", OwnDevice, verb="INSERT OR REPLACE")
_ALL: Final = rows.selection(OwnDevice, "FROM own_device ORDER BY device")
_RENAME: Final = """
    INSERT INTO own_device (device, name) VALUES (:device, :name)
    ON CONFLICT (device) DO UPDATE SET name = :name"""
_SET_PENDING: Final = """
    INSERT OR REPLACE INTO pending_list (one, signed, slot, grant_)
    VALUES (1, :signed, :slot, :grant_)"""
_PENDING: Final = rows.selection(PendingList, "FROM pending_list")
_DROP_PENDING: Final = "DELETE FROM pending_list WHERE signed = :signed"
_SET_REASON: Final = """
    INSERT OR REPLACE INTO revocation (device, reason) VALUES (:device, :reason)"""
_REASONS: Final = "SELECT device, reason FROM revocation"


def save_device(db: Connection, device: OwnDevice) -> None:
    """Store or replace what is known of an own device."""
    db.execute(_SAVE, rows.values(device))


def own_devices(db: Connection) -> dict[bytes, OwnDevice]:
    """What is known of one's own devices, by id; those revoked since stay."""
    found = [rows.build(OwnDevice, row) for row in db.execute(_ALL).fetchall()]
    return {one.device: one for one in found}


def rename(db: Connection, device: bytes, name: str) -> None:
    """Call a device something else."""
    db.execute(_RENAME, {"device": device, "name": name})


def state_reason(db: Connection, device: bytes, reason: str) -> None:
    """Keep why a device is revoked, until every space has been told, and after."""
    db.execute(_SET_REASON, {"device": device, "reason": reason})


def reasons(db: Connection) -> dict[bytes, str]:
    """Why devices were revoked at this one, by device."""
    return {bytes(row[0]): str(row[1]) for row in db.execute(_REASONS).fetchall()}


def set_pending(db: Connection, pending: PendingList) -> None:
    """Keep a signed change until the store has it; there is one at a time."""
    db.execute(_SET_PENDING, rows.values(pending))


def pending(db: Connection) -> PendingList | None:
    """The change that is on its way, or None."""
    row = db.execute(_PENDING).fetchone()
    return None if row is None else rows.build(PendingList, row)


def drop_pending(db: Connection, signed: bytes) -> None:
    """The store has it, or refused it for good."""
    db.execute(_DROP_PENDING, {"signed": signed})
