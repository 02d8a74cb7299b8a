"""The access log as its checkers see it: checkpoints, proofs, rows, and the file under them."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import delete, insert, select, update

from centralstore import accesslog, places, sequencer, settings, tiles
from centralstore.database import Transaction
from centralstore.tables import ACCESS_LOG, LOG_COUNT, LOG_HEAD, LOG_TILE
from crypto import checkpoint, merkle
from crypto.checkpoint import Checkpoint
from protocol import codec
from protocol.accesslog import AccessRow
from protocol.api import paths
from protocol.api.logs import CheckpointReply, ConsistencyReply, OwnRowsReply, ProvenRow
from tests.centralstore.client import Device, read
from tests.support.store import StoreHandle


def store_key(store: StoreHandle) -> bytes:
    """The key that is pinned in invitations."""
    return settings.load(store.data_dir).store_key().public


def head(device: Device) -> Checkpoint:
    """The newest checkpoint, its signature checked."""
    text = read(device.ask("GET", paths.LOG_CHECKPOINT), CheckpointReply).checkpoint
    return checkpoint.verify(text, store_key(device.store))


def grew(device: Device, older: Checkpoint, newer: Checkpoint) -> bool:
    """Whether the store proves that nothing of the older log changed."""
    query = {"from": older.size, "to": newer.size}
    path = read(device.ask("GET", paths.LOG_CONSISTENCY, params=query), ConsistencyReply).path
    return merkle.verify_consistency(older.size, older.root, newer.size, newer.root, path)


def rows(device: Device, at: Checkpoint, since: int = 0) -> list[AccessRow]:
    """The caller's rows, each proven."""
    query = {"from": since, "to": at.size}
    found = read(device.ask("GET", paths.LOG_ROWS, params=query), OwnRowsReply).rows
    assert all(proven(row, at) for row in found)
    return [codec.decode(AccessRow, row.row) for row in found]


def proven(row: ProvenRow, at: Checkpoint) -> bool:
    """Whether a row is in the tree where it says."""
    return merkle.verify_proof(merkle.leaf(row.row), row.leaf, at.size, row.path, at.root)


def place(store: StoreHandle) -> None:
    """Give whatever the store has logged its place in the log, as it does by itself in a moment."""
    place_in(store.data_dir)


def place_in(data: Path) -> None:
    """The same, of a store by its folder."""
    store = settings.load(data)
    engine, sealer = places.engine(store), store.sealer()
    with engine.begin() as connection:
        while sequencer.sequence(Transaction(conn=connection, now=time.time(), sealer=sealer)):
            pass
    engine.dispose()


def proven_row(data: Path, user: bytes, size: int) -> ProvenRow:
    """The newest row of a person in the tree of `size`, with its true proof."""
    engine = places.engine(settings.load(data))
    with engine.begin() as connection:
        query = select(ACCESS_LOG).where(ACCESS_LOG.c.user_id == user, ACCESS_LOG.c.leaf < size)
        row = connection.execute(query.order_by(ACCESS_LOG.c.leaf.desc()).limit(1)).one()
        path = tiles.Tree(tiles.Table(connection)).inclusion(row.leaf, size)
    engine.dispose()
    return ProvenRow(leaf=row.leaf, row=codec.encode(accesslog.row_of(row)), path=path)


def tamper(data: Path, sql: str, *values: object) -> list[Any]:
    """What somebody does who has the database's password, and no key of the store."""
    engine = places.engine(settings.load(data))
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.begin() as connection:
        done = connection.exec_driver_sql(sql.replace("?", mark), values)
        found = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return found


def rewrite(data: Path, sql: str, *values: object) -> None:
    """The same, and every leaf, number, hash and count over it made anew: all but the signature."""
    engine = places.engine(settings.load(data))
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.begin() as connection:
        connection.exec_driver_sql(sql.replace("?", mark), values)
        counts: dict[bytes, int] = {}
        kept: dict[tuple[int, int], bytes] = {}
        leaves = []
        query = select(ACCESS_LOG).where(ACCESS_LOG.c.leaf >= 0).order_by(ACCESS_LOG.c.leaf)
        for leaf, row in enumerate(connection.execute(query).all()):
            number = counts.get(row.space_id, 0)
            counts[row.space_id] = number + 1
            found = SimpleNamespace(**{**row._asdict(), "number": number})
            leaves.append(accesslog.leaf_of(accesslog.row_of(cast("Any", found))))
            place = update(ACCESS_LOG).where(ACCESS_LOG.c.id == row.id)
            connection.execute(place.values(leaf=leaf, number=number))
        tiles.append(_Tiles(kept), 0, leaves)
        connection.execute(delete(LOG_TILE))
        for (level, at), hashes in kept.items():
            connection.execute(insert(LOG_TILE).values(level=level, number=at, hashes=hashes))
        connection.execute(delete(LOG_COUNT))
        for space, count in counts.items():
            connection.execute(insert(LOG_COUNT).values(space_id=space, rows=count))
        connection.execute(update(LOG_HEAD).values(size=len(leaves)))
    engine.dispose()


class _Tiles:
    def __init__(self, kept: dict[tuple[int, int], bytes]) -> None:
        self._kept = kept

    def get(self, level: int, number: int) -> bytes:
        return self._kept.get((level, number), b"")

    def put(self, level: int, number: int, hashes: bytes) -> None:
        self._kept[level, number] = hashes
