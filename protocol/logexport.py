"""A file of rows of the access log, for those who may ask for it (R25.5, R25.6).

One JSON object a line: an `ExportHead`, an `ExportRow` for each row, an `ExportEnd`. Ids and the
row's seal are hex, so that people can read and compare them; proofs are base64. Spec:
docs/protocol/72-access-log.md §5.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from protocol.accesslog import AccessRow, Code
from protocol.api.accounts import Message, Word
from protocol.api.logs import CheckpointText, ProofPath
from protocol.errors import MalformedError
from protocol.ids import from_hex
from protocol.limits import MAX_REASON_CHARS
from protocol.records import VERSION, Counter, RecordBytes

SCHEMA: Final = "jit.log-export/1"
MAX_LINE_BYTES: Final = 64 * 1024
MAX_SEEN: Final = 16
"""Earlier checkpoints that one export can be compared with."""

HexId = Annotated[str, msgspec.Meta(max_length=32)]
HexSeal = Annotated[str, msgspec.Meta(max_length=64)]
Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON_CHARS)]


class Continued(Message, frozen=True, kw_only=True):
    """That the log of this export continues an earlier one of `size` rows."""

    size: Counter
    path: ProofPath


class ExportHead(Message, frozen=True, kw_only=True):
    """What was asked for, by whom and why, who made the export, and the signed head of the log.

    `space` is empty for rows of every space. `since` and `until` are the period asked for.
    """

    schema: Code
    space: HexId
    since: Code
    until: Code
    requester: Word
    reason: Reason
    exported_by: HexId
    exporter: Word
    exported_at: Code
    checkpoint: CheckpointText
    seen: Annotated[tuple[Continued, ...], msgspec.Meta(max_length=MAX_SEEN)]


class ExportRow(Message, frozen=True, kw_only=True):
    """One row, where it is in the tree, and its path to the head's root."""

    leaf: Counter
    number: Counter
    at: Code
    user: HexId
    device: HexId
    operation: Code
    space: HexId
    object: HexId
    result: Code
    seal: HexSeal
    path: ProofPath


class ExportEnd(Message, frozen=True, kw_only=True):
    """A `StoreSigned` of `LogSeal` over every line before."""

    seal: RecordBytes


def row_of(line: ExportRow) -> AccessRow:
    """The record that is the leaf."""
    return AccessRow(
        version=VERSION,
        number=line.number,
        at=line.at,
        user=_bytes(line.user),
        device=_bytes(line.device),
        operation=line.operation,
        space=_bytes(line.space),
        subject=_bytes(line.object),
        result=line.result,
        seal=_bytes(line.seal),
    )


def line_of(row: AccessRow, leaf: int, path: tuple[bytes, ...]) -> ExportRow:
    """The line of a row."""
    return ExportRow(
        leaf=leaf,
        number=row.number,
        at=row.at,
        user=row.user.hex(),
        device=row.device.hex(),
        operation=row.operation,
        space=row.space.hex(),
        object=row.subject.hex(),
        result=row.result,
        seal=row.seal.hex(),
        path=path,
    )


def _bytes(text: str) -> bytes:
    found = from_hex(text, len(text) // 2)
    if found is None:
        raise MalformedError("A row of the log holds what is no hexadecimal number.")
    return found
