"""What several processes share fails: a process, the database, the bucket. Nothing acknowledged is
lost, nothing erased comes back, and the answer says what is the matter (docs/adr/0029).
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import event, make_url, text, update

from centralstore import inside, settings
from centralstore.database import Transaction
from centralstore.health import Health
from centralstore.signals import Signals
from centralstore.tables import DEVICE
from protocol.api import paths
from protocol.api.files import FileState
from protocol.api.spaces import PostMessageRequest, Wake
from protocol.errors import StoreBusyError
from tests.centralstore.client import Device, linked, refused
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.pair import Pair, at, enrolled, team_of
from tests.centralstore.team import Team, message
from tests.centralstore.test_files import gone, objects
from tests.centralstore.test_kill import all_waiting
from tests.support.servers import own_postgres, own_s3, places
from tests.support.store import made_store, running_store

BUSY = frozenset({429, 503, 507})
_PATIENCE = 120.0
"""Seconds until a test gives up; what is started again may take as many as it needs."""


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Pair]:
    """Two processes on a database and a bucket that one test may break."""
    with ExitStack() as ends:
        where = places(tmp_path, ends.enter_context(own_postgres()), ends.enter_context(own_s3()))
        one = ends.enter_context(running_store(tmp_path, places=ends.enter_context(where)))
        other = one.beside()
        other.start()
        ends.callback(other.stop)
        yield one, other


def insist(act: Callable[[], httpx.Response]) -> tuple[httpx.Response, list[int]]:
    """As a client does: again, while the store is busy or a line breaks; and what it said before.

    `act` goes to another process after a broken line, as a proxy would send it.
    """
    before: list[int] = []
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            answer = act()
        except httpx.TransportError:
            before.append(0)
            continue
        if answer.status_code not in BUSY:
            return answer, before
        before.append(answer.status_code)
    raise AssertionError(f"never came back: {before[-5:]}")


def turning(hands: list[Device], *words: Any) -> httpx.Response:
    """Ask the first process; when it is gone, the next."""
    try:
        return hands[0].ask(*words)
    except httpx.TransportError:
        hands.append(hands.pop(0))
        raise


@contextmanager
def posting(
    team: Team, senders: list[Device], posts: list[PostMessageRequest]
) -> Iterator[threading.Event]:
    """Post all, insisting, while the block runs and until all are acknowledged."""
    under_way = threading.Event()
    path = paths.messages(team.space)

    def send() -> None:
        for number, one in enumerate(posts):
            answer, _ = insist(partial(turning, senders, "POST", path, one))
            assert answer.status_code == 201, answer.text
            if number == 20:
                under_way.set()

    with ThreadPoolExecutor(1) as crowd:
        done: Future[None] = crowd.submit(send)
        yield under_way
        done.result(120)


def everything(lines: Iterator[str]) -> bool:
    """Whether the stream says to look at everything, within two minutes of nothing else.

    A database that comes back on a busy machine is away longer than one sign of life.
    """
    alive = 0
    for line in lines:
        alive += line == ": alive"
        if alive == 8:
            return False
        if line.startswith("data: "):
            wake = msgspec.json.decode(line.removeprefix("data: "), type=Wake)
            if wake.what == "everything":
                return True
    return False


def test_who_listens_beside_a_process_that_dies_looks_at_everything(fragile: Pair) -> None:
    """It may have died between a commit and telling of it."""
    dies, stays = fragile
    bea = at(enrolled(stays, "bea"), stays)
    headers = {"Authorization": f"Bearer {bea.token}"}
    with bea.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        enrolled(dies, "somebody")
        assert any("directory" in line for line in lines)

        dies.kill()

        assert everything(lines)


def test_messages_around_a_killed_process_arrive_exactly_once(fragile: Pair) -> None:
    dies, stays = fragile
    team, (al, bea) = team_of(stays, "al", "bea")
    posts = [message(team.space, al, bea) for _ in range(120)]

    with posting(team, [at(al, dies), at(al, stays)], posts) as under_way:
        assert under_way.wait(120)
        dies.kill()

    assert all_waiting(at(bea, stays)) == [one.message for one in posts]


def test_messages_around_a_crash_of_the_database_arrive_exactly_once(fragile: Pair) -> None:
    team, (al, bea) = team_of(fragile[0], "al", "bea")
    posts = [message(team.space, al, bea) for _ in range(120)]
    assert fragile[0].places is not None
    headers = {"Authorization": f"Bearer {bea.token}"}
    there = at(bea, fragile[1])
    with there.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"

        with posting(team, [al], posts) as under_way:
            assert under_way.wait(120)
            fragile[0].places.postgres.restart("immediate")

        assert everything(lines), "what was told meanwhile was not heard"
    assert all_waiting(at(bea, fragile[1])) == [one.message for one in posts]


def test_a_database_that_is_away_is_said_and_nothing_is_believed_done(fragile: Pair) -> None:
    team, (al, bea) = team_of(fragile[0], "al", "bea")
    assert fragile[0].places is not None
    postgres, one = fragile[0].places.postgres, message(team.space, al, bea)
    postgres.stop("immediate")

    answer = al.ask("POST", paths.messages(team.space), one)

    assert refused(answer) == (429, "store-busy")
    assert answer.headers["retry-after"]
    postgres.start()
    again, _ = insist(partial(al.ask, "POST", paths.messages(team.space), one))
    assert again.status_code == 201
    assert all_waiting(bea) == [one.message]


def test_a_revocation_that_was_not_heard_ends_the_stream_all_the_same(fragile: Pair) -> None:
    bea = enrolled(fragile[0], "bea")
    laptop = linked(bea, "bea-laptop-unheard")
    there = at(laptop, fragile[1])
    headers = {"Authorization": f"Bearer {laptop.token}"}
    with there.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        engine = fragile[0].engine()
        with engine.begin() as connection:  # nobody is told of it
            mine = DEVICE.c.id == laptop.person.device
            connection.execute(update(DEVICE).where(mine).values(revoked=True))
        engine.dispose()
        assert fragile[0].places is not None

        fragile[0].places.postgres.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE '%pg_locks%' AND application_name = 'jitstore'"
        )

        rest = [line for line in lines if line.startswith("data: ")]
    assert all('"everything"' in line for line in rest), "it came to its end"


def test_an_upload_around_a_bucket_that_stops_is_completed_once(fragile: Pair) -> None:
    team, (al, bea) = team_of(fragile[0], "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,), count=12)
    exhibit.announce()
    assert fragile[0].places is not None
    s3, under_way = fragile[0].places.s3, threading.Event()

    def upload() -> None:
        for index in range(exhibit.count):
            answer, _ = insist(partial(exhibit.put, index))
            assert answer.status_code == 204, answer.text
            if index == 2:
                under_way.set()

    with ThreadPoolExecutor(1) as crowd:
        done = crowd.submit(upload)
        assert under_way.wait(120)
        s3.stop()
        s3.start()
        done.result(120)

    assert exhibit.state().stored == tuple(range(exhibit.count))
    assert exhibit.complete().is_success
    theirs = at(bea, fragile[1])
    for index in range(exhibit.count):
        assert exhibit.get(index, theirs).content == exhibit.parts[index]


def test_what_is_erased_while_the_bucket_is_away_stays_erased(fragile: Pair) -> None:
    team, (al, bea) = team_of(fragile[0], "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,), count=2).upload()
    assert fragile[0].places is not None
    s3 = fragile[0].places.s3
    s3.stop()

    assert exhibit.withdraw().is_success

    assert exhibit.state().state is FileState.ERASED
    for process in fragile:
        process.kill()
    s3.start()
    assert len(objects(fragile[0])) == 2, "the bytes are there still, and nobody gets them"
    for process in fragile:
        process.start()
    assert refused(exhibit.get(0, at(bea, fragile[1]))) == (410, "erased")
    assert gone(fragile[0])


def test_a_process_that_stops_in_order_hands_over(fragile: Pair) -> None:
    stops, stays = fragile
    team, (al, bea) = team_of(stays, "al", "bea")
    posts = [message(team.space, al, bea) for _ in range(120)]
    assert stops.process is not None

    with posting(team, [at(al, stops), at(al, stays)], posts) as under_way:
        assert under_way.wait(120)
        stops.process.send_signal(signal.SIGTERM)
        assert stops.process.wait(120) == 0

    assert all_waiting(at(bea, stays)) == [one.message for one in posts]


@pytest.mark.asyncio
async def test_a_commit_whose_answer_was_lost_is_not_run_again(tmp_path: Path) -> None:
    """Nobody knows whether it happened: who asked comes again, and it is not done twice."""
    with places(tmp_path) as where:
        store = settings.load(made_store(tmp_path, places=where).data_dir)
        async with inside.opened(store, lambda: 1_800_000_000.0) as service:
            runs: list[int] = []

            def work(tx: Transaction) -> int:
                pid = int(tx.conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
                runs.append(pid)
                return pid

            def cut(_connection: object) -> None:
                if len(runs) == 1:
                    where.postgres.ask(f"SELECT pg_terminate_backend({runs[0]})")

            engine = service.database._engine
            event.listen(engine, "commit", cut)
            with pytest.raises(StoreBusyError):
                await service.database.run("", work)
            event.remove(engine, "commit", cut)

            assert len(runs) == 1
            assert await service.database.run("", work) != runs[0]


def test_a_process_with_something_to_tell_stops_without_its_database(tmp_path: Path) -> None:
    with ExitStack() as ends:
        postgres = ends.enter_context(own_postgres())
        where = ends.enter_context(places(tmp_path, postgres))
        password = (where.secrets / "database").read_text().strip()
        url = make_url(where.database_url).set(password=password)
        signals = Signals(url.render_as_string(hide_password=False), print, lambda: None)
        assert signals.listening(120)
        postgres.stop("immediate")
        told = Transaction(conn=None, now=0.0, sealer=None, doomed=True)  # type: ignore[arg-type]
        signals.publish([told])

        with ThreadPoolExecutor(1) as crowd:
            assert crowd.submit(signals.close).result(120) is None
        postgres.start()


@pytest.mark.asyncio
async def test_readiness_says_what_is_away_and_when_it_is_back(tmp_path: Path) -> None:
    with ExitStack() as ends:
        where = ends.enter_context(
            places(tmp_path, ends.enter_context(own_postgres()), ends.enter_context(own_s3()))
        )
        store = settings.load(made_store(tmp_path, places=where).data_dir)
        async with inside.opened(store, time.time) as service:

            async def red() -> set[str]:
                found = await Health(service, store).look()
                return {name for name, check in found.items() if check.blocks and not check.ok}

            before = await red()
            where.s3.stop()
            assert await red() - before == {"blobs"}
            await asyncio.to_thread(where.s3.start)
            assert await red() == before
            await asyncio.to_thread(where.postgres.stop, "immediate")
            assert await red() - before == {"database", "migrations", "clock"}
            await asyncio.to_thread(where.postgres.start)
            await service.database.run("", lambda tx: tx.conn.execute(text("SELECT 1")))
            assert await red() == before
