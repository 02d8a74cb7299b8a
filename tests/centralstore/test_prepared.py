"""Compiled once, a statement says and gives what SQLAlchemy would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from centralstore.embedded import open_engine
from centralstore.prepared import Prepared
from centralstore.tables import BLOCKED, DEVICE, METADATA

IDS = [bytes([number]) * 16 for number in range(5)]
SOME = (
    select(BLOCKED.c.id, BLOCKED.c.since)
    .where(BLOCKED.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(BLOCKED.c.since)
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(tmp_path / "x.db")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        put = Prepared(insert(BLOCKED))
        put.each(connection, [{"id": one, "since": at} for at, one in enumerate(IDS)])
        yield connection
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

    assert Prepared(later).do(conn, {"at": 9, "who": IDS[0]}) == 1


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


def test_what_the_driver_refuses_comes_as_sqlalchemys_error(conn: Connection) -> None:
    put = Prepared(insert(BLOCKED))

    with pytest.raises(IntegrityError):
        put.do(conn, {"id": IDS[0], "since": 1})
    with pytest.raises(IntegrityError):
        put.each(conn, [{"id": IDS[1], "since": 1}])
    conn.exec_driver_sql("DROP TABLE blocked")
    with pytest.raises(OperationalError):
        Prepared(delete(BLOCKED)).do(conn, {})
