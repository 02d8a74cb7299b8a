"""On PostgreSQL jobs that wait share a transaction: each is done once, as if it were alone.

The first job of a lane stands at a gate until all others wait behind it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, bindparam, func, insert, make_url, select, update

from centralstore import line, locks, shared
from centralstore.accesslog import Sealer
from centralstore.database import Transaction
from centralstore.prepared import Prepared
from centralstore.shared import Shared
from centralstore.steps import Lane, Question, Steps
from centralstore.tables import BLOCKED, LOG_WAITING, METADATA
from protocol.accesslog import AccessRow
from protocol.errors import NotFoundError, StoreBusyError
from tests.support.servers import places

A, B, C = (bytes([number]) * 16 for number in range(3))
WHO = BLOCKED.c.id == bindparam("who")
SINCE = Prepared(select(BLOCKED.c.since).where(WHO))
MORE = Prepared(
    update(BLOCKED).where(WHO).values(since=BLOCKED.c.since + 1).returning(BLOCKED.c.id)
)
PUT = Prepared(insert(BLOCKED))
LANE = Lane("tested", 5)
TURN = Prepared(select(func.txid_current().label("number")))

Work = Callable[[Transaction], Steps[Any]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with places(tmp_path) as where:
        password = (where.secrets / "database").read_text().strip()
        made = shared.open_engine(make_url(where.database_url).set(password=password))
        METADATA.create_all(made)
        with made.begin() as conn:
            conn.execute(
                insert(BLOCKED), [{"id": one, "since": at} for at, one in enumerate((A, B))]
            )
        yield made


class Crowd:
    """A database, and jobs that are let go together."""

    def __init__(self, engine: Engine) -> None:
        self.told: list[Transaction] = []
        self.database = Shared(engine, lambda: 1_800_000_000.0, Sealer(bytes(32)), self.told.extend)
        self._gate = threading.Event()

    async def start(self, *works: Work) -> list[asyncio.Task[Any]]:
        """They wait behind one that stands at the gate."""
        at_gate = threading.Event()

        def wait(tx: Transaction) -> Steps[None]:
            at_gate.set()
            self._gate.wait(60)
            yield Question(TURN, {})

        loop = asyncio.get_running_loop()
        run = self.database.run_beside
        self.first = loop.create_task(run("", LANE, wait))
        await asyncio.to_thread(at_gate.wait, 60)
        tasks = [loop.create_task(run(f"job.{at}", LANE, one)) for at, one in enumerate(works)]
        await asyncio.sleep(0)  # each has queued its job
        return tasks

    async def let_go(self, *works: Work) -> list[Any]:
        """Results and errors of all."""
        tasks = await self.start(*works)
        self._gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    def open(self) -> None:
        self._gate.set()


@pytest.fixture
def crowd(engine: Engine) -> Iterator[Crowd]:
    made = Crowd(engine)
    yield made
    made.open()
    made.database.close()


def since(engine: Engine) -> dict[bytes, int]:
    with engine.connect() as conn:
        return {bytes(row.id): row.since for row in conn.execute(select(BLOCKED))}


def logged(engine: Engine) -> list[tuple[str, str]]:
    """Operations and results in the access log."""
    with engine.connect() as conn:
        packed = conn.execute(select(LOG_WAITING.c.rows)).scalars().all()
    rows = [row for one in packed for row in msgspec.msgpack.decode(one, type=list[AccessRow])]
    return sorted((row.operation, row.result) for row in rows)


def asks(who: bytes) -> Work:
    def work(_tx: Transaction) -> Steps[tuple[int, list[int]]]:
        (turn,) = yield Question(TURN, {})
        rows = yield Question(SINCE, {"who": who})
        return turn.number, [row.since for row in rows]

    return work


def adds(who: bytes) -> Work:
    """One more, for who is there."""

    def work(tx: Transaction) -> Steps[int]:
        tx.hold(who)
        return len((yield Question(MORE, {"who": who})))

    return work


@pytest.mark.asyncio
async def test_who_waits_shares_a_transaction_and_has_his_own_answer(crowd: Crowd) -> None:
    found = await crowd.let_go(asks(B), asks(A), asks(C), asks(B))

    assert [rows for _, rows in found] == [[1], [0], [], [1]]
    assert len({turn for turn, _ in found}) == 1


@pytest.mark.asyncio
async def test_who_waits_in_a_lane_is_seen_from_outside(crowd: Crowd) -> None:
    tasks = await crowd.start(asks(A), asks(B))

    full = crowd.database.load()

    assert (full.size, full.busy, full.waiting) == (shared.CONNECTIONS + 1, 1, 2)
    crowd.open()
    await asyncio.gather(*tasks)


@pytest.mark.asyncio
async def test_more_than_fit_into_one_transaction_are_all_done_once(
    crowd: Crowd, engine: Engine
) -> None:
    count = 2 * LANE.most + 3

    assert await crowd.let_go(*[adds(B)] * count) == [1] * count
    assert since(engine)[B] == 1 + count
    assert len(logged(engine)) == count


@pytest.mark.asyncio
async def test_no_more_share_a_transaction_than_the_lane_lets(crowd: Crowd) -> None:
    found = await crowd.let_go(*[asks(A)] * (2 * LANE.most + 3))

    together = Counter(turn for turn, _ in found)
    assert sorted(together.values()) == [3, LANE.most, LANE.most]


@pytest.mark.asyncio
async def test_a_refusal_is_the_refused_ones_alone(crowd: Crowd, engine: Engine) -> None:
    def refused(_tx: Transaction) -> Steps[None]:
        yield Question(SINCE, {"who": A})
        raise NotFoundError("nothing")

    one, error, other = await crowd.let_go(adds(A), refused, adds(B))

    assert (one, other) == (1, 1)
    assert isinstance(error, NotFoundError)
    assert since(engine) == {A: 1, B: 2}
    assert logged(engine) == [("job.0", "ok"), ("job.1", error.reason), ("job.2", "ok")]
    assert len(crowd.told) == 3, "the gate's, and two"


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["a change", "a new row"])
async def test_who_is_refused_after_he_wrote_leaves_nothing_and_spoils_nothing(
    crowd: Crowd, engine: Engine, how: str
) -> None:
    def refused(tx: Transaction) -> Steps[None]:
        if how == "a new row":
            tx.put(PUT, [{"id": C, "since": 9}])
        else:
            yield Question(MORE, {"who": A})
        yield Question(SINCE, {"who": A})
        raise NotFoundError("nothing")

    one, error, other = await crowd.let_go(adds(A), refused, adds(B))

    assert (one, other) == (1, 1)
    assert isinstance(error, NotFoundError)
    assert since(engine) == {A: 1, B: 2}
    assert logged(engine) == [("job.0", "ok"), ("job.1", error.reason), ("job.2", "ok")]


@pytest.mark.asyncio
async def test_two_that_write_the_same_are_done_one_after_the_other(
    crowd: Crowd, engine: Engine
) -> None:
    def puts(tx: Transaction) -> Steps[str]:
        if (yield Question(SINCE, {"who": C})):
            return "known"
        tx.put(PUT, [{"id": C, "since": 9}])
        return "new"

    first, other, second = await crowd.let_go(puts, adds(B), puts)

    assert sorted((first, second)) == ["known", "new"]
    assert other == 1
    assert since(engine) == {A: 0, B: 2, C: 9}
    assert len(logged(engine)) == 3


@pytest.mark.asyncio
async def test_who_needs_a_lock_late_is_done_by_himself(crowd: Crowd, engine: Engine) -> None:
    def late(tx: Transaction) -> Steps[int]:
        tx.hold(A)
        (turn,) = yield Question(TURN, {})
        tx.hold(B)
        yield Question(MORE, {"who": B})
        return int(turn.number)

    (turn, _), mine = await crowd.let_go(asks(A), late)

    assert turn != mine
    assert since(engine)[B] == 2


@pytest.mark.asyncio
async def test_nobody_waits_for_a_lock_that_another_waits_for(crowd: Crowd, engine: Engine) -> None:
    with engine.connect() as holder:
        locks.hold(holder, [A])
        slow, quick = await crowd.start(adds(A), adds(B))
        crowd.open()

        assert await quick == 1
        assert not slow.done()
        holder.rollback()
        assert await slow == 1
    assert since(engine) == {A: 1, B: 2}


@pytest.mark.asyncio
async def test_a_commit_whose_answer_was_lost_is_run_again_for_none(
    crowd: Crowd, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def counts(who: bytes) -> Work:
        def work(tx: Transaction) -> Steps[None]:
            runs.append(who.hex())
            yield Question(MORE, {"who": who})
            tx.wake(tx.device, who, "mailbox")

        return work

    commit = line.commit

    def cut(driver: Any) -> None:
        if runs:
            with engine.connect() as other:
                ended = func.pg_terminate_backend(driver.info.backend_pid, 60_000)
                other.execute(select(ended))
        commit(driver)

    monkeypatch.setattr(line, "commit", cut)
    found = await crowd.let_go(counts(A), counts(B))
    monkeypatch.undo()

    assert [type(one) for one in found] == [StoreBusyError] * 2
    assert sorted(runs) == [A.hex(), B.hex()]
    assert [one.unsure for one in crowd.told] == [False, True, True]
    assert since(engine) == {A: 0, B: 1}


@pytest.mark.asyncio
async def test_a_line_that_is_lost_before_the_commit_is_nobodys_loss(
    crowd: Crowd, engine: Engine
) -> None:
    lost: list[int] = []

    def loses(tx: Transaction) -> Steps[None]:
        yield Question(SINCE, {"who": A})
        if not lost:
            driver: Any = tx.conn.connection.driver_connection
            lost.append(driver.info.backend_pid)
            with engine.connect() as other:
                other.execute(select(func.pg_terminate_backend(lost[0], 60_000)))
        yield Question(SINCE, {"who": B})

    assert await crowd.let_go(adds(A), loses, adds(B)) == [1, None, 1]
    assert since(engine) == {A: 1, B: 2}
    assert len(logged(engine)) == 3


@pytest.mark.asyncio
async def test_closing_finishes_what_waits(engine: Engine) -> None:
    crowd = Crowd(engine)
    tasks = await crowd.start(adds(A), adds(B))
    closing = asyncio.create_task(asyncio.to_thread(crowd.database.close))
    crowd.open()

    await closing

    assert await asyncio.gather(*tasks) == [1, 1]
    assert since(engine) == {A: 1, B: 2}
