"""Slots in which a person's devices meet to link a further one: one request in, one grant out.

The store carries both and can read neither. Whoever knows a slot's random id may look into it: the
new device has no session yet. Spec: docs/protocol/21-linking.md, docs/protocol/70-store.md §3.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from centralstore import authn
from centralstore.database import Transaction
from centralstore.errors import conflict, unknown
from centralstore.tables import LINK
from protocol.api.accounts import LinkReply
from protocol.errors import MalformedError
from protocol.limits import LINK_SECONDS


def begin(tx: Transaction, slot: bytes) -> LinkReply:
    """Open an empty slot for LINK_SECONDS; an earlier one of the same device is closed by it.

    The same slot again (a lost answer) succeeds again and prolongs nothing.

    Raises:
        BadInputError: `conflict`; another device has a slot of that id.
    """
    tx.subject = slot
    tx.hold(tx.device)
    authn.present(tx)
    sweep(tx)
    found = _found(tx, slot)
    if found is None:
        forget(tx, tx.device)
        tx.conn.execute(
            insert(LINK).values(
                slot=slot,
                user_id=tx.user,
                device_id=tx.device,
                request=b"",
                sealed_grant=b"",
                expires_at=tx.second + LINK_SECONDS,
            )
        )
    elif found.device_id != tx.device:
        raise conflict("Another slot has that id.")
    return look(tx, slot)


def look(tx: Transaction, slot: bytes) -> LinkReply:
    """What was left in a slot so far.

    Raises:
        NotFoundError: there is none of that id, or its time is over.
    """
    tx.subject = slot
    found = _found(tx, slot)
    if found is None:
        raise unknown()
    return LinkReply(request=found.request, grant=found.sealed_grant, user=found.user_id)


def put_request(tx: Transaction, slot: bytes, data: bytes) -> None:
    """Leave the new device's request, once; the very same again is a lost answer.

    Raises:
        NotFoundError: there is no such slot.
        BadInputError: `conflict`; somebody left another request there.
    """
    tx.subject = slot
    found = _found(tx, slot, alone=True)
    if found is None:
        raise unknown()
    _put(tx, slot, bytes(found.request), data, request=data)


def put_grant(tx: Transaction, slot: bytes, data: bytes) -> None:
    """Leave the grant, once, in the caller's own slot; the very same again is a lost answer.

    Raises:
        NotFoundError: no such slot, or another device's.
        BadInputError: `conflict`; nobody asked yet, or another grant is there.
    """
    tx.subject = slot
    found = _found(tx, slot, alone=True)
    if found is None or found.device_id != tx.device:
        raise unknown()
    if not found.request:
        raise conflict("No device has asked to be linked yet.")
    _put(tx, slot, bytes(found.sealed_grant), data, sealed_grant=data)


def end(tx: Transaction, slot: bytes) -> None:
    """Close a slot of the caller's person: withdrawn by who opened it, or done with by who came.

    What is no slot of his is passed over: the answer is the same.
    """
    tx.subject = slot
    done = tx.conn.execute(delete(LINK).where(LINK.c.slot == slot, LINK.c.user_id == tx.user))
    if done.rowcount:
        tx.changed.append(slot)


def forget(tx: Transaction, device: bytes) -> None:
    """Close the slot that a device has open."""
    mine = LINK.c.device_id == device
    tx.changed += tx.conn.execute(select(LINK.c.slot).where(mine)).scalars().all()
    tx.conn.execute(delete(LINK).where(mine))


def sweep(tx: Transaction) -> None:
    """Forget the slots whose time is over."""
    tx.conn.execute(delete(LINK).where(LINK.c.expires_at <= tx.second))


def _found(tx: Transaction, slot: bytes, *, alone: bool = False) -> Row[Any] | None:
    here = select(LINK).where(LINK.c.slot == slot, LINK.c.expires_at > tx.second)
    if alone:
        here = here.with_for_update()
    return tx.conn.execute(here).one_or_none()


def _put(tx: Transaction, slot: bytes, there: bytes, data: bytes, **values: bytes) -> None:
    if not data:
        raise MalformedError("What is left in a slot is not empty.")
    if there and there != data:
        raise conflict("Something else was left in this slot already.")
    tx.conn.execute(update(LINK).where(LINK.c.slot == slot).values(**values))
    tx.changed.append(slot)
