"""Compiled once, a statement says and gives what SQLAlchemy would."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import _pipeline_base
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from centralstore import embedded, locks, pipelined, shared, values
from centralstore.prepared import Prepared
from centralstore.tables import BLOCKED, DEVICE, METADATA
from tests.support.servers import Places

IDS = [bytes([number]) * 16 for number in range(5)]
SOME = (
    select(BLOCKED.c.id, BLOCKED.c.since)
    .where(BLOCKED.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(BLOCKED.c.since)
)


@pytest.fixture
def conn(tmp_path: Path, where: Places | None) -> Iterator[Connection]:
    """A connection in a transaction; of PostgreSQL, in a pipeline."""
    if where is None:
        engine = embedded.open_engine(tmp_path / "x.db")
    else:
        password = (where.secrets / "database").read_text().strip()
        engine = shared.open_engine(make_url(where.database_url).set(password=password))
    METADATA.create_all(engine)
    with engine.connect() as connection:
        if where is not None:
            pipelined.enter(connection)
        connection.begin()
        put = Prepared(insert(BLOCKED))
        put.each(connection, [{"id": one, "since": at} for at, one in enumerate(IDS)])
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_may_have_any_length_each_time(conn: Connection, count: int) -> None:
    some = Prepared(SOME)

    for wanted in (IDS[:count], IDS[-count:], IDS):
        rows = some.rows(conn, {"ids": wanted})

        assert [tuple(row) for row in rows] == [
            tuple(row) for row in conn.execute(SOME, {"ids": wanted})
        ]
        assert [row.id for row in rows] == sorted(wanted)


def test_an_empty_list_is_refused_and_not_everything_or_nothing(conn: Connection) -> None:
    with pytest.raises(ValueError, match="empty"):
        Prepared(SOME).rows(conn, {"ids": []})


def test_a_value_that_was_forgotten_is_not_taken_for_nothing(conn: Connection) -> None:
    later = update(BLOCKED).where(BLOCKED.c.id == bindparam("who")).values(since=bindparam("at"))

    with pytest.raises(KeyError, match="who"):
        Prepared(later).do(conn, {"at": 9})

    Prepared(later).do(conn, {"at": 9, "who": IDS[0]})
    assert conn.execute(select(BLOCKED.c.since).where(BLOCKED.c.id == IDS[0])).scalar() == 9


def test_fixed_values_of_a_statement_stay_its_own(conn: Connection) -> None:
    up = Prepared(
        update(BLOCKED)
        .where(BLOCKED.c.id == bindparam("who"), BLOCKED.c.since < 3)
        .values(since=BLOCKED.c.since + 10)
        .returning(BLOCKED.c.since)
    )

    assert [up.one(conn, {"who": one}) for one in IDS] == [(10,), (11,), (12,), None, None]


def test_a_flag_is_true_or_false(conn: Connection) -> None:
    row = {column.name: b"" if "BLOB" in str(column.type) else 0 for column in DEVICE.columns}
    Prepared(insert(DEVICE)).do(conn, row | {"id": IDS[0], "revoked": True})

    found = Prepared(select(DEVICE.c.revoked, DEVICE.c.id)).one(conn, {})

    assert found is not None
    assert (found.revoked is True, found.id) == (True, IDS[0])


def test_each_of_many_rows_gets_its_own_values(conn: Connection) -> None:
    """Whatever may be null, and whatever the size of a number."""
    large = [2**62, 0, 1, 2**40, 2**15]
    move = update(BLOCKED).where(BLOCKED.c.id == bindparam("who")).values(since=bindparam("at"))

    Prepared(move).each(conn, [{"who": a, "at": b} for a, b in zip(IDS, large, strict=True)])
    Prepared(move).each(conn, [])

    rows = Prepared(SOME).rows(conn, {"ids": IDS})
    assert {row.id: row.since for row in rows} == dict(zip(IDS, large, strict=True))


@pytest.fixture
def pipeline(conn: Connection) -> Connection:
    if conn.dialect.name != "postgresql":
        pytest.skip("SQLite waits for each statement")
    return conn


def test_what_was_asked_ahead_came_with_the_answer_before(
    pipeline: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, *others = [Prepared(select(BLOCKED.c.since).where(BLOCKED.c.id == id_)) for id_ in IDS]
    for other in others:
        other.ahead(pipeline, {})
    one.rows(pipeline, {})
    monkeypatch.setattr(psycopg.Connection, "wait", None)

    assert [other.rows(pipeline, {})[0].since for other in others] == [1, 2, 3, 4]


def test_a_question_of_many_gives_each_the_rows_it_gives_alone(pipeline: Connection) -> None:
    """In their order, up to its limit; who asks for nothing that is there gets nothing."""
    later = Prepared(
        select(BLOCKED.c.since, BLOCKED.c.id)
        .where(BLOCKED.c.since > bindparam("after"), BLOCKED.c.id != bindparam("but"))
        .order_by(BLOCKED.c.since.desc())
        .limit(bindparam("most", type_=Integer))
    )
    asked = [
        {"after": after, "but": but, "most": most}
        for after in (-1, 2, 9)
        for but in IDS[:2]
        for most in (1, 3, 100)
    ]

    together = later.of_many(pipeline, asked)()

    assert [[*map(tuple, rows)] for rows in together] == [
        [*map(tuple, later.rows(pipeline, one))] for one in asked
    ]
    assert together[2][0].since == 4


def test_what_nobody_waits_for_leaves_with_what_somebody_waits_for(
    pipeline: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    send: Any = vars(_pipeline_base)["send"]

    def counted(line: Any) -> Any:
        sent.append(1)
        return send(line)

    put, some = Prepared(insert(BLOCKED)), Prepared(SOME)
    some.rows(pipeline, {"ids": IDS})
    monkeypatch.setattr(_pipeline_base, "send", counted)
    monkeypatch.setattr(_pipeline_base, "pipeline_communicate", None)  # it waits at each

    for at in range(3):
        put.do(pipeline, {"id": bytes([100 + at]) * 16, "since": at})
    assert sent == []

    assert len(some.rows(pipeline, {"ids": [bytes([102]) * 16]})) == 1
    assert len(sent) == 1


def test_a_transaction_of_which_nothing_was_read_is_committed(pipeline: Connection) -> None:
    pipeline.rollback()
    pipelined.enter(pipeline)
    with pipeline.begin():
        Prepared(insert(BLOCKED)).do(pipeline, {"id": IDS[0], "since": 5})

    with pipeline.engine.connect() as other:
        assert [row.since for row in other.execute(SOME, {"ids": IDS})] == [5]


def test_a_transaction_that_ends_with_an_answer_is_ended(pipeline: Connection) -> None:
    """Its locks are free: the line knew at its commit that there was something to end."""
    pipeline.rollback()
    pipelined.enter(pipeline)
    with pipeline.begin():
        locks.hold(pipeline, [IDS[0]])
        assert Prepared(SOME).rows(pipeline, {"ids": IDS}) == []

    with pipeline.engine.connect() as other:
        free = select(func.pg_try_advisory_xact_lock(locks.key(IDS[0])))
        assert other.execute(free).scalar() is True


def test_an_answer_that_came_ahead_is_given_once_and_to_its_own_question(conn: Connection) -> None:
    asked = Prepared(select(BLOCKED.c.since).where(BLOCKED.c.id == bindparam("who")))
    asked.ahead(conn, {"who": IDS[0]})
    Prepared(update(BLOCKED).values(since=bindparam("at"))).do(conn, {"at": 7})

    assert asked.rows(conn, {"who": IDS[1]})[0].since == 7
    asked.rows(conn, {"who": IDS[0]})
    assert asked.rows(conn, {"who": IDS[0]})[0].since == 7


def test_an_answer_of_one_transaction_is_none_in_the_next(pipeline: Connection) -> None:
    asked = Prepared(select(BLOCKED.c.since).where(BLOCKED.c.id == bindparam("who")))
    asked.ahead(pipeline, {"who": IDS[0]})
    pipeline.rollback()
    pipelined.enter(pipeline)
    pipeline.begin()

    assert asked.rows(pipeline, {"who": IDS[0]}) == []


def test_a_lock_is_taken_once_in_a_transaction_and_again_in_the_next(pipeline: Connection) -> None:
    held = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    )
    for _ in range(2):
        locks.hold(pipeline, [IDS[0]])
        locks.hold(pipeline, [IDS[0]])
        assert pipeline.execute(held).scalar() == 1
        pipeline.rollback()
        pipelined.enter(pipeline)
        pipeline.begin()


@pytest.mark.parametrize("how", ["rows", "leave", "commit", "SQLAlchemy"])
def test_what_nobody_waited_for_is_refused_where_somebody_waits(
    pipeline: Connection, how: str
) -> None:
    put = Prepared(insert(BLOCKED))
    put.do(pipeline, {"id": IDS[0], "since": 1})

    waits: dict[str, Callable[[], object]] = {
        "rows": lambda: Prepared(SOME).rows(pipeline, {"ids": IDS}),
        "leave": lambda: pipelined.leave(pipeline),
        "commit": pipeline.commit,
        "SQLAlchemy": lambda: pipeline.execute(SOME, {"ids": IDS}),
    }

    with pytest.raises(IntegrityError) as found:
        waits[how]()

    assert not found.value.connection_invalidated
    assert pipelined.take_back(pipeline), "the connection can go on"
    pipelined.enter(pipeline)
    pipeline.begin()
    assert Prepared(SOME).rows(pipeline, {"ids": IDS}) == [], "nothing of it is there"


def test_a_connection_goes_on_whenever_its_refusal_came(pipeline: Connection) -> None:
    """Also between two statements, when what was sent behind it is not answered yet.

    The key is another transaction's that ends meanwhile: only so is the answer late.
    """
    put, some = Prepared(insert(BLOCKED)), Prepared(SOME)
    ended: list[Future[None]] = []

    def send(key: bytes, further: int) -> None:
        with pipeline.begin() as act:
            some.rows(pipeline, {"ids": IDS})
            ended.append(meanwhile.submit(other.commit))
            for one in (key, *(IDS * 2)[:further]):
                put.do(pipeline, {"id": one, "since": 2})
            act.commit()

    pipeline.rollback()
    with pipeline.engine.connect() as other, ThreadPoolExecutor(1) as meanwhile:
        for number in range(1500):
            key = bytes([number % 256, number // 256]) * 8
            other.execute(insert(BLOCKED), {"id": key, "since": 1})
            pipelined.enter(pipeline)
            with pytest.raises(IntegrityError):
                send(key, 2 + number % 5)
            ended.pop().result()

            assert pipelined.take_back(pipeline)
            assert some.rows(pipeline, {"ids": [key]})[0].since == 1
            pipeline.rollback()


def test_a_line_that_is_lost_in_a_pipeline_is_known_as_lost(
    pipeline: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    (own,) = pipeline.exec_driver_sql("SELECT pg_backend_pid()").one()
    pipeline.rollback()
    pipelined.enter(pipeline)
    pipeline.begin()
    Prepared(SOME).rows(pipeline, {"ids": IDS})
    with pipeline.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 60000)")

    with pytest.raises(DBAPIError) as found:
        Prepared(SOME).rows(pipeline, {"ids": IDS})

    assert found.value.connection_invalidated
    assert pipeline.invalidated
    del found
    gc.collect()
    assert capfd.readouterr() == ("", ""), "the store's stderr is for its own lines"
    pipeline.rollback()


@pytest.mark.embedded
def test_what_the_driver_refuses_comes_as_sqlalchemys_error(conn: Connection) -> None:
    put = Prepared(insert(BLOCKED))

    with pytest.raises(IntegrityError):
        put.do(conn, {"id": IDS[0], "since": 1})
    with pytest.raises(IntegrityError):
        put.each(conn, [{"id": IDS[1], "since": 1}])
    conn.exec_driver_sql("DROP TABLE blocked")
    with pytest.raises(OperationalError):
        Prepared(delete(BLOCKED)).do(conn, {})


KINDS: tuple[object, ...] = (
    *(b"", bytes(range(256)), 0, -1, 2**62, "", "a\u00e9\u20ac", True, False, None),
    *([b"one"], [b"", bytes(3000), b"x"], [5], [0, -1, 2**62, 70_000], ["", "\u00e9"]),
    *([], [b"one", None], [None], [[1], [2]]),
)


def test_a_value_is_written_as_psycopg_writes_it(pipeline: Connection) -> None:
    """The third time it is ours: the first learns the text, the second the kinds."""
    driver: Any = pipeline.connection.driver_connection
    for value, form in itertools.product(KINDS, "sb"):
        sql = f"SELECT %(a){form}, %(b)b, %(a){form}"
        named = {"a": value, "b": 7, "unused": 1}
        theirs = PostgresQuery(Transformer(driver))
        theirs.convert(sql, named)

        for _ in range(3):
            ours = values.given(Transformer(driver), sql, named)

            assert [one if one is None else bytes(one) for one in ours.params or ()] == [
                one if one is None else bytes(one) for one in theirs.params or ()
            ], value
            assert (ours.query, ours.types) == (theirs.query, theirs.types)
            assert list(ours.formats or ()) == list(theirs.formats or ())


def test_what_no_column_holds_is_refused_as_psycopg_refuses_it(pipeline: Connection) -> None:
    driver: Any = pipeline.connection.driver_connection
    sql = "SELECT %(number)s::bigint"
    for _ in range(3):
        values.given(Transformer(driver), sql, {"number": 1})

    for wrong in ({"number": 2**63}, {}):
        with pytest.raises((psycopg.Error, OverflowError)):
            values.given(Transformer(driver), sql, wrong)
