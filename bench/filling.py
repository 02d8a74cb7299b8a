"""Fills a stopped store's database with what years of use leave in it, through the real schema.

So many rows in each of the tables that grow with every message: `message` (delivered, bodies gone),
`addressed` and `access_log`, whose rows are sealed and have their leaves in the log's tree, so that
`jitstore log verify` finds them sound. A tenth as many deliveries with bodies wait for people who
are away, half of them for one. People, devices, spaces and used one-time keys grow with them.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, delete, select, update

from bench.wire import ENVELOPE_BYTES
from centralstore import accesslog, sequencer, settings, tiles
from centralstore.accesslog import Access, Sealer
from centralstore.database import Transaction
from centralstore.prekeytables import ONE_TIME_KEY
from centralstore.tables import (
    ACCESS_LOG,
    ACCOUNT,
    ADDRESSED,
    DELIVERY,
    DEVICE,
    LOG_COUNT,
    LOG_ENTRY,
    LOG_HEAD,
    MEMBER,
    MESSAGE,
    SPACE,
)
from protocol.accesslog import AccessRow
from protocol.ids import DeviceId, SpaceId, mailbox_id
from protocol.roles import Role
from tests.support.store import StoreHandle

_BATCH: Final = 20_000
_DAYS: Final = 60
_SPACE_OF_MESSAGES: Final = 1_000
_MEMBERS: Final = 5
_BODY_BYTES: Final = 1024
_OPERATIONS: Final = ("message.post", "mailbox.read", "mailbox.ack")


@dataclass(frozen=True)
class _Space:
    id: bytes
    users: Sequence[bytes]
    devices: Sequence[bytes]


def fill(store: StoreHandle, rows: int, away: bytes, keys_of: bytes) -> None:
    """`away` is the device for whom rows/20 deliveries wait; rows/1000 keys of `keys_of` are used.

    The store must not be running.
    """
    sealer, now = settings.load(store.data_dir).sealer(), int(time.time())
    chance = random.Random(rows)
    engine = store.engine()
    with engine.connect() as conn:
        with conn.begin():
            spaces = _people(conn, max(1, rows // _SPACE_OF_MESSAGES), now)
        _drain(conn, sealer, now)
        for start in range(0, rows, _BATCH):
            with conn.begin():
                some = range(start, min(rows, start + _BATCH))
                _messages(conn, spaces, some, now, chance)
                _log(conn, sealer, spaces, some, now)
        with conn.begin():
            _waiting(conn, spaces, away, rows // 10, now)
            _used_keys(conn, keys_of, rows // 1000)
    engine.dispose()


def _put(conn: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """All rows with the same columns; by the driver, which is several times as fast."""
    found = list(rows)
    if not found:
        return
    names = list(found[0])
    mark = "?" if conn.dialect.name == "sqlite" else "%s"
    places = ", ".join([mark] * len(names))
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"
    conn.exec_driver_sql(sql, [tuple(row.values()) for row in found])


def _people(conn: Connection, count: int, now: int) -> list[_Space]:
    """Spaces of five with people of their own."""
    spaces = [
        _Space(
            os.urandom(16),
            [os.urandom(16) for _ in range(_MEMBERS)],
            [os.urandom(16) for _ in range(_MEMBERS)],
        )
        for _ in range(count)
    ]
    people = [pair for one in spaces for pair in zip(one.users, one.devices, strict=True)]
    _put(conn, ACCOUNT, (_account(user, number, now) for number, (user, _) in enumerate(people)))
    _put(
        conn,
        DEVICE,
        (
            {
                "id": device,
                "user_id": user,
                "signing": os.urandom(2000),
                "revoked": False,
                "last_position": 0,
                "last_seen": now,
            }
            for user, device in people
        ),
    )
    _put(
        conn,
        SPACE,
        (
            {
                "id": one.id,
                "agreement": os.urandom(32),
                "seq": _MEMBERS - 1,
                "head": os.urandom(32),
                "created_at": now - _DAYS * 86_400,
            }
            for one in spaces
        ),
    )
    role = Role.INVESTIGATOR.value
    _put(
        conn,
        MEMBER,
        (
            {"space_id": one.id, "user_id": user, "role": role}
            for one in spaces
            for user in one.users
        ),
    )
    _put(
        conn,
        LOG_ENTRY,
        (
            {"space_id": one.id, "seq": seq, "signed": os.urandom(3600)}
            for one in spaces
            for seq in range(_MEMBERS)
        ),
    )
    return spaces


def _account(user: bytes, number: int, now: int) -> dict[str, Any]:
    return {
        "id": user,
        "name": f"Somebody {number}",
        "authority": "Public Prosecution",
        "country": "NL",
        "party": "member-state",
        "code_hash": os.urandom(32),
        "invited_at": now - _DAYS * 86_400,
        "invited_until": now,
        "code_for": 0,
        "chains": 1,
        "enrolled_at": now - _DAYS * 86_400,
    }


def _messages(
    conn: Connection, spaces: Sequence[_Space], some: range, now: int, chance: random.Random
) -> None:
    """Delivered to everybody: what is left is the row, its receipt, and who had it."""
    messages, addressed = [], []
    for _ in some:
        space, message = chance.choice(spaces), os.urandom(16)
        sender, receiver = chance.sample(space.devices, 2)
        stored = now - chance.randrange(_DAYS * 86_400)
        messages.append(_message(space.id, message, sender, stored))
        addressed.append(
            {
                "space_id": space.id,
                "message_id": message,
                "mailbox": mailbox_id(SpaceId(space.id), DeviceId(receiver)),
                "envelope_id": os.urandom(16),
            }
        )
    _put(conn, MESSAGE, messages)
    _put(conn, ADDRESSED, addressed)


def _message(
    space: bytes, message: bytes, sender: bytes, stored: int, body: bytes | None = None
) -> dict[str, Any]:
    return {
        "space_id": space,
        "message_id": message,
        "device_id": sender,
        "digest": os.urandom(32),
        "receipt": os.urandom(174),
        "body": body,
        "undelivered": 0 if body is None else 1,
        "stored_at": stored,
    }


def _log(conn: Connection, sealer: Sealer, spaces: Sequence[_Space], some: range, now: int) -> None:
    size = conn.execute(select(LOG_HEAD.c.size)).scalar_one()
    rows: list[dict[str, Any]] = []
    leaves: list[bytes] = []
    for number in some:
        space = spaces[number % len(spaces)]
        access = Access(
            now=now - _DAYS * 86_400 + number / 1000,
            user=space.users[number % _MEMBERS],
            device=space.devices[number % _MEMBERS],
            operation=_OPERATIONS[number % len(_OPERATIONS)],
            space=space.id,
            subject=os.urandom(16),
            result="ok",
        )
        within = number // len(spaces)
        row = msgspec.structs.replace(sealer.row(access), number=within)
        rows.append(_logged(row, size + len(leaves)))
        leaves.append(accesslog.leaf_of(row))
    _put(conn, ACCESS_LOG, rows)
    conn.execute(update(LOG_HEAD).values(size=tiles.append(tiles.Table(conn), size, leaves)))
    conn.execute(delete(LOG_COUNT).where(LOG_COUNT.c.space_id.in_([one.id for one in spaces])))
    counts = {one.id: (some.stop - at - 1) // len(spaces) + 1 for at, one in enumerate(spaces)}
    _put(conn, LOG_COUNT, ({"space_id": one, "rows": count} for one, count in counts.items()))


def _logged(row: AccessRow, leaf: int) -> dict[str, Any]:
    return {
        "at": row.at,
        "user_id": row.user,
        "device_id": row.device,
        "operation": row.operation,
        "space_id": row.space,
        "object_id": row.subject,
        "result": row.result,
        "seal": row.seal,
        "leaf": leaf,
        "number": row.number,
    }


def _waiting(conn: Connection, spaces: Sequence[_Space], away: bytes, count: int, now: int) -> None:
    """Half for one device, half for the first device of each space."""
    messages, deliveries = [], []
    for number in range(count):
        space, message = spaces[number % len(spaces)], os.urandom(16)
        body = os.urandom(_BODY_BYTES)
        messages.append(_message(space.id, message, space.devices[1], now - 86_400, body))
        deliveries.append(
            {
                "device_id": away if number % 2 else space.devices[0],
                "position": number + 1,
                "space_id": space.id,
                "message_id": message,
                "envelope": os.urandom(ENVELOPE_BYTES),
                "queued_at": now - 86_400,
            }
        )
    _put(conn, MESSAGE, messages)
    _put(conn, DELIVERY, deliveries)
    conn.execute(update(DEVICE).where(DEVICE.c.id == away).values(last_position=count))


def _used_keys(conn: Connection, device: bytes, count: int) -> None:
    _put(
        conn,
        ONE_TIME_KEY,
        (
            {"device_id": device, "kind": kind, "key_id": number, "claimed": True}
            for number in range(100, 100 + count)
            for kind in ("x", "kem")
        ),
    )


def _drain(conn: Connection, sealer: Sealer, now: int) -> None:
    """What was asked of the store before has its leaves first."""
    count = 1
    while count:
        with conn.begin():
            count = sequencer.sequence(Transaction(conn=conn, now=now, sealer=sealer))
