"""One ordered queue per device: envelopes out, and gone when taken. In: posting.py.

Positions of a device's queue follow each other without a gap; a position that never arrives was
dropped (90 days, or a removal) and stands in `lost_delivery`. Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    select,
    tuple_,
    update,
)

from centralstore import pipelined
from centralstore.database import Transaction
from centralstore.prepared import Prepared, Row
from centralstore.steps import Question, Steps
from centralstore.tables import ADDRESSED, DELIVERY, DEVICE, LOST_DELIVERY, MEMBER, MESSAGE
from protocol.api.spaces import Delivery, MailboxReply
from protocol.ids import DeviceId
from protocol.limits import MAX_MAILBOX_PAGE, MAX_WAITING_COUNTED

_PAGE_BYTES: Final = 512 * 1024
_BATCH: Final = 500
_HERE = (MESSAGE.c.space_id == DELIVERY.c.space_id) & (
    MESSAGE.c.message_id == DELIVERY.c.message_id
)
_MINE = (DELIVERY.c.device_id == bindparam("device")) & (DELIVERY.c.position > bindparam("after"))
# Pages and counts are cut by numbers, not by LIMIT: a planner that takes every queue for a short
# one reads and sorts all of it to give the first fifty. Numbers follow each other, so that a window
# of as many holds as many; where some are gone it holds fewer, and what lies behind is seen.
_ENDS = select(
    select(func.min(DELIVERY.c.position)).where(_MINE).scalar_subquery().label("first"),
    select(func.max(DELIVERY.c.position)).where(_MINE).scalar_subquery().label("last"),
).subquery("ends")
_WINDOW = (DELIVERY.c.device_id == bindparam("device")) & DELIVERY.c.position.between(
    _ENDS.c.first, _ENDS.c.first + bindparam("limit", type_=Integer) - 1
)
_PAGE = Prepared(
    select(DELIVERY, MESSAGE.c.body, _ENDS.c.last)
    .select_from(_ENDS.join(DELIVERY, _WINDOW).join(MESSAGE, _HERE))
    .order_by(DELIVERY.c.position)
)
_COUNT = Prepared(
    select(func.count(DELIVERY.c.position).label("count")).select_from(
        _ENDS.join(DELIVERY, _WINDOW)
    )
)
_ALL_DEVICES = (
    select(DEVICE.c.id, DEVICE.c.revoked)
    .join(MEMBER, MEMBER.c.user_id == DEVICE.c.user_id)
    .where(MEMBER.c.space_id == bindparam("space"), MEMBER.c.left_seq.is_(None))
)
_DEVICES = Prepared(_ALL_DEVICES.where(DEVICE.c.revoked.is_(False)))
_ADDRESSABLE = Prepared(_ALL_DEVICES)
_WHICH = (DELIVERY.c.device_id, DELIVERY.c.position, DELIVERY.c.space_id, DELIVERY.c.message_id)
_TAKEN = Prepared(
    delete(DELIVERY)
    .where(
        DELIVERY.c.device_id == bindparam("device"),
        DELIVERY.c.position.in_(bindparam("positions", expanding=True)),
    )
    .returning(*_WHICH)
)
_THESE = (MESSAGE.c.space_id == bindparam("space")) & MESSAGE.c.message_id.in_(
    bindparam("messages", expanding=True)
)
_KEEP_IN_ORDER: Final = (
    "SELECT 1 FROM message JOIN unnest(%(spaces)b::BYTEA[], %(messages)b::BYTEA[]) AS k(s, m)"
    " ON message.space_id = k.s AND message.message_id = k.m"
    " ORDER BY k.s, k.m FOR NO KEY UPDATE OF message"
)
_TIMES = bindparam("times", type_=Integer)
_LESS = {
    "undelivered": MESSAGE.c.undelivered - _TIMES,
    # What nobody waits for any more goes with the last who did.
    "body": case((MESSAGE.c.undelivered > _TIMES, MESSAGE.c.body), else_=null()),
}
_DELIVERED = Prepared(update(MESSAGE).where(_THESE).values(_LESS))
_DELIVERED_EACH = Prepared(
    update(MESSAGE)
    .where(MESSAGE.c.space_id == bindparam("space"), MESSAGE.c.message_id == bindparam("message"))
    .values(_LESS)
)
_OVER = (
    select(MESSAGE.c.space_id, MESSAGE.c.message_id)
    .where(MESSAGE.c.stored_at <= bindparam("floor"), MESSAGE.c.undelivered <= 0)
    .limit(_BATCH)
)
_FORGET_ADDRESSED = delete(ADDRESSED).where(
    ADDRESSED.c.space_id == bindparam("space"),
    ADDRESSED.c.message_id.in_(bindparam("messages", expanding=True)),
)
_FORGET_MESSAGES = delete(MESSAGE).where(_THESE)


def page(tx: Transaction, after: int, limit: int) -> Steps[MailboxReply]:
    """The caller's oldest deliveries after position `after`, at most `limit` and half a MiB."""
    limit = min(limit, MAX_MAILBOX_PAGE)
    rows = yield Question(_PAGE, _asked(tx.device, after, limit))
    found: list[Delivery] = []
    size = 0
    for row in rows:
        size += len(row.envelope) + len(row.body or b"")
        if found and size > _PAGE_BYTES:
            break
        found.append(_delivery(row))
    if not rows or found[-1].index == rows[-1].last:
        return MailboxReply(deliveries=tuple(found), waiting=0)
    # Of a long queue only the beginning is counted: else each page of it would cost all of it.
    ((count,),) = yield Question(_COUNT, _asked(tx.device, found[-1].index, MAX_WAITING_COUNTED))
    return MailboxReply(deliveries=tuple(found), waiting=int(count))


