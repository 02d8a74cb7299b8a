"""R22, R25.4: log rows go after three years, provably; what closed spaces left goes after five."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from centralstore import (
    forgetting,
    inside,
    logaudit,
    logproofs,
    places,
    retention,
    sequencer,
    settings,
)
from centralstore.database import Transaction
from centralstore.service import Service
from centralstore.tables import (
    ACCESS_LOG,
    DOOMED,
    FILE,
    FILE_RECIPIENT,
    LOG_ENTRY,
    MEMBER,
    SPACE,
    WIPE,
)
from crypto import checkpoint, merkle
from crypto.checkpoint import Checkpoint
from protocol.api.logs import ConsistencyReply
from tests.support.store import made_store, run_jitstore

DAY = 86_400


def moment(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


class Hand:
    """A clock set by hand."""

    def __init__(self, text: str) -> None:
        self.now = float(moment(text))

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("now", "floor"),
    [
        ("2029-11-27T23:59:59+00:00", "2026-11-27T00:00:00+00:00"),
        ("2028-02-29T12:00:00+00:00", "2025-02-28T00:00:00+00:00"),
        ("2027-03-01T00:00:00+00:00", "2024-03-01T00:00:00+00:00"),
    ],
)
def test_three_years_are_calendar_years_and_end_with_a_whole_day(now: str, floor: str) -> None:
    assert retention.log_floor(moment(now)) == moment(floor)


def test_five_years_of_a_leap_day_end_on_the_day_before_march() -> None:
    leap = moment("2028-02-29T10:00:00+00:00")

    assert retention.space_floor(leap) == moment("2023-02-28T10:00:00+00:00")


async def acts(service: Service, count: int) -> None:
    for _ in range(count):
        await service.database.run("test.act", lambda _: None)
    await service.sequencer.drain()


async def head(service: Service) -> Checkpoint:
    reply = await service.database.run("", lambda tx: logproofs.head(tx, service.key))
    return checkpoint.verify(reply.checkpoint, service.key.public)


async def audited(service: Service, store: settings.Store) -> logaudit.Audit:
    return await service.database.run(
        "", lambda tx: logaudit.audit(tx.conn, service.key.public, store.sealer())
    )


def operations(tx: Transaction) -> list[tuple[str, str]]:
    while sequencer.sequence(tx):
        pass
    rows = tx.conn.execute(select(ACCESS_LOG).order_by(ACCESS_LOG.c.id))
    return [(row.operation, row.result) for row in rows]


def _consistency(tx: Transaction, first: int, second: int) -> ConsistencyReply:
    return logproofs.consistency(tx, first, second)


@pytest.mark.asyncio
async def test_rows_of_three_years_are_forgotten_and_everything_stays_provable(
    tmp_path: Path,
) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand("2026-11-27T10:00:00+00:00")
    async with inside.opened(store, clock) as service:
        await acts(service, 300)
        old = await head(service)
        clock.now = moment("2028-11-27T10:00:00+00:00")
        await acts(service, 5)
        young = await head(service)
        clock.now = moment("2029-11-28T00:00:00+00:00")

        done = await service.sweeper.sweep()

        assert done.forgotten == 300
        await service.sequencer.drain()
        left = await service.database.run("", operations)
        assert left == [("test.act", "ok")] * 5 + [("log.prune", "below=300")]
        now = await head(service)
        for earlier in (old, young):
            proof = await service.database.run(
                "", partial(_consistency, first=earlier.size, second=now.size)
            )
            assert merkle.verify_consistency(
                earlier.size, earlier.root, now.size, now.root, proof.path
            )
        found = await audited(service, store)
        assert found.findings == []
        assert (found.pruned, found.rows) == (300, 6)


@pytest.mark.asyncio
async def test_a_row_is_kept_to_the_end_of_its_last_day_and_nothing_runs_twice(
    tmp_path: Path,
) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand("2026-11-27T10:00:00+00:00")
    async with inside.opened(store, clock) as service:
        await acts(service, 3)
        clock.now = moment("2029-11-27T23:59:59+00:00")
        assert (await service.sweeper.sweep()).forgotten == 0

        clock.now += 1
        assert (await service.sweeper.sweep()).forgotten == 3
        assert (await service.sweeper.sweep()).forgotten == 0


@pytest.mark.asyncio
async def test_a_log_that_is_held_forgets_nothing_until_it_ends(tmp_path: Path) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand("2026-11-27T10:00:00+00:00")
    async with inside.opened(store, clock) as service:
        await acts(service, 3)
        clock.now = moment("2031-01-01T00:00:00+00:00")
        until = int(clock.now) + DAY
        await service.database.run("", lambda tx: forgetting.hold_log(tx, until))
        assert (await service.sweeper.sweep()).forgotten == 0

        clock.now = float(until)

        assert (await service.sweeper.sweep()).forgotten == 3


@pytest.mark.asyncio
async def test_forgetting_cut_short_is_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_BATCH", 2)
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand("2026-11-27T10:00:00+00:00")
    async with inside.opened(store, clock) as service:
        await acts(service, 5)
        clock.now = moment("2030-01-01T00:00:00+00:00")
        assert await service.database.run("", forgetting.prune_log) == 2

    async with inside.opened(store, clock) as service:
        assert (await service.sweeper.sweep()).forgotten == 3
        await service.sequencer.drain()
        found = await audited(service, store)
        assert found.findings == []


def space_rows(tx: Transaction, number: int, created: str, closed: str | None) -> None:
    """What a space leaves, one row of each kind."""
    space = bytes([number]) * 16
    tx.conn.execute(
        insert(SPACE).values(
            id=space,
            agreement=bytes([number]) * 32,
            seq=1,
            head=bytes(32),
            created_at=moment(created),
            closed_at=None if closed is None else moment(closed),
        )
    )
    tx.conn.execute(insert(LOG_ENTRY).values(space_id=space, seq=0, signed=b"genesis"))
    tx.conn.execute(insert(MEMBER).values(space_id=space, user_id=b"u" * 16, role="prosecutor"))
    tx.conn.execute(
        insert(WIPE).values(space_id=space, device_id=b"d" * 16, signed=b"x", posted_at=1)
    )
    tx.conn.execute(
        insert(FILE).values(
            space_id=space,
            file_id=b"f" * 16,
            user_id=b"u" * 16,
            device_id=b"d" * 16,
            parts=1,
            sealed_bytes=1,
            state="erased",
            prefix="p" * 32,
            announced_at=1,
            expires_at=1,
        )
    )
    tx.conn.execute(
        insert(FILE_RECIPIENT).values(space_id=space, file_id=b"f" * 16, user_id=b"u" * 16)
    )


def left(tx: Transaction) -> list[list[int]]:
    """For each table, the spaces of which it has rows."""
    tables = (LOG_ENTRY, MEMBER, WIPE, FILE, FILE_RECIPIENT)
    return [
        sorted(row[0] for row in tx.conn.execute(select(table.c.space_id)).scalars())
        for table in tables
    ]


@pytest.mark.asyncio
async def test_what_a_closed_space_left_goes_after_five_years_and_an_open_one_stays(
    tmp_path: Path,
) -> None:
    store, clock = settings.load(made_store(tmp_path).data_dir), Hand("2031-12-01T00:00:00+00:00")

    def fill(tx: Transaction) -> None:
        space_rows(tx, 1, "2026-11-30T00:00:00+00:00", "2028-01-01T00:00:00+00:00")  # due
        space_rows(tx, 2, "2026-12-02T00:00:00+00:00", "2028-01-01T00:00:00+00:00")  # a day early
        space_rows(tx, 3, "2020-01-01T00:00:00+00:00", None)  # open
        space_rows(tx, 4, "2020-01-01T00:00:00+00:00", "2031-11-30T00:00:00+00:00")  # just closed
        space_rows(tx, 5, "2020-01-01T00:00:00+00:00", "2021-01-01T00:00:00+00:00")  # bytes left
        tx.conn.execute(
            insert(DOOMED).values(
                prefix="q" * 32, space_id=b"\x05" * 16, file_id=b"f" * 16, since=1
            )
        )

    async with inside.opened(store, clock) as service:
        await service.database.run("", fill)
        assert await service.database.run("", forgetting.forget_space) is True
        assert await service.database.run("", forgetting.forget_space) is False

        assert await service.database.run("", left) == [[2, 3, 4, 5]] * 5
        await service.sweeper.sweep()  # the bytes first, then what is left
        assert await service.database.run("", left) == [[2, 3, 4]] * 5
        logged = await service.database.run("", operations)
        assert logged.count(("space.forget", "expired")) == 2


def test_due_and_dry_run_say_it_and_erase_nothing_and_run_erases(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    data = str(store.data_dir)
    engine = places.engine(settings.load(store.data_dir))
    with engine.begin() as conn:
        conn.execute(
            insert(FILE).values(
                space_id=b"s" * 16,
                file_id=b"f" * 16,
                user_id=b"u" * 16,
                device_id=b"d" * 16,
                parts=1,
                sealed_bytes=1,
                state="receiving",
                prefix="p" * 32,
                announced_at=1,
                expires_at=2,
            )
        )
    engine.dispose()

    def due(*words: str) -> int:
        rows = run_jitstore("retention", *words, "--data", data)["duties"]
        assert isinstance(rows, list)
        assert [row["what"] for row in rows][:1] == ["files"]
        return int(rows[0]["due"])

    assert due("due") == 1
    assert due("run", "--dry-run") == 1
    done = run_jitstore("retention", "run", "--data", data)
    assert (done["ran"], done["erased"]) == (True, 1)
    assert due("due") == 0


def test_a_hold_is_told_and_ended_by_command(tmp_path: Path) -> None:
    data = str(made_store(tmp_path).data_dir)

    held = run_jitstore("log-hold", "--until", "2999-01-01", "--data", data)
    rows = run_jitstore("retention", "due", "--data", data)["duties"]

    assert str(held["held_until"]).startswith("2999-01-01T00:00:00")
    assert isinstance(rows, list)
    assert "held for a procedure" in [row["note"] for row in rows]
    run_jitstore("log-hold", "--until", "2001-01-01", "--data", data, expect=65)
    assert run_jitstore("log-hold", "--end", "--data", data)["held_until"] == "not held"
