"""Wipe receipts: what devices state they did with a space, kept for its last members.

Spec: docs/protocol/70-store.md §6, docs/protocol/60-receipts.md.
"""

from __future__ import annotations

from sqlalchemy import insert, select

from centralstore import authn, mailbox
from centralstore.access import Entered
from centralstore.database import Transaction
from centralstore.tables import WIPE
from crypto import signatures
from protocol.errors import ForgedError
from protocol.limits import MAX_DEVICES_PER_SPACE, MAX_RECORD_BYTES
from protocol.receipts import Receipt, ReceiptKind


def post(tx: Transaction, entered: Entered, signed: bytes) -> None:
    """Keep the calling device's receipt; a second one of the same device changes nothing.

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
    if tx.conn.execute(select(WIPE.c.device_id).where(here)).one_or_none() is not None:
        return
    tx.conn.execute(
        insert(WIPE).values(
            space_id=entered.space, device_id=tx.device, signed=signed, posted_at=tx.second
        )
    )
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
