"""What is asked in every round costs the same after years of use: counted in SQLite's own steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from centralstore import embedded, prekeys, schema
from centralstore.accesslog import Sealer
from centralstore.database import Transaction
from centralstore.prekeytables import ONE_TIME_KEY, SIGNED_PREKEYS
from centralstore.tables import DEVICE
from protocol.ids import DeviceId, UserId

DEVICE_ID, USER = DeviceId(b"d" * 16), UserId(b"u" * 16)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Transaction]:
    """A transaction of a device with a hundred keys of each kind left."""
    engine = embedded.open_engine(tmp_path / "store.db")
    schema.migrate(engine)
    with engine.connect() as conn, conn.begin():
        device = {"id": DEVICE_ID, "user_id": USER, "signing": b"", "revoked": False}
        conn.execute(insert(DEVICE).values(**device, last_position=0, last_seen=0))
        conn.execute(insert(SIGNED_PREKEYS).values(device_id=DEVICE_ID, signed=b""))
        keys(conn, range(5_000, 5_100), claimed=False)
        yield Transaction(
            conn=conn, now=time.time(), sealer=Sealer(bytes(32)), user=USER, device=DEVICE_ID
        )
    engine.dispose()


def keys(conn: Connection, numbers: range, *, claimed: bool) -> None:
    public = None if claimed else b"key"
    conn.execute(
        insert(ONE_TIME_KEY),
        [
            {
                "device_id": DEVICE_ID,
                "kind": kind,
                "key_id": number,
                "public": public,
                "signature": public,
                "claimed": claimed,
            }
            for number in numbers
            for kind in ("x", "kem")
        ],
    )


def steps(tx: Transaction, act: Any) -> int:
    """How many tens of instructions SQLite's machine executes for it."""
    driver: Any = tx.conn.connection.driver_connection
    count = 0

    def one_more() -> int:
        nonlocal count
        count += 1
        return 0

    act()
    driver.set_progress_handler(one_more, 10)
    try:
        act()
    finally:
        driver.set_progress_handler(None, 0)
    return count


def test_counting_the_keys_that_are_left_passes_over_the_used_ones(tx: Transaction) -> None:
    young = steps(tx, lambda: prekeys.count(tx))

    keys(tx.conn, range(4_000), claimed=True)

    assert steps(tx, lambda: prekeys.count(tx)) <= young + 1
    assert prekeys.count(tx).one_time == 100


def test_handing_a_key_out_passes_over_the_used_ones(tx: Transaction) -> None:
    young = steps(tx, lambda: prekeys.claim(tx, DEVICE_ID))

    keys(tx.conn, range(4_000), claimed=True)

    assert steps(tx, lambda: prekeys.claim(tx, DEVICE_ID)) <= young + 2
