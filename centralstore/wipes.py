"""Wipe receipts: what devices state they did with a space, kept for its last members.

Spec: docs/protocol/70-store.md §6, docs/protocol/60-receipts.md.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from centralstore import authn, mailbox
from centralstore.access import Entered
from centralstore.database import Transaction
from centralstore.tables import WIPE
from crypto import signatures
from protocol.errors import ForgedError
from protocol.limits import MAX_DEVICES_PER_SPACE, MAX_RECORD_BYTES
from protocol.receipts import Receipt, ReceiptKind


def post(tx: Transaction, entered: Entered, signed: bytes) -> None:
    """Keep the calling device's receipt; a later one of the same device takes its place.

    Later is what its chain says (`device_seq`); the same once more changes nothing.

    Raises:
        ForgedError: not signed by the calling device, for another space, or no wipe receipt.
    """
    receipt = signatures.verify(
        signed, authn.device_key(tx), Receipt, signer=tx.device, limit=MAX_RECORD_BYTES
    )
    if receipt.kind is not ReceiptKind.WIPED or receipt.space != entered.space:
        raise ForgedError("This is not a wipe receipt of this space.")
    if receipt.device != tx.device:
        raise ForgedError("A wipe receipt is handed in by the device that wiped.")
    here = (WIPE.c.space_id == entered.space) & (WIPE.c.device_id == tx.device)
    kept = tx.conn.execute(select(WIPE.c.signed).where(here)).scalar_one_or_none()
    values = {"signed": signed, "posted_at": tx.second}
    if kept is None:
        row = {"space_id": entered.space, "device_id": tx.device, **values}
        tx.conn.execute(insert(WIPE).values(row))
    elif receipt.device_seq > signatures.peek(kept, Receipt).device_seq:
        tx.conn.execute(update(WIPE).where(here).values(values))
    else:
        return
    for device in mailbox.devices(tx, entered.space):
        tx.wake(device, entered.space, "wipe")


def receipts(tx: Transaction, entered: Entered) -> tuple[bytes, ...]:
    """The receipts handed in so far, oldest first."""
    found = tx.conn.execute(
        select(WIPE.c.signed)
        .where(WIPE.c.space_id == entered.space)
        .order_by(WIPE.c.posted_at, WIPE.c.device_id)
        .limit(MAX_DEVICES_PER_SPACE)
    )
    return tuple(found.scalars())
