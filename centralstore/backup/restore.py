"""Opening a backup: to see that it is whole, or to make a store of it in a new folder.

The folder appears under its name when everything is in it and everything that must be forgotten is
forgotten (apply.py). Parts are compared with the leaf that the database has of each.
Spec: docs/protocol/73-backup.md §4.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, func, select, update

from centralstore import places, schema, settings
from centralstore.backup import apply, frames
from centralstore.backup.apply import Forgotten
from centralstore.backup.erasures import Record
from centralstore.blobs import Blobs
from centralstore.database import Transaction
from centralstore.tables import ACCESS_LOG, FILE, LOG_WAITING, PART
from crypto import partleaf
from protocol.api.files import FileState
from protocol.errors import BadInputError, CannotCreateError, HashMismatchError, MalformedError

_SUFFIX: Final = ".restoring"
Source = Callable[[int], bytes]
Place = tuple[bytes, bytes, int]
"""Space, file and number of a part."""


@dataclass(slots=True)
class Found:
    """What a backup holds."""

    head: frames.Head
    end: frames.End
    rows: int = 0
    parts: int = 0
    forgotten: Forgotten = field(default_factory=Forgotten)


@dataclass(slots=True, kw_only=True)
class _Part:
    at: frames.Part
    data: bytearray = field(default_factory=bytearray)


def verify(source: Source) -> Found:
    """Read a whole backup and compare every part with its leaf.

    Raises:
        ForgedError, MalformedError: cut off, altered, or no backup.
        HashMismatchError: a part is not the one that its row names.
    """
    leaves: dict[Place, bytes] = {}
    head: frames.Head | None = None
    columns: tuple[str, ...] = ()
    rows = parts = 0
    for frame in _parts_joined(frames.read(source)):
        match frame:
            case frames.Head():
                head = frame
            case frames.Table():
                columns = frame.columns if frame.name == PART.name else ()
            case frames.Rows():
                rows += len(frame.rows)
                leaves.update(_leaves(columns, frame.rows))
            case _Part():
                _check(frame, leaves.get(_place(frame.at)))
                parts += 1
            case frames.End():
                return _counted(head, frame, rows, parts)
            case _:
                pass
    raise MalformedError("The backup ends in the middle.")


def restore(source: Source, data: Path, record: Record | None, seal: Seal, now: float) -> Found:
    """Make a store of a backup in the new folder `data`.

    Raises:
        CannotCreateError: the folder is there already, or cannot be made.
        ConfigurationError: the backup is of a newer program.
        ForgedError, MalformedError, HashMismatchError: as for `verify`; nothing is left.
    """
    if data.exists():
        raise CannotCreateError(f"{data} exists already. Restore into a new folder.")
    making = data.with_name(data.name + _SUFFIX)
    shutil.rmtree(making, ignore_errors=True)
    try:
        for folder in (making, making / "keys", making / "parts"):
            folder.mkdir(mode=0o700, parents=True)
        found = _Restoring(making, record, seal, now).run(source)
        making.rename(data)
    except OSError as error:
        raise CannotCreateError(f"The store cannot be made in {data}.") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return found


Seal = Callable[[Path, Connection, float], Transaction]
"""Makes the transaction in which rows are forgotten, with what it needs to log that."""


class _Restoring:
    """One restore: files, rows, then forgetting, then the parts that are still wanted."""

    def __init__(self, folder: Path, record: Record | None, seal: Seal, now: float) -> None:
        self._folder, self._record, self._seal, self._now = folder, record, seal, now
        self._head: frames.Head | None = None
        self._table: Any = None
        self._columns: tuple[str, ...] = ()
        self._forgotten = Forgotten()
        self._wanted: dict[Place, bytes] | None = None
        self._rows = self._parts = 0
        self._opened = False
        self._engine: Engine
        self._blobs: Blobs

    def run(self, source: Source) -> Found:
        try:
            for frame in _parts_joined(frames.read(source)):
                end = self._take(frame)
                if end is not None:
                    return end
        finally:
            if self._opened:
                self._engine.dispose()
        raise MalformedError("The backup ends in the middle.")

    def _open(self, wanted: str) -> None:
        """Where the restored settings, or the environment, say that facts and parts lie.

        Raises:
            CannotCreateError: there is something already.
        """
        store = settings.load(self._folder)
        self._engine, self._blobs = places.engine(store), places.blobs(store)
        self._opened = True
        with self._engine.connect() as conn, conn.begin():
            if schema.current(conn):
                raise CannotCreateError(
                    "The database holds something already. Nothing was changed."
                )
        schema.migrate(self._engine, wanted)

    def _take(self, frame: Any) -> Found | None:
        match frame:
            case frames.Head():
                self._head = frame
                if self._record is not None and self._record.at < frame.created_at:
                    raise BadInputError("The record of what was erased is older than the backup.")
            case frames.Content():
                _write(self._folder / frame.name, frame.data)
            case frames.Table():
                if self._head is None:
                    raise MalformedError("The backup does not begin with its head.")
                if not self._opened:
                    self._open(self._head.schema)
                columns = [sa.column(name, sa.types.NullType()) for name in frame.columns]
                self._table, self._columns = sa.table(frame.name, *columns), frame.columns
                with self._engine.connect() as conn, conn.begin():
                    conn.execute(sa.delete(self._table))  # what migrations put there
            case frames.Rows():
                self._insert(frame.rows)
            case _Part():
                self._keep(frame)
            case frames.End():
                return self._finish(frame)
            case _:
                raise MalformedError("A frame of the backup stands in the wrong place.")
        return None

    def _insert(self, rows: tuple[tuple[Any, ...], ...]) -> None:
        if any(len(row) != len(self._columns) for row in rows):
            raise MalformedError("A row of the backup has other columns than its table.")
        named = [dict(zip(self._columns, row, strict=True)) for row in rows]
        with self._engine.connect() as conn, conn.begin():
            conn.execute(sa.insert(self._table), named)
        self._rows += len(rows)

    def _settled(self) -> dict[Place, bytes]:
        """Forget what must be forgotten, once; the parts that are wanted after it."""
        if self._wanted is None:
            schema.migrate(self._engine)
            with self._engine.connect() as conn, conn.begin():
                _count_on(conn)
                tx = self._seal(self._folder, conn, self._now)
                self._forgotten = apply.forget(tx, self._record)
                self._wanted = _alive(conn)
        return self._wanted

    def _keep(self, part: _Part) -> None:
        place = _place(part.at)
        leaf = self._settled().pop(place, None)
        if leaf is None:
            return
        _check(part, leaf)
        here = (PART.c.space_id == place[0]) & (PART.c.file_id == place[1])
        with self._engine.connect() as conn, conn.begin():
            prefix = conn.execute(
                select(FILE.c.prefix).where(FILE.c.space_id == place[0], FILE.c.file_id == place[1])
            ).scalar_one()
            key = asyncio.run(self._blobs.put(prefix, place[2], [part.data]))
            conn.execute(update(PART).where(here, PART.c.number == place[2]).values(object_key=key))
        self._parts += 1

    def _finish(self, end: frames.End) -> Found:
        missing = {(space, file) for space, file, _ in self._settled()}
        with self._engine.connect() as conn, conn.begin():
            tx = self._seal(self._folder, conn, self._now)
            self._forgotten.files += apply.incomplete(tx, missing)
        found = _counted(self._head, end, self._rows, self._parts, kept_only=True)
        found.forgotten = self._forgotten
        return found


def _parts_joined(stream: Iterator[frames.Frame]) -> Iterator[Any]:
    """The frames, each part with all of its bytes."""
    part: _Part | None = None
    for frame in stream:
        if isinstance(frame, frames.Data):
            if part is None or len(part.data) + len(frame.data) > part.at.size:
                raise MalformedError("A part of the backup is longer than stated.")
            part.data += frame.data
        elif part is not None:
            raise MalformedError("A part of the backup is shorter than stated.")
        elif isinstance(frame, frames.Part):
            part = _Part(at=frame)
        else:
            yield frame
        if part is not None and len(part.data) == part.at.size:
            yield part
            part = None


def _leaves(
    columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]
) -> Iterator[tuple[Place, bytes]]:
    if not columns:
        return
    for row in rows:
        named: dict[str, Any] = dict(zip(columns, row, strict=False))
        yield (named["space_id"], named["file_id"], named["number"]), named["leaf"]


def _alive(conn: Connection) -> dict[Place, bytes]:
    """Every part of a file that is not erased, with its leaf."""
    here = (FILE.c.space_id == PART.c.space_id) & (FILE.c.file_id == PART.c.file_id)
    rows = conn.execute(select(PART).join(FILE, here).where(FILE.c.state != FileState.ERASED.value))
    return {(row.space_id, row.file_id, row.number): row.leaf for row in rows}


def _count_on(conn: Connection) -> None:
    """PostgreSQL numbers new rows of the access log behind the restored ones (SQLite does so)."""
    if conn.dialect.name == "postgresql":
        for table in (ACCESS_LOG, LOG_WAITING):
            last = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, "id")
            conn.execute(select(func.setval(sequence, last)))


def _place(part: frames.Part) -> Place:
    return part.space, part.file, part.number


def _check(part: _Part, leaf: bytes | None) -> None:
    if leaf is None or not hmac.compare_digest(partleaf.leaf(part.data), leaf):
        raise HashMismatchError("A part in the backup is not the one that the database names.")


def _counted(
    head: frames.Head | None, end: frames.End, rows: int, parts: int, *, kept_only: bool = False
) -> Found:
    if head is None or rows != end.rows or (parts != end.parts and not kept_only):
        raise MalformedError("The backup does not hold what it says it holds.")
    return Found(head=head, end=end, rows=rows, parts=parts)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
