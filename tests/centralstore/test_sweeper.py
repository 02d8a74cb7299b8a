from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from centralstore import sequencer, server, settings
from centralstore.blobs import Folder, new_prefix
from centralstore.database import Transaction
from centralstore.service import Service
from centralstore.sweeper import LATE_SECONDS, Sweeper, doomed_count
from centralstore.tables import ACCESS_LOG, FILE, PART
from protocol.errors import DiskError
from protocol.limits import RETENTION_SECONDS
from tests.support.store import made_store

NOW = 1_800_000_000


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


class Failing(Folder):
    """A real folder whose disk fails after some deletions."""

    def __init__(self, root: Path, after: int) -> None:
        super().__init__(root)
        self.left = after

    async def erase(self, prefix: str) -> int:
        if self.left == 0:
            raise DiskError("The disk fails.")
        self.left -= 1
        return await super().erase(prefix)


def file_row(number: int, prefix: str, *, expires: int) -> dict[str, object]:
    return {
        "space_id": b"s" * 16,
        "file_id": number.to_bytes(16, "big"),
        "user_id": b"u" * 16,
        "device_id": b"d" * 16,
        "parts": 2,
        "sealed_bytes": 20,
        "state": "receiving",
        "prefix": prefix,
        "announced_at": NOW,
        "expires_at": expires,
    }


async def arriving(service: Service, count: int) -> None:
    """Files with one part each."""
    for number in range(count):
        prefix = new_prefix()
        key = await service.blobs.put(prefix, 0, [b"sealed"])
        row = file_row(number, prefix, expires=NOW + RETENTION_SECONDS + number)
        part = {
            "space_id": row["space_id"],
            "file_id": row["file_id"],
            "number": 0,
            "leaf": bytes(32),
            "size": 6,
            "object_key": key,
        }
        await service.database.run("", adding(row, part))


def adding(row: dict[str, object], part: dict[str, object]) -> Callable[[Transaction], None]:
    def work(tx: Transaction) -> None:
        tx.conn.execute(insert(FILE), row)
        tx.conn.execute(insert(PART), part)

    return work


def states(tx: Transaction) -> list[tuple[str, str | None]]:
    rows = tx.conn.execute(select(FILE.c.state, FILE.c.erase_reason).order_by(FILE.c.file_id))
    return [(row.state, row.erase_reason) for row in rows]


def operations(tx: Transaction) -> list[str]:
    while sequencer.sequence(tx):
        pass
    return list(tx.conn.execute(select(ACCESS_LOG.c.operation)).scalars())


def objects(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.asyncio
async def test_nothing_is_erased_before_its_time(tmp_path: Path) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand()
    async with server.opened(store, clock) as service:
        await arriving(service, 2)
        clock.now = NOW + RETENTION_SECONDS - 1

        done = await service.sweeper.sweep()

        assert (done.erased, done.objects) == (0, 0)
        assert len(objects(store.parts)) == 2


@pytest.mark.asyncio
async def test_the_sweeper_erases_what_is_due_and_logs_itself(tmp_path: Path) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand()
    async with server.opened(store, clock) as service:
        await arriving(service, 3)
        clock.now = NOW + RETENTION_SECONDS + 1

        done = await service.sweeper.sweep()

        assert (done.erased, done.objects) == (2, 2)
        found = await service.database.run("", states)
        assert found == [("erased", "expired"), ("erased", "expired"), ("receiving", None)]
        logged = await service.database.run("", operations)
        assert (logged.count("file.erase"), logged.count("file.bytes-deleted")) == (2, 2)
        assert len(objects(store.parts)) == 1


@pytest.mark.asyncio
async def test_a_part_that_arrives_after_the_erasing_and_whose_process_dies_goes_too(
    tmp_path: Path,
) -> None:
    """It was allowed before, its bytes came after, and nobody was left to take them back."""
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand()
    async with server.opened(store, clock) as service:
        await arriving(service, 1)
        clock.now = NOW + RETENTION_SECONDS + 1
        (prefix,) = {path.parent.name for path in objects(store.parts)}
        await service.sweeper.sweep()
        await service.blobs.put(prefix, 1, [b"late"])
        clock.now += LATE_SECONDS - 1
        await service.sweeper.sweep()
        assert len(objects(store.parts)) == 1, "it might still be on its way to a refusal"

        clock.now += 1
        await service.sweeper.sweep()

        assert objects(store.parts) == []
        assert (await service.sweeper.sweep()).objects == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_sweep_cut_short_anywhere_is_finished_by_the_next(
    tmp_path: Path, after: int
) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand()
    async with server.opened(store, clock) as service:
        await arriving(service, 3)
        clock.now = NOW + RETENTION_SECONDS + 10
        broken = Sweeper(service.database, Failing(store.parts, after), clock)
        with pytest.raises(DiskError):
            await broken.sweep()

    async with server.opened(store, clock) as service:
        assert await service.database.run("", states) == [("erased", "expired")] * 3
        assert await service.database.run("", doomed_count) == 3 - after
        await service.sweeper.sweep()

        assert await service.database.run("", doomed_count) == 0
        assert objects(store.parts) == []
