"""Checkpoints and proofs of the access log, for members.

Every answer is over rows that are in the tree already; asking for a checkpoint puts in what waits,
so that whatever the asker was answered before is under it. Spec: docs/protocol/72-access-log.md §3.
"""

from __future__ import annotations

from sqlalchemy import select, update

from centralstore import accesslog, sequencer, tiles
from centralstore.database import Transaction
from centralstore.errors import unknown
from centralstore.tables import ACCESS_LOG, LOG_HEAD
from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from protocol import codec
from protocol.api.logs import CheckpointReply, ConsistencyReply, OwnRowsReply, ProvenRow
from protocol.limits import MAX_LOG_ROWS


def head(tx: Transaction, key: StoreKey) -> CheckpointReply:
    """The newest checkpoint, over every row committed before."""
    while sequencer.sequence(tx):
        pass
    size = size_of(tx)
    signed = checkpoint.sign(key, Checkpoint(size=size, root=_tree(tx).root(size)))
    tx.conn.execute(update(LOG_HEAD).values(checkpoint=signed))
    return CheckpointReply(checkpoint=signed)


def consistency(tx: Transaction, first: int, second: int) -> ConsistencyReply:
    """The proof between two sizes the log had.

    Raises:
        NotFoundError: it never had them, or not in that order.
    """
    if not 0 < first <= second <= size_of(tx):
        raise unknown()
    return ConsistencyReply(path=_tree(tx).consistency(first, second))


def own_rows(tx: Transaction, first: int, size: int) -> OwnRowsReply:
    """The caller's rows from leaf `first` on, proven in the tree of `size` leaves.

    Raises:
        NotFoundError: the log never had that size.
    """
    if not 0 < size <= size_of(tx):
        raise unknown()
    table = ACCESS_LOG.c
    found = tx.conn.execute(
        select(ACCESS_LOG)
        .where(table.user_id == tx.user, table.leaf >= first, table.leaf < size)
        .order_by(table.leaf)
        .limit(MAX_LOG_ROWS)
    ).all()
    tree = _tree(tx)
    return OwnRowsReply(
        rows=tuple(
            ProvenRow(
                leaf=row.leaf,
                row=codec.encode(accesslog.row_of(row)),
                path=tree.inclusion(row.leaf, size),
            )
            for row in found
        )
    )


def size_of(tx: Transaction) -> int:
    """How many leaves the tree has."""
    return int(tx.conn.execute(select(LOG_HEAD.c.size)).scalar_one())


def _tree(tx: Transaction) -> tiles.Tree:
    return tiles.Tree(tiles.Table(tx.conn))
