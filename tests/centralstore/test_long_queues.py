"""A page of a queue costs what the page is, however long the queue: also where the planner guesses.

PostgreSQL knows how long queues are on average; most are empty, and the one that is asked for page
by page is the long one. What it read is told by EXPLAIN.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, make_url, text

from centralstore import mailbox, shared
from centralstore.accesslog import Sealer
from centralstore.database import Transaction
from centralstore.prepared import Prepared
from centralstore.steps import settled
from centralstore.tables import DELIVERY, MESSAGE, METADATA
from protocol.api.spaces import MailboxReply
from protocol.ids import DeviceId
from protocol.limits import MAX_WAITING_COUNTED
from tests.support.servers import places

AWAY, LONG = DeviceId(b"away" * 4), 12_000
GONE = {2, 3, 40, 41, 42, 43, 11_999}
SPACES = [number.to_bytes(16) for number in range(100)]


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A hundred short queues and a long one among them, and statistics that are up to date."""
    with places(tmp_path_factory.mktemp("queues")) as where:
        password = (where.secrets / "database").read_text().strip()
        engine = shared.open_engine(make_url(where.database_url).set(password=password))
        METADATA.create_all(engine)
        with engine.connect() as made:
            fill(made)
            made.commit()
            made.execute(text("ANALYZE delivery"))
            made.execute(text("ANALYZE message"))
            made.commit()
            yield made
        engine.dispose()


def fill(conn: Connection) -> None:
    queues = [(number.to_bytes(16), 200) for number in range(100)] + [(bytes(AWAY), LONG)]
    rows = [
        (device, position)
        for device, count in queues
        for position in range(1, count + 1)
        if device != AWAY or position not in GONE
    ]
    rows.sort(key=lambda row: row[1] * LONG // 200 if row[0] != AWAY else row[1])  # as they come
    ids = [(SPACES[number % 100], number.to_bytes(16)) for number in range(len(rows))]
    conn.execute(
        insert(MESSAGE),
        [
            {
                "space_id": space, "message_id": one, "device_id": bytes(16), "digest": bytes(32),
                "receipt": b"", "body": b"body", "undelivered": 1, "stored_at": 0,
            }
            for space, one in ids
        ],
    )  # fmt: skip
    conn.execute(
        insert(DELIVERY),
        [
            {
                "device_id": device, "position": position, "space_id": space, "message_id": one,
                "envelope": bytes(300), "queued_at": 0,
            }
            for (device, position), (space, one) in zip(rows, ids, strict=True)
        ],
    )  # fmt: skip


def page(conn: Connection, after: int, limit: int) -> MailboxReply:
    tx = Transaction(conn=conn, now=0.0, sealer=Sealer(bytes(32)), device=AWAY)
    return settled(conn, mailbox.page(tx, after, limit))


def most_read(conn: Connection, statement: Prepared, limit: int) -> int:
    """The rows of the busiest step of the plan that holds for every device."""
    compiled = statement._clause.compile(dialect=conn.dialect)
    sql, names = compiled.string, compiled.params
    values = {"device": AWAY, "after": 10, "limit": limit}
    conn.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
    (found,) = conn.exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", {**names, **values}
    ).one()
    conn.rollback()
    plan = json.loads(found) if isinstance(found, str) else found
    return max(int(one["Actual Rows"] * one["Actual Loops"]) for one in steps(plan[0]["Plan"]))


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


def test_a_page_of_a_long_queue_reads_a_page(conn: Connection) -> None:
    assert 190 <= most_read(conn, mailbox._PAGE, 200) <= 200


def test_what_follows_is_counted_no_further_than_it_is_told(conn: Connection) -> None:
    most = most_read(conn, mailbox._COUNT, MAX_WAITING_COUNTED)

    assert MAX_WAITING_COUNTED / 2 < most <= MAX_WAITING_COUNTED


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_page_after_page_gives_everything_once_past_what_is_gone(
    conn: Connection, limit: int
) -> None:
    got: list[int] = []
    waiting = 1
    while waiting:
        reply = page(conn, got[-1] if got else 0, limit)
        assert 0 < len(reply.deliveries) <= limit
        got += [one.index for one in reply.deliveries]
        waiting = reply.waiting
        if limit == 1 and len(got) > 60:
            break

    everything = [one for one in range(1, LONG + 1) if one not in GONE]
    assert got == everything[: len(got)]
    assert waiting or len(got) == len(everything)
    conn.rollback()
