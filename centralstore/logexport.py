"""Writing an export of the access log: its rows, their proofs, the signed head, who asked and why.

A space's rows are those with its id, by number; without a space they are all rows, by leaf. The
period picks the first and the last; whatever stands between is in it, so that the numbers of an
export have no gap. Spec: docs/protocol/72-access-log.md §5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from centralstore import accesslog, tiles
from centralstore.tables import ACCESS_LOG
from crypto import checkpoint, signatures
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from protocol import logexport
from protocol.accesslog import LogSeal
from protocol.errors import NotFoundError
from protocol.logexport import Continued, ExportEnd, ExportHead
from protocol.records import VERSION

_ROWS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows, for whom and why; times are seconds since 1970 UTC, `until` is not included."""

    space: bytes
    since: float
    until: float
    requester: str
    reason: str
    exporter: str
    exported_by: bytes
    now: float
    seen: Sequence[Checkpoint] = ()


def write(
    conn: Connection, wanted: Wanted, signed: str, key: StoreKey, sink: Callable[[bytes], object]
) -> int:
    """Write every line to `sink`; how many rows there are.

    Args:
        conn: a moment of the database in which `signed` was made already.
        wanted: what was asked for.
        signed: the checkpoint under which the rows are proven.
        key: the store's.
        sink: takes the bytes.

    Raises:
        NotFoundError: the log has no such row, or never was as somebody says to have seen it.
    """
    head = checkpoint.verify(signed, key.public)
    tree, digest = tiles.Tree(tiles.Table(conn)), hashlib.sha256()

    def line(message: msgspec.Struct) -> None:
        data = msgspec.json.encode(message) + b"\n"
        digest.update(data)
        sink(data)

    line(_head(tree, wanted, signed, head))
    count = 0
    rows = _rows(conn, wanted, head.size)
    for found in conn.execute(rows, execution_options={"yield_per": _ROWS}):
        path = tree.inclusion(found.leaf, head.size)
        line(logexport.line_of(accesslog.row_of(found), found.leaf, path))
        count += 1
    seal = LogSeal(version=VERSION, digest=digest.digest(), rows=count, sealed_at=int(wanted.now))
    sink(msgspec.json.encode(ExportEnd(seal=signatures.sign_store(key, seal))) + b"\n")
    return count


def _head(tree: tiles.Tree, wanted: Wanted, signed: str, head: Checkpoint) -> ExportHead:
    for one in wanted.seen:
        if not 0 < one.size <= head.size:
            raise NotFoundError(f"The log never had the {one.size} rows that somebody saw.")
    return ExportHead(
        schema=logexport.SCHEMA,
        space=wanted.space.hex(),
        since=accesslog.stamp(wanted.since),
        until=accesslog.stamp(wanted.until),
        requester=wanted.requester,
        reason=wanted.reason,
        exported_by=wanted.exported_by.hex(),
        exporter=wanted.exporter,
        exported_at=accesslog.stamp(wanted.now),
        checkpoint=signed,
        seen=tuple(
            Continued(size=one.size, path=tree.consistency(one.size, head.size))
            for one in wanted.seen
        ),
    )


def _rows(conn: Connection, wanted: Wanted, size: int) -> Any:
    table = ACCESS_LOG.c
    order = table.number if wanted.space else table.leaf
    among: ColumnElement[bool] = (table.leaf >= 0) & (table.leaf < size)
    if wanted.space:
        among &= table.space_id == wanted.space
    period = (table.at >= accesslog.stamp(wanted.since)) & (
        table.at < accesslog.stamp(wanted.until)
    )
    first, last = conn.execute(select(func.min(order), func.max(order)).where(among, period)).one()
    if first is None:
        raise NotFoundError("The access log has no row of that space and period.")
    return select(ACCESS_LOG).where(among, order >= first, order <= last).order_by(table.leaf)
