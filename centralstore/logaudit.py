"""Going through the whole access log: every row against the tree, the tree against what was signed.

Needs the store's public key, and its sealer for telling foreign rows; changes nothing. Finds who
edited, deleted, inserted or reordered rows without the key. Who also made all hashes anew is found
by a checkpoint that somebody remembers. Spec: docs/protocol/72-access-log.md §6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from centralstore import accesslog, logwaiting, tiles
from centralstore.accesslog import Sealer
from centralstore.tables import ACCESS_LOG, LOG_HEAD, REFUSED
from crypto import checkpoint, merkle
from crypto.checkpoint import Checkpoint
from protocol.errors import JitError

PRUNE: Final = "log.prune"
_ROWS: Final = 500
_MAX_FINDINGS: Final = 100


@dataclass(slots=True)
class Audit:
    """What was found; `findings` are sentences, none when all holds."""

    size: int = 0
    rows: int = 0
    pruned: int = 0
    refused: int = 0
    waiting: int = 0
    root: bytes = b""
    findings: list[str] = field(default_factory=list)

    def found(self, sentence: str) -> None:
        """Note what is wrong; a thousand damaged rows are told by the first hundred."""
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(sentence)


def audit(
    conn: Connection, public: bytes, sealer: Sealer, remembered: Sequence[Checkpoint] = ()
) -> Audit:
    """Check everything in one moment of the database."""
    heads = conn.execute(select(LOG_HEAD)).all()
    made = Audit()
    if len(heads) != 1:
        made.found("The head of the log is gone, or there are two.")
        return made
    head = heads[0]
    made.size, made.pruned = head.size, head.pruned
    kept = tiles.Table(conn)
    _rows(conn, kept, head, sealer, made)
    _pruned(conn, made)
    known = [*remembered, *_signed(head.checkpoint, public, made)]
    _tree(kept, head.size, known, made)
    counts = select(ACCESS_LOG.c.leaf, func.count()).where(
        ACCESS_LOG.c.leaf.is_(None) | (ACCESS_LOG.c.leaf == REFUSED)
    )
    made.waiting = logwaiting.count(conn)
    for leaf, count in conn.execute(counts.group_by(ACCESS_LOG.c.leaf)):
        if leaf is None:
            made.waiting += count
        else:
            made.refused = count
            made.found(f"{count} row(s) were written into the table by somebody else.")
    return made


def _rows(conn: Connection, kept: tiles.Table, head: Row[Any], sealer: Sealer, made: Audit) -> None:
    expected = int(head.pruned)
    query = select(ACCESS_LOG).where(ACCESS_LOG.c.leaf >= 0).order_by(ACCESS_LOG.c.leaf)
    for row in conn.execute(query, execution_options={"yield_per": _ROWS}):
        made.rows += 1
        if row.leaf < expected:
            made.found(f"A second row claims the place of row {row.leaf}, or of one forgotten.")
            continue
        if row.leaf > expected:
            made.found(f"Gone: row {expected} and the {row.leaf - expected - 1} after it.")
        expected = row.leaf + 1
        if row.leaf >= head.size or not _holds(kept, row, sealer, sealed=row.leaf >= head.unsealed):
            made.found(f"Row {row.leaf} ({row.at}, {row.operation}) is not what was logged.")
    if expected < head.size:
        made.found(f"Gone: row {expected} and the {head.size - expected - 1} after it.")


def _holds(kept: tiles.Table, row: Row[Any], sealer: Sealer, *, sealed: bool) -> bool:
    try:
        record = accesslog.row_of(row)
        leaf = accesslog.leaf_of(record)
        ours = not sealed or sealer.genuine(record)
    except (TypeError, ValueError):
        return False
    return ours and leaf == kept.leaf(row.leaf)


def _pruned(conn: Connection, made: Audit) -> None:
    """Rows are forgotten by the store alone, which logs up to where."""
    if not made.pruned:
        return
    last = conn.execute(
        select(ACCESS_LOG.c.result)
        .where(ACCESS_LOG.c.operation == PRUNE, ACCESS_LOG.c.leaf >= 0)
        .order_by(ACCESS_LOG.c.leaf.desc())
        .limit(1)
    ).scalar()
    if last != f"below={made.pruned}":
        made.found(f"No row of the log says that those below {made.pruned} were forgotten.")


def _signed(text: str, public: bytes, made: Audit) -> Iterator[Checkpoint]:
    """The last checkpoint that was signed, if one ever was."""
    if not text:
        return
    try:
        yield checkpoint.verify(text, public)
    except JitError as error:
        made.found(f"The last signed head is no such thing. {error.sentence}")


def _tree(kept: tiles.Table, size: int, known: Sequence[Checkpoint], made: Audit) -> None:
    """Every hash above the leaves, and the root of every size that somebody knows."""
    roots: dict[int, bytes] = {0: merkle.root(())}
    sizes = {one.size for one in known} | {size}
    builder = merkle.Builder()
    for leaf in range(size):
        here = kept.leaf(leaf)
        if len(here) != merkle.HASH_BYTES:
            made.found(f"The tree has no hash of row {leaf}.")
            return
        builder.add(here)
        if leaf + 1 in sizes:
            roots[leaf + 1] = builder.root()
    made.root = roots[size]
    if not kept.sound(size):
        made.found("Hashes of the tree do not fit together.")
    for one in known:
        if one.size > size:
            made.found(f"The log was cut: it has {size} rows, and had {one.size} once.")
        elif roots[one.size] != one.root:
            made.found(f"The log was rewritten: its first {one.size} rows are not what they were.")
