"""Checking an export of the access log, offline: needs the file and the store's public key.

Nothing in the file is believed before it is checked. What is said at the end: these rows were in
the log whose head the store signed, none of them was changed, and none between them was left out.
Spec: docs/protocol/72-access-log.md §5.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import BinaryIO

from crypto import checkpoint, merkle, signatures
from crypto.checkpoint import Checkpoint
from protocol import codec, logexport
from protocol.accesslog import LogSeal
from protocol.errors import MalformedError, RefusedError
from protocol.logexport import MAX_LINE_BYTES, ExportEnd, ExportHead, ExportRow


class LogAlteredError(RefusedError):
    """The access log, or an export of it, is not what the store signed."""

    code = "log-altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """An export that holds: what was asked for, the head it rests on, and its rows."""

    head: ExportHead
    checkpoint: Checkpoint
    rows: int
    first: ExportRow | None
    last: ExportRow | None


def verify(file: BinaryIO, public: bytes, remembered: Checkpoint | None = None) -> Verified:
    """Read an export to its end.

    Args:
        file: the export.
        public: the store's 32-byte key, from an invitation or from `jitstore init`.
        remembered: a checkpoint seen earlier, which the log of this export must continue.

    Raises:
        LogAlteredError: a row, an order or a proof does not hold; the sentence says which.
        ForgedError: another key signed.
        MalformedError: not an export, or not all of one.
    """
    digest = hashlib.sha256()
    line = _line(file)
    head = codec.decode_json(ExportHead, line, limit=MAX_LINE_BYTES)
    if head.schema != logexport.SCHEMA:
        raise MalformedError("This is no export of an access log, or of another version.")
    at = checkpoint.verify(head.checkpoint, public)
    if remembered is not None:
        _continues(head, at, remembered)
    rows, first, last = 0, None, None
    while True:
        digest.update(line)
        line = _line(file)
        end = _end(line)
        if end is not None:
            break
        row = codec.decode_json(ExportRow, line, limit=MAX_LINE_BYTES)
        _row(head, at, row, last)
        rows, first, last = rows + 1, first or row, row
    seal = signatures.verify_store(end.seal, public, LogSeal)
    if seal.rows != rows or not hmac.compare_digest(seal.digest, digest.digest()):
        raise LogAlteredError("The store signed another export: lines were changed or left out.")
    if file.read(1):
        raise MalformedError("Something follows the end of the export.")
    return Verified(head=head, checkpoint=at, rows=rows, first=first, last=last)


def _line(file: BinaryIO) -> bytes:
    line = file.readline(MAX_LINE_BYTES + 1)
    if not line.endswith(b"\n"):
        raise MalformedError("The export ends early, or has a line that is too long.")
    return line


def _end(line: bytes) -> ExportEnd | None:
    try:
        return codec.decode_json(ExportEnd, line, limit=MAX_LINE_BYTES)
    except MalformedError:
        return None


def _row(head: ExportHead, at: Checkpoint, row: ExportRow, before: ExportRow | None) -> None:
    leaf = merkle.leaf(codec.encode(logexport.row_of(row)))
    if not merkle.verify_proof(leaf, row.leaf, at.size, row.path, at.root):
        raise LogAlteredError(
            f"Row {row.leaf} ({row.at}, {row.operation}) is not in the log that the store signed."
        )
    if head.space and row.space != head.space:
        raise LogAlteredError(f"Row {row.leaf} is of another space than the export.")
    if before is None:
        return
    if row.leaf <= before.leaf:
        raise LogAlteredError(f"Row {row.leaf} stands behind row {before.leaf}.")
    place, last = (row.number, before.number) if head.space else (row.leaf, before.leaf)
    if place != last + 1:
        raise LogAlteredError(f"Rows are missing between row {before.leaf} and row {row.leaf}.")


def _continues(head: ExportHead, at: Checkpoint, remembered: Checkpoint) -> None:
    """The log of the export begins with the log that somebody remembers.

    Raises:
        LogAlteredError: it does not, or nothing in the file shows it.
    """
    if remembered.size > at.size:
        raise LogAlteredError(
            f"The log was cut: it has {at.size} rows in the export, and had {remembered.size}."
        )
    if remembered.size == at.size:
        if remembered.root != at.root:
            raise LogAlteredError(f"The store signed two different logs of {at.size} rows.")
        return
    for one in head.seen:
        if one.size == remembered.size and merkle.verify_consistency(
            remembered.size, remembered.root, at.size, at.root, one.path
        ):
            return
    raise LogAlteredError(
        f"Nothing shows that this log continues the {remembered.size} rows remembered. If the "
        "export was not asked for with that checkpoint (--seen), ask for it again; if it was, the "
        "log was rewritten."
    )
