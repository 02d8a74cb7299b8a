"""One ordered queue per device: envelopes in, envelopes out, bodies stored once.

Positions of a device's queue follow each other without a gap; a position that never arrives was
dropped (90 days, or a removal) and stands in `lost_delivery`. Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Integer, Row, bindparam, delete, func, insert, select, update

from centralstore.database import Transaction
from centralstore.errors import conflict, recipients_changed
from centralstore.tables import DELIVERY, DEVICE, LOST_DELIVERY, MEMBER, MESSAGE
from crypto import signatures
from crypto.signatures import StoreKey
from protocol.api.spaces import Delivery, MailboxReply, PostMessageRequest
from protocol.envelope import Envelope
from protocol.errors import ForgedError, MalformedError
from protocol.ids import DeviceId, MailboxId, SpaceId, mailbox_id
from protocol.limits import MAX_MAILBOX_PAGE
from protocol.receipts import StoreReceipt
from protocol.records import VERSION

_PAGE_BYTES: Final = 512 * 1024
_BATCH: Final = 500
_HERE = (MESSAGE.c.space_id == DELIVERY.c.space_id) & (
    MESSAGE.c.message_id == DELIVERY.c.message_id
)
_MINE = (DELIVERY.c.device_id == bindparam("device")) & (DELIVERY.c.position > bindparam("after"))
_KNOWN = select(MESSAGE.c.digest, MESSAGE.c.device_id, MESSAGE.c.receipt).where(
    MESSAGE.c.space_id == bindparam("space"), MESSAGE.c.message_id == bindparam("message")
)
_PAGE = (
    select(DELIVERY, MESSAGE.c.body)
    .join(MESSAGE, _HERE)
    .where(_MINE)
    .order_by(DELIVERY.c.position)
    .limit(bindparam("limit", type_=Integer))
)
_COUNT = select(func.count()).select_from(DELIVERY).where(_MINE)
_DEVICES = (
    select(DEVICE.c.id)
    .join(MEMBER, MEMBER.c.user_id == DEVICE.c.user_id)
    .where(
        MEMBER.c.space_id == bindparam("space"),
        MEMBER.c.left_seq.is_(None),
        DEVICE.c.revoked.is_(False),
    )
)
_CHOSEN = DEVICE.c.id.in_(bindparam("devices", expanding=True))
_ADVANCE = update(DEVICE).where(_CHOSEN).values(last_position=DEVICE.c.last_position + 1)
_POSITIONS = select(DEVICE.c.id, DEVICE.c.last_position).where(_CHOSEN)
_DELETE = delete(DELIVERY).where(
    DELIVERY.c.device_id == bindparam("device"),
    DELIVERY.c.position.in_(bindparam("positions", expanding=True)),
)
_THESE = (MESSAGE.c.space_id == bindparam("space")) & MESSAGE.c.message_id.in_(
    bindparam("messages", expanding=True)
)
_DELIVERED = (
    update(MESSAGE)
    .where(_THESE)
    .values(undelivered=MESSAGE.c.undelivered - bindparam("times", type_=Integer))
)
_FORGET_BODY = update(MESSAGE).where(_THESE, MESSAGE.c.undelivered <= 0).values(body=None)
_INSERT_MESSAGE = insert(MESSAGE)
_INSERT_DELIVERY = insert(DELIVERY)


def body_digest(body: bytes) -> bytes:
    """BLAKE2b-256 of a sealed body (person jitc1body), as clients compute it."""
    return hashlib.blake2b(body, digest_size=32, person=b"jitc1body").digest()


def post(tx: Transaction, space: SpaceId, request: PostMessageRequest, key: StoreKey) -> bytes:
    """Queue one message for every envelope's device; the signed receipt.

    The same message id with the same body again gives the first receipt again.

    Raises:
        BadInputError: `conflict`; the id is taken by another body or another sender.
        TryAgainError: `recipients-changed`; an envelope is for a device that is not in the space.
        ForgedError: an envelope states another sender's mailbox.
    """
    tx.subject = request.message
    digest = body_digest(request.body)
    known = tx.conn.execute(_KNOWN, {"space": space, "message": request.message}).one_or_none()
    if known is not None:
        if known.digest != digest or known.device_id != tx.device:
            raise conflict("Another message has that id.")
        return bytes(known.receipt)
    addressed = _addressed(tx, space, request.envelopes)
    receipt = signatures.sign_store(
        key,
        StoreReceipt(
            version=VERSION,
            space=space,
            item=request.message,
            subject=digest,
            stored_at=tx.second,
        ),
    )
    tx.conn.execute(
        _INSERT_MESSAGE,
        {
            "space_id": space,
            "message_id": request.message,
            "device_id": tx.device,
            "digest": digest,
            "receipt": receipt,
            "body": request.body if addressed else None,
            "undelivered": len(addressed),
            "stored_at": tx.second,
        },
    )
    _queue(tx, space, request.message, addressed)
    return receipt


def _addressed(
    tx: Transaction, space: SpaceId, envelopes: Iterable[bytes]
) -> dict[DeviceId, bytes]:
    mailboxes = {mailbox_id(space, device): device for device in devices(tx, space)}
    own = mailbox_id(space, tx.device)
    found: dict[DeviceId, bytes] = {}
    for packed in envelopes:
        envelope = Envelope.unpack(packed)
        if envelope.sender != own:
            raise ForgedError("An envelope states another sender.")
        device = mailboxes.get(MailboxId(envelope.to))
        if device is None:
            raise recipients_changed()
        if device in found or device == tx.device:
            raise MalformedError("Two envelopes for one device, or one for the sender itself.")
        found[device] = packed
    return found


def _queue(
    tx: Transaction, space: SpaceId, message: bytes, addressed: dict[DeviceId, bytes]
) -> None:
    if not addressed:
        return
    chosen = {"devices": list(addressed)}
    tx.conn.execute(_ADVANCE, chosen)
    rows = tx.conn.execute(_POSITIONS, chosen).all()
    tx.conn.execute(
        _INSERT_DELIVERY,
        [
            {
                "device_id": row.id,
                "position": row.last_position,
                "space_id": space,
                "message_id": message,
                "envelope": addressed[DeviceId(row.id)],
                "queued_at": tx.second,
            }
            for row in rows
        ],
    )
    for row in rows:
        tx.wake(DeviceId(row.id), space, "mailbox")


def page(tx: Transaction, after: int, limit: int) -> MailboxReply:
    """The caller's oldest deliveries after position `after`, at most `limit` and half a MiB."""
    mine = {"device": tx.device, "after": after}
    rows = tx.conn.execute(_PAGE, {**mine, "limit": min(limit, MAX_MAILBOX_PAGE)})
    found: list[Delivery] = []
    size = 0
    for row in rows:
        size += len(row.envelope) + len(row.body or b"")
        if found and size > _PAGE_BYTES:
            break
        found.append(_delivery(row))
    rows.close()
    if not found:
        return MailboxReply(deliveries=(), waiting=0)
    total = tx.conn.execute(_COUNT, mine).scalar_one()
    return MailboxReply(deliveries=tuple(found), waiting=int(total) - len(found))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        index=row.position,
        space=row.space_id,
        message=row.message_id,
        envelope=row.envelope,
        body=row.body or b"",
    )


