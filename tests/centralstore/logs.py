"""The access log as its checkers see it: checkpoints, proofs, rows, and the file under them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from centralstore import places, settings
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


def tamper(data: Path, sql: str, *values: object) -> list[Any]:
    """What somebody does who has the database's password, and no key of the store."""
    engine = places.engine(settings.load(data))
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with engine.begin() as connection:
        done = connection.exec_driver_sql(sql.replace("?", mark), values)
        found = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return found
