"""Exhibits of a space: what each is, where it stands, who has verified it (space.db).

Their bytes are not here: sealed parts lie in the parts folder as they travelled (chunks.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from localstore import rows, searchindex
from localstore.connection import Connection
from localstore.messages import split_ids

Turn: TypeAlias = tuple[int, int, int]
"""Rank, when it was added, and its position: the lower goes first."""


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
    rank: int = 0  # lower travels first
    digest: bytes = b""  # own: SHA-256 when it was registered, if it was read then


_ADD: Final = rows.insertion("exhibit", ExhibitRecord)
_ONE: Final = rows.selection(ExhibitRecord, "FROM exhibit WHERE file = :file")
_AMONG: Final = rows.selection(ExhibitRecord, "FROM exhibit WHERE file IN ")
_NEWEST: Final = "SELECT file FROM exhibit ORDER BY added_at DESC, file"
_VERIFIED_AMONG: Final = "SELECT file, user, at FROM exhibit_verified WHERE file IN "
_ALL: Final = rows.selection(ExhibitRecord, "FROM exhibit ORDER BY added_at, position")
# The four states are written out in every statement, as the index has them.
_DUE: Final = """
    SELECT rank, added_at, position, file, size, state IN ('sealing', 'uploading') FROM exhibit
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading')
    ORDER BY rank, added_at, position LIMIT :limit"""
_PLACE: Final = """
    SELECT rank, added_at, position, size FROM exhibit WHERE file = :file
    AND state IN ('sealing', 'uploading', 'available', 'downloading')"""
_RANKS: Final = """
    SELECT min(rank), max(rank) FROM exhibit
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading')"""
_COUNT: Final = """
    SELECT (SELECT count(*) FROM exhibit
        WHERE state IN ('sealing', 'uploading', 'available', 'downloading'))
    + (SELECT count(*) FROM exhibit WHERE state = 'paused')"""
_PAUSE_ALL: Final = """
    UPDATE exhibit SET state = 'paused'
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading')"""
_RESUME_ALL: Final = """
    UPDATE exhibit SET state = CASE mine WHEN 1 THEN 'sealing' ELSE 'available' END, problem = ''
    WHERE state = 'paused'"""
_STANDING: Final = rows.selection(
    ExhibitRecord,
    "FROM exhibit WHERE state IN ('paused', 'failed', 'corrupted') AND (mine OR parts > 0)"
    " ORDER BY rank, added_at, position",
)
_COUNT_STANDING: Final = """
    SELECT state, count(*) FROM exhibit INDEXED BY exhibit_standing
    WHERE state IN ('paused', 'failed', 'corrupted') GROUP BY state"""
_OWED: Final = rows.selection(
    ExhibitRecord, "FROM exhibit WHERE announced = 0 AND state = :state AND mine = :mine"
)
_HAS_SIZE: Final = """
    SELECT 1 FROM exhibit WHERE size = :size AND state NOT IN ('cancelled', 'withdrawn') LIMIT 1"""
_UNREAD: Final = rows.selection(
    ExhibitRecord,
    "FROM exhibit INDEXED BY exhibit_unread WHERE size = :size AND mine = 1 AND sha256 = x''"
    " AND digest = x'' AND state IN ('sealing', 'uploading', 'paused') LIMIT 1",
)
_LAST_STATED: Final = """
    SELECT facts FROM exhibit WHERE mine = 1 AND facts <> x'' ORDER BY position DESC LIMIT 1
"""
_CONTENT: Final = rows.selection(
    ExhibitRecord,
    "FROM exhibit WHERE (sha256 <> x'' AND sha256 = :content OR digest <> x'' AND digest ="
    " :content) AND state NOT IN ('cancelled', 'withdrawn') ORDER BY added_at, position LIMIT 1",
)
_STATED_OF_SIZE: Final = rows.selection(
    ExhibitRecord,
    "FROM exhibit INDEXED BY exhibit_received WHERE mine = 0 AND size = :size AND facts <> x''",
)
_VERIFIED: Final = """
    INSERT OR IGNORE INTO exhibit_verified (file, user, at, receipt)
    VALUES (:file, :user, :at, :receipt) RETURNING 1"""
