"""What is erased by now: the record without which a backup brings back no evidence and no message.

For every tombstone the file and its reason; for every device how far its queue was taken. It holds
opaque ids only. An operator writes it often and keeps it off the machine, and hands it to
`jitstore backup restore`. Spec: docs/protocol/73-backup.md §4.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from sqlalchemy import Connection, func, select

from centralstore.tables import DELIVERY, DEVICE, FILE, MEMBER, SPACE
from protocol import codec
from protocol.api.files import EraseReason, FileState
from protocol.errors import MalformedError

MAX_BYTES: Final = 256 * 1024 * 1024
_MANY: Final = 2_000_000
_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Position = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class Erased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is erased."""

    space: _Id
    file: _Id
    reason: EraseReason


class Queue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device's queue: the first position that waits, the last that was given."""

    device: _Id
    first: _Position
    last: _Position
    revoked: bool


class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person who left a space, behind which entry."""

    space: _Id
    user: _Id
    seq: _Position


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is erased at `at`, seconds since 1970 UTC."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1)]
    at: _Position
    erased: Annotated[tuple[Erased, ...], msgspec.Meta(max_length=_MANY)]
    queues: Annotated[tuple[Queue, ...], msgspec.Meta(max_length=_MANY)]
    closed: Annotated[tuple[_Id, ...], msgspec.Meta(max_length=_MANY)]
    left: Annotated[tuple[Left, ...], msgspec.Meta(max_length=_MANY)]


def record(conn: Connection, now: float) -> bytes:
    """The record at this moment, as a JSON document."""
    gone = conn.execute(
        select(FILE.c.space_id, FILE.c.file_id, FILE.c.erase_reason).where(
            FILE.c.state == FileState.ERASED.value
        )
    )
    first = (
        select(func.min(DELIVERY.c.position))
        .where(DELIVERY.c.device_id == DEVICE.c.id)
        .scalar_subquery()
    )
    devices = conn.execute(select(DEVICE.c.id, DEVICE.c.last_position, DEVICE.c.revoked, first))
    closed = conn.execute(select(SPACE.c.id).where(SPACE.c.closed_at.is_not(None))).scalars()
    left = conn.execute(select(MEMBER).where(MEMBER.c.left_seq.is_not(None)))
    return codec.encode_json(
        Record(
            version=1,
            at=int(now),
            erased=tuple(
                Erased(row.space_id, row.file_id, EraseReason(row.erase_reason)) for row in gone
            ),
            queues=tuple(
                Queue(
                    row.id,
                    row.last_position + 1 if row[3] is None else row[3],
                    row.last_position,
                    row.revoked,
                )
                for row in devices
            ),
            closed=tuple(closed),
            left=tuple(Left(row.space_id, row.user_id, row.left_seq) for row in left),
        )
    )


def read(data: bytes) -> Record:
    """Read a record.

    Raises:
        MalformedError: it is none.
    """
    try:
        return codec.decode_json(Record, data, limit=MAX_BYTES)
    except MalformedError as error:
        raise MalformedError("This is no record of what was erased.") from error