def acknowledge(tx: Transaction, positions: Iterable[int]) -> None:
    """Forget deliveries the caller has stored; unknown positions are passed over."""
    wanted = [position for position in set(positions) if 0 <= position < 2**63]
    if not wanted:
        return
    mine = (DELIVERY.c.device_id == tx.device) & DELIVERY.c.position.in_(wanted)
    _drop(tx, tx.conn.execute(select(DELIVERY).where(mine)).all())


def empty(tx: Transaction, space: bytes, device: bytes) -> None:
    """Drop what waits for a removed member's device in one space."""
    mine = (DELIVERY.c.device_id == device) & (DELIVERY.c.space_id == space)
    rows = tx.conn.execute(select(DELIVERY).where(mine)).all()
    _note_lost(tx, rows, "removed")
    _drop(tx, rows)


def erase_space(tx: Transaction, space: bytes) -> None:
    """Drop every queue and body of a closed space."""
    rows = tx.conn.execute(select(DELIVERY).where(DELIVERY.c.space_id == space)).all()
    _note_lost(tx, rows, "closed")
    tx.conn.execute(delete(DELIVERY).where(DELIVERY.c.space_id == space))
    tx.conn.execute(
        update(MESSAGE).where(MESSAGE.c.space_id == space).values(body=None, undelivered=0)
    )


def expire(tx: Transaction, floor: int) -> int:
    """Drop deliveries queued at or before `floor`, leaving tombstones; how many."""
    rows = tx.conn.execute(
        select(DELIVERY).where(DELIVERY.c.queued_at <= floor).limit(_BATCH)
    ).all()
    _note_lost(tx, rows, "expired")
    _drop(tx, rows)
    tx.conn.execute(delete(MESSAGE).where(MESSAGE.c.stored_at <= floor, MESSAGE.c.undelivered == 0))
    return len(rows)


def devices(tx: Transaction, space: bytes) -> list[DeviceId]:
    """The devices of a space's current members."""
    found = tx.conn.execute(_DEVICES, {"space": space})
    return [DeviceId(device) for device in found.scalars()]


def devices_of(tx: Transaction, user: bytes) -> list[DeviceId]:
    """The devices of one person."""
    found = tx.conn.execute(
        select(DEVICE.c.id).where(DEVICE.c.user_id == user, DEVICE.c.revoked.is_(False))
    )
    return [DeviceId(device) for device in found.scalars()]


def _drop(tx: Transaction, rows: Iterable[Row[Any]]) -> None:
    """Delete deliveries, and the bodies that nobody waits for any more."""
    positions: dict[bytes, list[int]] = {}
    count: Counter[tuple[bytes, bytes]] = Counter()
    for row in rows:
        positions.setdefault(row.device_id, []).append(row.position)
        count[row.space_id, row.message_id] += 1
    for device, gone in positions.items():
        tx.conn.execute(_DELETE, {"device": device, "positions": gone})
    alike: dict[tuple[bytes, int], list[bytes]] = {}
    for (space, message), times in count.items():
        alike.setdefault((space, times), []).append(message)
    for (space, times), messages in alike.items():
        which = {"space": space, "messages": messages}
        tx.conn.execute(_DELIVERED, {**which, "times": times})
        tx.conn.execute(_FORGET_BODY, which)


def _note_lost(tx: Transaction, rows: Iterable[Row[Any]], reason: str) -> None:
    lost = [
        {
            "device_id": row.device_id,
            "position": row.position,
            "space_id": row.space_id,
            "message_id": row.message_id,
            "reason": reason,
            "lost_at": tx.second,
        }
        for row in rows
    ]
    if lost:
        tx.conn.execute(insert(LOST_DELIVERY), lost)