_VERIFIED_BY: Final = "SELECT user, at FROM exhibit_verified WHERE file = :file ORDER BY at, user"


def add_exhibit(sp: Connection, record: ExhibitRecord) -> None:
    """Store an exhibit, and note that it is to be indexed; its file id must be new.

    Raises:
        BugError: outside an act.
    """
    columns = _stored(rows.values(record))
    position = sp.execute(_ADD, columns).lastrowid
    searchindex.add(sp, searchindex.EXHIBITS, position)


def exhibit(sp: Connection, file: bytes) -> ExhibitRecord | None:
    """One exhibit, or None."""
    row = sp.execute(_ONE, {"file": file}).fetchone()
    return None if row is None else _record(row)


def exhibits(sp: Connection) -> list[ExhibitRecord]:
    """Every exhibit of the space, oldest first."""
    return [_record(row) for row in sp.execute(_ALL).fetchall()]


def newest(sp: Connection) -> list[bytes]:
    """The file of every exhibit of the space, newest first."""
    return [bytes(file) for (file,) in sp.execute(_NEWEST).fetchall()]


def among(sp: Connection, files: Sequence[bytes]) -> list[ExhibitRecord]:
    """These exhibits, as far as they are here, in no order."""
    found = sp.execute(_AMONG + rows.places(files), tuple(files)).fetchall()
    return [_record(row) for row in found]


def verified_among(sp: Connection, files: Sequence[bytes]) -> list[tuple[bytes, bytes, int]]:
    """(file, user, when) of everybody who has verified one of these."""
    found = sp.execute(_VERIFIED_AMONG + rows.places(files), tuple(files)).fetchall()
    return [(bytes(file), bytes(user), int(at)) for file, user, at in found]


def due(sp: Connection, limit: int) -> list[tuple[Turn, bytes, int, bool]]:
    """What should travel, the first first; at most `limit`, -1: all of it.

    Each is its turn, the file, its bytes, and whether it leaves this device.
    """
    found = sp.execute(_DUE, {"limit": limit}).fetchall()
    return [
        ((int(rank), int(at), int(place)), bytes(file), int(size), bool(leaves))
        for rank, at, place, file, size, leaves in found
    ]


def turn(sp: Connection, file: bytes) -> tuple[Turn, int] | None:
    """When it is the turn of an exhibit, and its bytes; None when it should not travel."""
    found = sp.execute(_PLACE, {"file": file}).fetchall()
    return None if not found else ((found[0][0], found[0][1], found[0][2]), int(found[0][3]))


def count_waiting(sp: Connection) -> int:
    """How many exhibits should travel, or are paused."""
    return int(sp.execute(_COUNT).fetchall()[0][0])


def ranks(sp: Connection) -> tuple[int, int]:
    """The lowest and the highest rank of what should travel; zeros when nothing should."""
    low, high = sp.execute(_RANKS).fetchall()[0]
    return int(low or 0), int(high or 0)


def standing(sp: Connection) -> list[ExhibitRecord]:
    """What travelled and stands still until a person acts."""
    return [_record(row) for row in sp.execute(_STANDING).fetchall()]


def count_standing(sp: Connection) -> dict[str, int]:
    """How many exhibits stand still until a person acts, by their state."""
    return {str(state): int(count) for state, count in sp.execute(_COUNT_STANDING).fetchall()}


def pause_all(sp: Connection) -> None:
    """Everything that should travel waits for a person."""
    sp.execute(_PAUSE_ALL)


def resume_all(sp: Connection) -> None:
    """Everything that was paused should travel again."""
    sp.execute(_RESUME_ALL)


