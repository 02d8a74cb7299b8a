"""The devices of people: known by the newest device list, and gone for good when it drops them.

Spec: docs/protocol/70-store.md §3.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select, update

from centralstore import authn, links, mailbox, prekeys
from centralstore.database import Transaction
from centralstore.errors import conflict
from centralstore.tables import DEVICE
from protocol import codec
from protocol.api.accounts import OwnDeviceRow
from protocol.devicelist import DeviceList
from protocol.ids import DeviceId
from protocol.limits import MAX_DEVICES_PER_USER, MAX_REVOKED


def own(tx: Transaction) -> tuple[OwnDeviceRow, ...]:
    """The caller's devices, present ones first, and when each signed in last."""
    rows = tx.conn.execute(
        select(DEVICE.c.id, DEVICE.c.last_seen, DEVICE.c.revoked)
        .where(DEVICE.c.user_id == tx.user)
        .order_by(DEVICE.c.revoked, DEVICE.c.last_seen.desc().nulls_last(), DEVICE.c.id)
        .limit(MAX_DEVICES_PER_USER + MAX_REVOKED)
    )
    return tuple(
        OwnDeviceRow(device=row.id, last_seen=row.last_seen, revoked=row.revoked) for row in rows
    )


def add(tx: Transaction, found: DeviceList) -> None:
    """Make the devices of a list known.

    Raises:
        BadInputError: `conflict`; an id that is known with another key, or was revoked.
    """
    ids = [entry.device for entry in found.devices]
    known = {row.id: row for row in tx.conn.execute(select(DEVICE).where(DEVICE.c.id.in_(ids)))}
    for entry in found.devices:
        signing = codec.encode(entry.signing)
        old = known.get(entry.device)
        if old is None:
            tx.conn.execute(
                insert(DEVICE).values(
                    id=entry.device,
                    user_id=found.user,
                    signing=signing,
                    revoked=False,
                    last_position=0,
                )
            )
        elif old.user_id != found.user or old.signing != signing or old.revoked:
            raise conflict("A device of that id is known with another key, or was revoked.")


def revoke_absent(tx: Transaction, found: DeviceList) -> None:
    """Who is not on his person's list any more loses everything that was kept for him here."""
    revoke_others(tx, found.user, {entry.device for entry in found.devices})


def revoke_others(tx: Transaction, user: bytes, kept: Collection[bytes] = ()) -> None:
    """Revoke every device of a person but those `kept`."""
    gone = [device for device in mailbox.devices_of(tx, user) if device not in kept]
    tx.hold(*gone)
    for device in gone:
        revoke(tx, device)


def revoke(tx: Transaction, device: DeviceId) -> None:
    """Sign a device out for good and erase what is kept for it."""
    tx.conn.execute(update(DEVICE).where(DEVICE.c.id == device).values(revoked=True))
    authn.end_sessions(tx, device)
    prekeys.forget(tx, device)
    mailbox.forget(tx, device)
    links.forget(tx, device)
    tx.ended.append(device)