def ahead(tx: Transaction, device: DeviceId, after: int, limit: int) -> None:
    """Send what `page` will ask for this device."""
    tx.ahead(_PAGE, _asked(device, after, min(limit, MAX_MAILBOX_PAGE)))


def _asked(device: DeviceId, after: int, limit: int) -> dict[str, object]:
    return {"device": device, "after": after, "limit": limit}


def _delivery(row: Row) -> Delivery:
    return Delivery(
        index=row.position,
        space=row.space_id,
        message=row.message_id,
        envelope=row.envelope,
        body=row.body or b"",
    )


def acknowledge(tx: Transaction, positions: Iterable[int]) -> Steps[None]:
    """Forget deliveries the caller has stored; unknown positions are passed over."""
    wanted = [position for position in set(positions) if 0 <= position < 2**63]
    if not wanted:
        return
    tx.last(_release, (yield Question(_TAKEN, {"device": tx.device, "positions": wanted})))


def empty(tx: Transaction, space: bytes, device: bytes) -> None:
    """Drop what waits for a removed member's device in one space."""
    mine = (DELIVERY.c.device_id == device) & (DELIVERY.c.space_id == space)
    drop(tx, mine, "removed")


def forget(tx: Transaction, device: bytes) -> None:
    """Drop everything that waits for a revoked device."""
    drop(tx, DELIVERY.c.device_id == device, "revoked")


def erase_space(tx: Transaction, space: bytes) -> None:
    """Drop every queue and body of a closed space."""
    gone = delete(DELIVERY).where(DELIVERY.c.space_id == space).returning(*_WHICH)
    _note_lost(tx, tx.conn.execute(gone).all(), "closed")
    tx.conn.execute(
        update(MESSAGE).where(MESSAGE.c.space_id == space).values(body=None, undelivered=0)
    )
    tx.conn.execute(delete(ADDRESSED).where(ADDRESSED.c.space_id == space))


def expire(tx: Transaction, floor: int) -> int:
    """Drop deliveries queued at or before `floor`, leaving tombstones; how many."""
    place = (DELIVERY.c.device_id, DELIVERY.c.position)
    oldest = select(*place).where(DELIVERY.c.queued_at <= floor).limit(_BATCH)
    count = drop(tx, tuple_(*place).in_(oldest), "expired")
    _forget_messages(tx, floor)
    return count


def _forget_messages(tx: Transaction, floor: int) -> None:
    """Drop messages that nothing refers to, and who had them: no repetition comes any more."""
    alike: dict[bytes, list[bytes]] = {}
    for row in tx.conn.execute(_OVER, {"floor": floor}):
        alike.setdefault(row.space_id, []).append(row.message_id)
    for space, messages in alike.items():
        which = {"space": space, "messages": messages}
        tx.conn.execute(_FORGET_ADDRESSED, which)
        tx.conn.execute(_FORGET_MESSAGES, which)


def devices(tx: Transaction, space: bytes) -> list[DeviceId]:
    """The devices of a space's current members, without revoked ones."""
    return [DeviceId(row.id) for row in _DEVICES.rows(tx.conn, {"space": space})]


def addressable(space: bytes) -> Steps[dict[DeviceId, bool]]:
    """The devices of a space's current members, also revoked ones: whether each still receives."""
    found = yield Question(_ADDRESSABLE, {"space": space})
    return {DeviceId(row.id): not row.revoked for row in found}


def addressable_ahead(tx: Transaction, space: bytes) -> None:
    """Send what `addressable` will ask."""
    tx.ahead(_ADDRESSABLE, {"space": space})


def devices_of(tx: Transaction, user: bytes) -> list[DeviceId]:
    """The devices of one person, without revoked ones."""
    found = tx.conn.execute(
        select(DEVICE.c.id).where(DEVICE.c.user_id == user, DEVICE.c.revoked.is_(False))
    )
    return [DeviceId(device) for device in found.scalars()]


def drop(tx: Transaction, which: ColumnElement[bool], reason: str) -> int:
    """Delete deliveries that were not taken, noting why; how many there were."""
    rows = tx.conn.execute(delete(DELIVERY).where(which).returning(*_WHICH)).all()
    _note_lost(tx, rows, reason)
    _release(tx, rows)
    return len(rows)


def _release(tx: Transaction, rows: Sequence[Row]) -> None:
    """Of deliveries that this transaction deleted: forget the bodies nobody waits for any more."""
    count = Counter((row.space_id, row.message_id) for row in rows)
    if len(count) > 1 and tx.conn.dialect.name == "postgresql":
        _release_many(tx, count)
        return
    alike: dict[tuple[bytes, int], list[bytes]] = {}
    for (space, message), times in count.items():
        alike.setdefault((space, times), []).append(message)
    for (space, times), messages in alike.items():
        _DELIVERED.do(tx.conn, {"space": space, "messages": messages, "times": times})


def _release_many(tx: Transaction, count: Counter[tuple[bytes, bytes]]) -> None:
    """The same of several messages, kept in one order: their recipients do so at the same time."""
    these = sorted(count)
    named = {"spaces": [space for space, _ in these], "messages": [one for _, one in these]}
    pipelined.run(tx.conn, _KEEP_IN_ORDER, named)
    _DELIVERED_EACH.each(
        tx.conn,
        [{"space": space, "message": one, "times": count[space, one]} for space, one in these],
    )


def _note_lost(tx: Transaction, rows: Iterable[Row], reason: str) -> None:
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