def owed(sp: Connection, state: str, *, mine: bool) -> list[ExhibitRecord]:
    """Exhibits in a state of which the store has not been told."""
    row = {"state": state, "mine": int(mine)}
    return [_record(found) for found in sp.execute(_OWED, row).fetchall()]


def has_size(sp: Connection, size: int) -> bool:
    """Whether some exhibit has exactly so many bytes; none that was taken back counts."""
    return bool(sp.execute(_HAS_SIZE, {"size": size}).fetchall())


def unread(sp: Connection, size: int) -> ExhibitRecord | None:
    """An own exhibit under way of so many bytes whose content is not known yet."""
    row = sp.execute(_UNREAD, {"size": size}).fetchone()
    return None if row is None else _record(row)


def of_content(sp: Connection, content: bytes) -> ExhibitRecord | None:
    """The oldest exhibit with this SHA-256; none that was taken back."""
    row = sp.execute(_CONTENT, {"content": content}).fetchone()
    return None if row is None else _record(row)


def last_stated(sp: Connection) -> tuple[tuple[str, str], ...]:
    """The facts of the newest own exhibit of which any were stated."""
    row = sp.execute(_LAST_STATED).fetchone()
    return () if row is None else parted(bytes(row[0]))


def stated_of_size(sp: Connection, size: int) -> list[ExhibitRecord]:
    """Every received exhibit of so many bytes of which facts are stated."""
    return [_record(row) for row in sp.execute(_STATED_OF_SIZE, {"size": size}).fetchall()]


def update_exhibit(sp: Connection, file: bytes, **columns: Any) -> None:
    """Set columns of an `ExhibitRecord`.

    Raises:
        NotFoundError: no such exhibit.
        BugError: no such column.
    """
    rows.update(sp, "exhibit", ExhibitRecord, file, _stored(columns))
    if columns.keys() & set(searchindex.EXHIBITS.columns):
        searchindex.replace(sp, searchindex.EXHIBITS, "file", file)


def mark_verified(sp: Connection, file: bytes, user: bytes, at: int, receipt: bytes) -> bool:
    """Keep a person's signed receipt of the whole, verified exhibit; False: one stands already."""
    row = {"file": file, "user": user, "at": at, "receipt": receipt}
    return bool(sp.execute(_VERIFIED, row).fetchall())


def verified_by(sp: Connection, file: bytes) -> list[tuple[bytes, int]]:
    """(user, when) of everybody who has verified it."""
    found = sp.execute(_VERIFIED_BY, {"file": file}).fetchall()
    return [(bytes(user), int(at)) for user, at in found]


def joined(facts: tuple[tuple[str, str], ...]) -> bytes:
    """Facts as a column has them: name 0x00 value 0x00, repeated."""
    return b"".join(f"{name}\0{value}\0".encode() for name, value in facts)


def parted(column: bytes) -> tuple[tuple[str, str], ...]:
    """What `joined` wrote."""
    texts = bytes(column).decode().split("\0")
    return tuple(zip(texts[0:-1:2], texts[1::2], strict=True))


def _stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the table has them: paths as bytes, ids one after another."""
    stored = dict(columns)
    for path in ("source", "exported_to"):
        if path in stored:
            stored[path] = os.fsencode(stored[path])
    if "recipients" in stored:
        stored["recipients"] = b"".join(stored["recipients"])
    if "facts" in stored:
        stored["facts"] = joined(stored["facts"])
    return stored


def _record(row: tuple[Any, ...]) -> ExhibitRecord:
    columns = dict(zip(rows.names(ExhibitRecord), row, strict=True))
    for path in ("source", "exported_to"):
        columns[path] = os.fsdecode(columns[path])
    for flag in ("mine", "announced"):
        columns[flag] = bool(columns[flag])
    columns["recipients"] = split_ids(columns["recipients"])
    columns["facts"] = parted(columns["facts"])
    return ExhibitRecord(**columns)
