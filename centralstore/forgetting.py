"""What goes by the year: rows of the access log after three, what closed spaces left after five.

Each step is a transaction of its own, logged, and may be repeated. Of forgotten log rows the hashes
stay, so that the tree of everything before and after can still be proven. Spec:
docs/protocol/70-store.md §6, docs/protocol/72-access-log.md §7.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from centralstore import accesslog, retention
from centralstore.accesslog import Access
from centralstore.database import Transaction
from centralstore.logaudit import PRUNE
from centralstore.tables import (
    ACCESS_LOG,
    ADDRESSED,
    DELIVERY,
    DOOMED,
    FILE,
    FILE_RECIPIENT,
    LOG_ENTRY,
    LOG_HEAD,
    LOST_DELIVERY,
    MEMBER,
    MESSAGE,
    PART,
    SPACE,
    WIPE,
)

_BATCH = 5_000
_OF_A_SPACE = (
    LOG_ENTRY, MEMBER, MESSAGE, ADDRESSED, DELIVERY, LOST_DELIVERY, FILE, FILE_RECIPIENT, PART,
    WIPE,
)  # fmt: skip


def prune_log(tx: Transaction) -> int:
    """Forget a batch of log rows whose three years are over; how many. Nothing while it is held."""
    head = tx.conn.execute(select(LOG_HEAD).with_for_update()).one()
    if head.held_until > tx.second:
        return 0
    bound = prunable(tx)
    if bound <= head.pruned:
        return 0
    bound = min(bound, head.pruned + _BATCH)
    gone = (ACCESS_LOG.c.leaf >= 0) & (ACCESS_LOG.c.leaf < bound)
    tx.conn.execute(delete(ACCESS_LOG).where(gone))
    tx.conn.execute(update(LOG_HEAD).values(pruned=bound))
    _log(tx, PRUNE, f"below={bound}")
    return int(bound - head.pruned)


def prunable(tx: Transaction) -> int:
    """Leaves below this may be forgotten: none from it on is old enough."""
    floor = accesslog.stamp(retention.log_floor(tx.second))
    first = tx.conn.execute(
        select(ACCESS_LOG.c.leaf)
        .where(ACCESS_LOG.c.leaf >= 0, ACCESS_LOG.c.at >= floor)
        .order_by(ACCESS_LOG.c.leaf)
        .limit(1)
    ).scalar()
    if first is not None:
        return int(first)
    return int(tx.conn.execute(select(LOG_HEAD.c.size)).scalar_one())


def hold_log(tx: Transaction, until: int) -> None:
    """Forget no row before `until`: a monitoring procedure has begun (R25.4). 0 ends it."""
    tx.conn.execute(update(LOG_HEAD).values(held_until=until))


def forget_space(tx: Transaction) -> bool:
    """Forget one closed space whose time is over: log, members, tombstones, wipe receipts."""
    space = tx.conn.execute(
        select(SPACE.c.id)
        .where(
            SPACE.c.closed_at <= retention.closed_floor(tx.second),
            SPACE.c.created_at <= retention.space_floor(tx.second),
            ~select(DOOMED.c.prefix).where(DOOMED.c.space_id == SPACE.c.id).exists(),
        )
        .order_by(SPACE.c.created_at)
        .limit(1)
    ).scalar()
    if space is None:
        return False
    tx.hold(space)
    for table in _OF_A_SPACE:
        tx.conn.execute(delete(table).where(table.c.space_id == space))
    tx.conn.execute(delete(SPACE).where(SPACE.c.id == space))
    _log(tx, "space.forget", "expired", space)
    return True


def _log(tx: Transaction, operation: str, result: str, space: bytes = b"") -> None:
    access = Access(now=tx.now, operation=operation, result=result, space=space, subject=space)
    accesslog.record(tx.conn, tx.sealer, access)
