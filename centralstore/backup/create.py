"""Making a backup while the store serves: one snapshot of the database, then the parts it names.

A part that is erased while the backup is made is left out: that is how it should be. What is short
lived (sessions, nonces, slots for linking) is never in a backup. Spec: docs/protocol/73-backup.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.pool import StaticPool

from centralstore import configuration, places, schema
from centralstore.backup import frames
from centralstore.blobs import Blobs
from centralstore.settings import Store
from centralstore.tables import CHALLENGE, FILE, LINK, METADATA, PART, SESSION
from protocol.api.files import FileState
from protocol.errors import DiskError, ErasedError

SHORT_LIVED: Final = frozenset({SESSION.name, CHALLENGE.name, LINK.name})
_FILES: Final = ("store.json", configuration.FILE)
_KEYS: Final = ("tls.key", "tls.crt", "receipt.key")
_ROWS: Final = 500
_ROW_BYTES: Final = 1024 * 1024
_ALIVE: Final = (FileState.RECEIVING.value, FileState.COMPLETE.value)
Sink = Callable[[bytes], object]


@dataclass(slots=True)
class Made:
    """What went into a backup."""

    rows: int = 0
    parts: int = 0
    bytes: int = 0
    gone: int = 0


async def create(store: Store, blobs: Blobs, now: float, sink: Sink) -> Made:
    """Write every frame of a backup to `sink`.

    Raises:
        DiskError: something cannot be read.
    """
    made = Made()
    with snapshot(store) as conn:
        frames.write(
            sink,
            frames.Head(
                version=frames.VERSION,
                created_at=int(now),
                schema=schema.current(conn),
                address=store.address,
                certificate=store.fingerprint(),
            ),
        )
        _contents(store, sink)
        for table in METADATA.sorted_tables:
            if table.name not in SHORT_LIVED:
                made.rows += _table(conn, table, sink)
        wanted = conn.execute(
            select(PART.c.space_id, PART.c.file_id, PART.c.number, PART.c.object_key, PART.c.size)
            .join(FILE, (FILE.c.space_id == PART.c.space_id) & (FILE.c.file_id == PART.c.file_id))
            .where(FILE.c.state.in_(_ALIVE))
            .order_by(PART.c.space_id, PART.c.file_id, PART.c.number)
        ).all()
    for row in wanted:
        await _part(blobs, row, sink, made)
    end = frames.End(rows=made.rows, parts=made.parts, bytes=made.bytes, gone=made.gone)
    frames.write(sink, end)
    return made


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """One moment of the database; whoever writes meanwhile is not held up.

    SQLite keeps an old moment readable in its write-ahead log for as long as somebody reads it,
    PostgreSQL its old rows.
    """
    shared = places.is_shared(store)
    engine = places.engine(store) if shared else _reading(store)
    try:
        with engine.connect() as conn:
            if shared:
                conn.execution_options(isolation_level="REPEATABLE READ")
            else:
                conn.exec_driver_sql("BEGIN")
            yield conn
            conn.rollback()
    finally:
        engine.dispose()


def _reading(store: Store) -> Engine:
    """An engine on the embedded database that cannot write and locks nobody out."""
    return create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: sqlcipher3.dbapi2.connect(
            f"{store.database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
        ),
        poolclass=StaticPool,
    )


def _contents(store: Store, sink: Sink) -> None:
    """Settings and keys; a configuration file is there only when the operator wrote one."""
    for name in (*_FILES, *(f"keys/{key}" for key in _KEYS)):
        try:
            data = (store.data / name).read_bytes()
        except FileNotFoundError:
            if name == configuration.FILE:
                continue
            raise DiskError(f"The store's file {name} is missing.") from None
        except OSError as error:
            raise DiskError(f"The store's file {name} cannot be read.") from error
        frames.write(sink, frames.Content(name=name, data=data))


def _table(conn: Connection, table: Any, sink: Sink) -> int:
    columns = tuple(str(column.name) for column in table.columns)
    frames.write(sink, frames.Table(name=str(table.name), columns=columns))
    count, size, batch = 0, 0, []
    found = conn.execution_options(stream_results=True, yield_per=_ROWS).execute(select(table))
    for row in found:
        batch.append(tuple(row))
        count += 1
        size += sum(len(value) for value in row if isinstance(value, bytes))
        if len(batch) == _ROWS or size >= _ROW_BYTES:
            frames.write(sink, frames.Rows(rows=tuple(batch)))
            batch, size = [], 0
    if batch:
        frames.write(sink, frames.Rows(rows=tuple(batch)))
    return count


async def _part(blobs: Blobs, row: Any, sink: Sink, made: Made) -> None:
    """One part; a part is read whole first, so that one erased half-way leaves nothing."""
    try:
        data = b"".join([piece async for piece in blobs.read(row.object_key, row.size)])
    except ErasedError:
        made.gone += 1
        return
    part = frames.Part(space=row.space_id, file=row.file_id, number=row.number, size=len(data))
    frames.write(sink, part)
    for start in range(0, len(data), frames.DATA_BYTES):
        frames.write(sink, frames.Data(data=data[start : start + frames.DATA_BYTES]))
    made.parts += 1
    made.bytes += len(data)
