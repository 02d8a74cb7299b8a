"""The index of spaces, and what must outlive a wiped one to check its wipe receipts (device.db)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRecord:
    """One space as this device knows it. `state`: joining, open, left, closing or wiped."""

    space: bytes
    state: str
    database_key: bytes = field(repr=False)  # 64 B; empty once destroyed
    title: str
    agreement: str
    signed_on: str
    opened_at: int
    deadline: int | None
    log_seq: int
    log_head: bytes
    closed_by: bytes | None
    close_reason: str
    unread: int
    last_activity: int
    wipe_phase: str  # of a wipe under way (`jitclient.wiping`), empty otherwise
    closed_at: int | None = None  # when the space ended; its receipts are owed since then


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDevice:
    """A device that was in a space when it closed; `signing` is its encoded SigningPublic."""

    space: bytes
    user: bytes
    device: bytes
    signing: bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeRecord:
    """One device's signed wipe receipt. `posted`: ours has reached the store."""

    space: bytes
    device: bytes
    receipt: bytes
    wiped_at: int
    remaining: str
    posted: bool


_ADD: Final = rows.insertion("space", SpaceRecord)
_ONE: Final = rows.selection(SpaceRecord, "FROM space WHERE space = :space")
_ALL: Final = rows.selection(SpaceRecord, "FROM space ORDER BY opened_at, space")
_FORGET: Final = "UPDATE space SET database_key = x'', state = 'closing' WHERE space = :space"
_FORGET_EPOCH: Final = "DELETE FROM space_epoch WHERE space = :space"
_REMOVE: Final = "DELETE FROM space WHERE space = :space"
_SAVE_CLOSED: Final = rows.insertion("closed_device", ClosedDevice, verb="INSERT OR REPLACE")
_CLOSED: Final = rows.selection(
    ClosedDevice, "FROM closed_device WHERE space = :space ORDER BY user, device"
)
_SAVE_WIPE: Final = rows.insertion("wipe", WipeRecord, verb="INSERT OR REPLACE")
_WIPE: Final = rows.selection(WipeRecord, "FROM wipe")
_WIPES: Final = f"{_WIPE} WHERE space = :space ORDER BY wiped_at, device"
_UNPOSTED: Final = f"{_WIPE} WHERE posted = 0 ORDER BY wiped_at, device"
_POSTED: Final = "UPDATE wipe SET posted = 1 WHERE space = :space AND receipt = :receipt"


def add_space(db: Connection, record: SpaceRecord) -> None:
    """Note a new space with the key of its database."""
    db.execute(_ADD, rows.values(record))


def space(db: Connection, space: bytes) -> SpaceRecord | None:
    """One space, or None."""
    row = db.execute(_ONE, {"space": space}).fetchone()
    return None if row is None else rows.build(SpaceRecord, row)


def spaces(db: Connection) -> list[SpaceRecord]:
    """Every space of this device, wiped ones too, oldest first."""
    return [rows.build(SpaceRecord, row) for row in db.execute(_ALL).fetchall()]


def update_space(db: Connection, space: bytes, **columns: Any) -> None:
    """Set columns of a `SpaceRecord`.

    Raises:
        NotFoundError: no such space.
        BugError: no such column.
    """
    rows.update(db, "space", SpaceRecord, space, columns)


def forget_key(db: Connection, space: bytes) -> None:
    """Destroy the key of a space's database: the first step of a wipe, and the one that counts.

    The state becomes "closing"; "wiped" is set when `wipe.remaining` is empty.
    The page is overwritten by `secure_delete`; the write-ahead log still holds it until
    `connection.checkpoint(db)`, to be called right after the transaction.
    """
    db.execute(_FORGET, {"space": space})


def forget_epoch(db: Connection, space: bytes) -> None:
    """A database that is gone need not be recognised as an old copy any more."""
    db.execute(_FORGET_EPOCH, {"space": space})


def remove_space(db: Connection, space: bytes) -> None:
    """Drop a space that never came into being, its key with it; then `wipe.destroy` its files."""
    db.execute(_REMOVE, {"space": space})


def save_closed_devices(db: Connection, space: bytes, devices: Iterable[ClosedDevice]) -> None:
    """Keep who was in the space when it closed: exactly `devices`, all of the same space."""
    db.executemany(_SAVE_CLOSED, [{**rows.values(one), "space": space} for one in devices])


def closed_devices(db: Connection, space: bytes) -> list[ClosedDevice]:
    """Who was in a space when it closed."""
    found = db.execute(_CLOSED, {"space": space}).fetchall()
    return [rows.build(ClosedDevice, row) for row in found]


def save_wipe(  # noqa: PLR0913, PLR0917 - the columns of one row
    db: Connection,
    space: bytes,
    device: bytes,
    receipt: bytes,
    wiped_at: int,
    remaining: str,
    posted: bool,
) -> None:
    """Keep a wipe receipt, in place of an earlier one of the same device."""
    db.execute(
        _SAVE_WIPE,
        {
            "space": space,
            "device": device,
            "receipt": receipt,
            "wiped_at": wiped_at,
            "remaining": remaining,
            "posted": posted,
        },
    )


def wipes(db: Connection, space: bytes) -> list[WipeRecord]:
    """The wipe receipts of a space, in the order of their claimed times."""
    return [rows.build(WipeRecord, row) for row in db.execute(_WIPES, {"space": space}).fetchall()]


def unposted_wipes(db: Connection) -> list[WipeRecord]:
    """Receipts of this device that the store has not confirmed."""
    return [rows.build(WipeRecord, row) for row in db.execute(_UNPOSTED).fetchall()]


def mark_wipe_posted(db: Connection, space: bytes, receipt: bytes) -> None:
    """Note that the store has this receipt; a later one may be waiting already."""
    db.execute(_POSTED, {"space": space, "receipt": receipt})
