"""Everything of the databases happens on one thread, in order, and ends what it began."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstore import devices
from localstore.connection import open_database
from localstore.executor import Database
from protocol.errors import BugError, DamagedStoreError, DiskError
from tests.localstore.samples import KEY


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database()
    yield made
    made.close()


@pytest.mark.asyncio
async def test_every_function_runs_on_the_same_other_thread(database: Database) -> None:
    threads = {await database.run(threading.get_ident) for _ in range(5)}
    threads.add(await asyncio.to_thread(database.call, threading.get_ident))

    assert len(threads) == 1
    assert threading.get_ident() not in threads


@pytest.mark.asyncio
async def test_functions_run_one_after_another_in_the_order_given(database: Database) -> None:
    order: list[int] = []

    await asyncio.gather(*(database.run(order.append, number) for number in range(200)))

    assert order == list(range(200))


def test_a_blocking_call_answers_other_threads(database: Database) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(database.call(pow, n, 2)))
        for n in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [n * n for n in range(8)]


def test_a_call_from_the_database_thread_itself_does_not_wait_for_itself(
    database: Database,
) -> None:
    assert database.call(lambda: database.call(pow, 3, 2)) == 9


def test_a_connection_refuses_every_other_thread(database: Database, tmp_path: Path) -> None:
    conn = database.call(open_database, tmp_path / "x.db", KEY, migrations="device")

    with pytest.raises(Exception, match="thread"):
        devices.setting(conn, "a")

    assert database.call(devices.setting, conn, "a") is None
    database.call(conn.close)


@pytest.mark.asyncio
async def test_an_act_that_began_ends_although_nobody_waits(database: Database) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        go_on.wait(60)
        ended.set()

    waiting = asyncio.get_running_loop().create_task(database.run(act))
    await asyncio.to_thread(begun.wait, 60)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()

    await database.run(lambda: None)
    assert ended.is_set()


@pytest.mark.asyncio
async def test_faults_of_disk_and_database_leave_translated(
    database: Database, tmp_path: Path
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(DiskError, match="full"):
        await database.run(full)
    (tmp_path / "x.db").write_bytes(b"")
    with pytest.raises(DamagedStoreError):
        await database.run(open_database, tmp_path / "x.db", KEY, migrations="device")


def test_a_mistake_of_ours_is_not_called_a_fault_of_the_disk(
    database: Database, tmp_path: Path
) -> None:
    conn = database.call(open_database, tmp_path / "x.db", KEY, migrations="device")

    with pytest.raises(Exception, match="no such table") as mistake:
        database.call(conn.execute, "SELECT * FROM nowhere")

    assert not isinstance(mistake.value, (DiskError, DamagedStoreError))
    database.call(conn.close)


def test_nothing_runs_after_the_end(database: Database) -> None:
    database.close()

    with pytest.raises(BugError):
        database.call(lambda: None)
