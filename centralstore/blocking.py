"""Shutting a person or a device out, and letting them in again, by the operator's order.

Who is blocked cannot sign in, enrol or recover; sessions end at once. Nothing is erased and no
membership changes: that is for the person's own device list and for administrators of spaces.
Spec: docs/protocol/70-store.md §4.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from centralstore import authn, mailbox
from centralstore.database import Transaction
from centralstore.tables import ACCOUNT, BLOCKED, DEVICE
from protocol.errors import NotFoundError
from protocol.ids import DeviceId


def block_user(tx: Transaction, user: bytes) -> None:
    """Shut a person out, with every device.

    Raises:
        NotFoundError: nobody has that id.
    """
    tx.subject = user
    tx.hold(user)
    if tx.conn.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == user)).scalar() is None:
        raise NotFoundError("Nobody here has that id.")
    devices = mailbox.devices_of(tx, user)
    tx.hold(*devices)  # a sign-in that has begun ends before, and its session with it
    _block(tx, user)
    for device in devices:
        _end(tx, device)


def block_device(tx: Transaction, device: bytes) -> None:
    """Shut one device out.

    Raises:
        NotFoundError: no device has that id.
    """
    tx.subject = device
    tx.hold(device)
    if tx.conn.execute(select(DEVICE.c.id).where(DEVICE.c.id == device)).scalar() is None:
        raise NotFoundError("No device here has that id.")
    _block(tx, device)
    _end(tx, DeviceId(device))


def unblock(tx: Transaction, who: bytes) -> None:
    """Let a person or a device in again.

    Raises:
        NotFoundError: he is not blocked.
    """
    tx.subject = who
    if not tx.conn.execute(delete(BLOCKED).where(BLOCKED.c.id == who)).rowcount:
        raise NotFoundError("Nobody of that id is blocked.")


def _block(tx: Transaction, who: bytes) -> None:
    if not authn.blocked(tx, who):
        tx.conn.execute(insert(BLOCKED).values(id=who, since=tx.second))


def _end(tx: Transaction, device: DeviceId) -> None:
    authn.end_sessions(tx, device)
    tx.ended.append(device)
