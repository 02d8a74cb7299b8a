"""Parts of files: where one goes, when it shows, where it is read.

Spec: docs/protocol/70-store.md §6, docs/protocol/50-files.md.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from centralstore import retention
from centralstore.access import enter_file
from centralstore.database import Transaction
from centralstore.errors import conflict
from centralstore.policy import Act
from centralstore.prepared import Prepared
from centralstore.tables import FILE, PART
from protocol.errors import BadInputError, MalformedError
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_PART_BYTES

_PART = Prepared(
    select(PART.c.object_key, PART.c.size, PART.c.leaf).where(
        PART.c.space_id == bindparam("space"),
        PART.c.file_id == bindparam("file"),
        PART.c.number == bindparam("number"),
    )
)
_KEEP = Prepared(insert(PART))
_BEGIN = Prepared(
    update(FILE)
    .where(
        FILE.c.space_id == bindparam("space"),
        FILE.c.file_id == bindparam("file"),
        FILE.c.first_byte_at.is_(None),
    )
    .values(first_byte_at=bindparam("now"), expires_at=bindparam("until"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a part goes, once its bytes are here; `known` is the leaf already stored, if any."""

    space: SpaceId
    file: FileId
    number: int
    prefix: str
    known: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A part that can be read."""

    key: str
    size: int
    leaf: bytes


def slot(
    tx: Transaction, space: SpaceId, file: FileId, number: int, *, looking: bool = True
) -> Slot:
    """May this device store that part now? Asked before its bytes are taken, and after."""
    _, row = enter_file(tx, Act.PUT_PART, space, file, looking=looking)
    if number >= row.parts:
        raise BadInputError("The file was announced with fewer parts.")
    there = _PART.one(tx.conn, {"space": space, "file": file, "number": number})
    known = None if there is None else there.leaf
    return Slot(space=space, file=file, number=number, prefix=row.prefix, known=known)


def store_part(tx: Transaction, at: Slot, leaf: bytes, size: int, key: str) -> bool:
    """Make a durable part visible; False when the same part is there already.

    Raises:
        BadInputError: `conflict`; other bytes are stored under that number.
        NotFoundError, ErasedError, SpaceClosedError: the world changed while it arrived.
    """
    now = slot(tx, at.space, at.file, at.number, looking=False)
    if now.known is not None:
        if not hmac.compare_digest(now.known, leaf):
            raise conflict("Other bytes are stored under that number.")
        return False
    _KEEP.do(
        tx.conn,
        {
            "space_id": at.space,
            "file_id": at.file,
            "number": at.number,
            "leaf": leaf,
            "size": size,
            "object_key": key,
        },
    )
    # The 28 days of a partial upload count from its first byte.
    begins = {"now": tx.second, "until": retention.expiry(tx.second)}
    _BEGIN.do(tx.conn, {"space": at.space, "file": at.file, **begins})
    return True


def find_part(tx: Transaction, space: SpaceId, file: FileId, number: int) -> Stored:
    """The object of one part of a complete file."""
    _, row = enter_file(tx, Act.GET_PART, space, file)
    found = _PART.one(tx.conn, {"space": space, "file": file, "number": number})
    if number >= row.parts or found is None:
        raise BadInputError("The file has fewer parts.")
    return Stored(key=found.object_key, size=found.size, leaf=found.leaf)


def check_part_size(size: int) -> None:
    """Refuse an empty part; too long ones are refused while they arrive (MAX_PART_BYTES).

    Raises:
        MalformedError: no bytes.
    """
    if not 0 < size <= MAX_PART_BYTES:
        raise MalformedError("A part has 1 byte or more.")
