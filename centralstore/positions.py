"""The next position in each device's queue, where there is room for it.

`waiting` and `waiting_bytes` of a device grow with every delivery and are never too small: what was
taken since is left out only when a queue seems full, and then both are counted anew. So neither
taking messages nor queueing them pays for the counting. A queue that was found to be full is not
counted again for RECOUNT_SECONDS, and takes more when a tenth of the quota is free.
Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import BigInteger, bindparam, func, or_, select, update

from centralstore.database import Transaction
from centralstore.prepared import Prepared
from centralstore.quotas import MailboxQuota
from centralstore.steps import Question, Steps
from centralstore.tables import DELIVERY, DEVICE, MESSAGE
from protocol.ids import DeviceId, UserId

RECOUNT_SECONDS: Final = 60
_NO_LIMIT: Final = 2**62

_THESE = DEVICE.c.id.in_(bindparam("devices", expanding=True)) & DEVICE.c.revoked.is_(False)
_SIZE = bindparam("size", type_=BigInteger)
_ADVANCE = Prepared(
    update(DEVICE)
    .where(
        _THESE,
        DEVICE.c.full_at == 0,
        DEVICE.c.waiting < bindparam("most", type_=BigInteger),
        DEVICE.c.waiting_bytes < bindparam("most_bytes", type_=BigInteger),
    )
    .values(
        last_position=DEVICE.c.last_position + 1,
        waiting=DEVICE.c.waiting + 1,
        waiting_bytes=DEVICE.c.waiting_bytes + _SIZE,
    )
    .returning(DEVICE.c.id, DEVICE.c.user_id, DEVICE.c.last_position)
)
_RECEIVING = Prepared(select(DEVICE.c.id).where(_THESE))
_MINE = DELIVERY.c.device_id == DEVICE.c.id
_BODY = (MESSAGE.c.space_id == DELIVERY.c.space_id) & (
    MESSAGE.c.message_id == DELIVERY.c.message_id
)
_BYTES = func.sum(func.length(DELIVERY.c.envelope) + func.coalesce(func.length(MESSAGE.c.body), 0))
_DUE = _THESE & or_(
    DEVICE.c.full_at <= bindparam("before", type_=BigInteger),
    DEVICE.c.full_at > bindparam("now", type_=BigInteger),
)
_TO_RECOUNT = Prepared(select(DEVICE.c.id).where(_DUE))
_RECOUNT = Prepared(
    update(DEVICE)
    .where(_DUE)
    .values(
        waiting=select(func.count()).select_from(DELIVERY).where(_MINE).scalar_subquery(),
        waiting_bytes=select(func.coalesce(_BYTES, 0))
        .select_from(DELIVERY.join(MESSAGE, _BODY))
        .where(_MINE)
        .scalar_subquery(),
        full_at=0,
    )
    .returning(DEVICE.c.id)
)
_FULL = Prepared(update(DEVICE).where(_THESE).values(full_at=bindparam("now", type_=BigInteger)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """By device, whose it is and its position; and whose queues are full. Neither: revoked."""

    places: dict[DeviceId, tuple[UserId, int]] = field(default_factory=dict)
    full: tuple[DeviceId, ...] = ()


def give(
    tx: Transaction, devices: Collection[DeviceId], size: int, quota: MailboxQuota
) -> Steps[Given]:
    """One further position in each queue for a delivery of `size` bytes at most.

    A queue takes it while less than the quota waits there, so that an empty one takes anything.
    """
    if not devices:
        return Given()
    tx.hold(*devices)
    given = yield from _advance(devices, size, (quota.messages, quota.bytes))
    left = [device for device in devices if device not in given]
    if not left:
        return Given(places=given)
    due = {"devices": left, "now": tx.second, "before": tx.second - RECOUNT_SECONDS}
    if tx.beside and (yield Question(_TO_RECOUNT, due)):
        tx.alone()  # what the others are queueing has a position, but cannot be counted yet
    if counted := [DeviceId(row.id) for row in (yield Question(_RECOUNT, due))]:
        roomy = (quota.messages - quota.messages // 10, quota.bytes - quota.bytes // 10)
        given |= yield from _advance(counted, size, roomy)
        if full := [device for device in counted if device not in given]:
            _FULL.do(tx.conn, {"devices": full, "now": tx.second})
        left = [device for device in left if device not in given]
    full_or_gone = (yield Question(_RECEIVING, {"devices": left})) if left else ()
    return Given(places=given, full=tuple(DeviceId(row.id) for row in full_or_gone))


def _advance(
    devices: Collection[DeviceId], size: int, most: tuple[int, int]
) -> Steps[dict[DeviceId, tuple[UserId, int]]]:
    """The next positions where less than so many deliveries and bytes wait; 0 is no limit."""
    count, size_of_all = most
    values = {
        "devices": list(devices),
        "size": size,
        "most": count or _NO_LIMIT,
        "most_bytes": size_of_all or _NO_LIMIT,
    }
    rows = yield Question(_ADVANCE, values)
    return {DeviceId(row.id): (UserId(row.user_id), row.last_position) for row in rows}
