"""Exhibits of a space: what each is, where it stands, who has verified it (space.db).

Their bytes are not here: sealed parts lie in the parts folder as they travelled (chunks.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localstore import rows
from localstore.connection import Connection
from localstore.messages import split_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitRecord:
    """One exhibit; `state` is a value of `jitclient.views.ExhibitState`. `repr` hides its key."""

    file: bytes
    message: bytes | None  # the one that announced it
    manifest: bytes  # Signed; empty while sealing
    file_key: bytes = field(repr=False)  # 32 B
    salt: bytes  # 24 B
    name: str
    mime: str
    exhibit: str
    size: int  # plaintext bytes
    sha256: bytes  # of the plaintext; empty: not known yet
    author_user: bytes
    mine: bool
    state: str
    sealed_total: int  # bytes that travel
    parts: int
    source: str  # own exhibits: the path it is read from
    source_stat: str
    recipients: tuple[bytes, ...]
    added_at: int
    expires_at: int | None
    problem: str
    announced: bool
    root: bytes
    exported_to: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # as the manifest states them; protocol.facts


_ADD: Final = rows.insertion("exhibit", ExhibitRecord)
_ONE: Final = rows.selection(ExhibitRecord, "FROM exhibit WHERE file = :file")
_ALL: Final = rows.selection(ExhibitRecord, "FROM exhibit ORDER BY added_at, position")
_VERIFIED: Final = """
    INSERT OR IGNORE INTO exhibit_verified (file, user, at, receipt)
    VALUES (:file, :user, :at, :receipt) RETURNING 1"""
_VERIFIED_BY: Final = "SELECT user, at FROM exhibit_verified WHERE file = :file ORDER BY at, user"


def add_exhibit(sp: Connection, record: ExhibitRecord) -> None:
    """Store an exhibit; its file id must be new."""
    sp.execute(_ADD, _stored(rows.values(record)))


def exhibit(sp: Connection, file: bytes) -> ExhibitRecord | None:
    """One exhibit, or None."""
    row = sp.execute(_ONE, {"file": file}).fetchone()
    return None if row is None else _record(row)


def exhibits(sp: Connection) -> list[ExhibitRecord]:
    """Every exhibit of the space, oldest first."""
    return [_record(row) for row in sp.execute(_ALL).fetchall()]


def update_exhibit(sp: Connection, file: bytes, **columns: Any) -> None:
    """Set columns of an `ExhibitRecord`.

    Raises:
        NotFoundError: no such exhibit.
        BugError: no such column.
    """
    rows.update(sp, "exhibit", ExhibitRecord, file, _stored(columns))


def mark_verified(sp: Connection, file: bytes, user: bytes, at: int, receipt: bytes) -> bool:
    """Keep a person's signed receipt of the whole, verified exhibit; False: one stands already."""
    row = {"file": file, "user": user, "at": at, "receipt": receipt}
    return bool(sp.execute(_VERIFIED, row).fetchall())


def verified_by(sp: Connection, file: bytes) -> list[tuple[bytes, int]]:
    """(user, when) of everybody who has verified it."""
    found = sp.execute(_VERIFIED_BY, {"file": file}).fetchall()
    return [(bytes(user), int(at)) for user, at in found]


def _stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the table has them: paths as bytes, ids one after another."""
    stored = dict(columns)
    for path in ("source", "exported_to"):
        if path in stored:
            stored[path] = os.fsencode(stored[path])
    if "recipients" in stored:
        stored["recipients"] = b"".join(stored["recipients"])
    if "facts" in stored:
        stored["facts"] = b"".join(f"{n}\0{v}\0".encode() for n, v in stored["facts"])
    return stored


def _record(row: tuple[Any, ...]) -> ExhibitRecord:
    columns = dict(zip(rows.names(ExhibitRecord), row, strict=True))
    for path in ("source", "exported_to"):
        columns[path] = os.fsdecode(columns[path])
    for flag in ("mine", "announced"):
        columns[flag] = bool(columns[flag])
    columns["recipients"] = split_ids(columns["recipients"])
    texts = bytes(columns["facts"]).decode().split("\0")
    columns["facts"] = tuple(zip(texts[0:-1:2], texts[1::2], strict=True))
    return ExhibitRecord(**columns)
