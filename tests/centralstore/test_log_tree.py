"""The access log as a tree: every row gets its leaf, and everybody can check it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select, update

from centralstore import accesslog, sequencer, server, settings
from centralstore.accesslog import Access
from centralstore.database import Transaction
from centralstore.tables import ACCESS_LOG, LOG_HEAD, LOG_WAITING, REFUSED
from protocol.api import paths
from protocol.api.spaces import Delivery
from protocol.errors import NotFoundError
from protocol.ids import DeviceId, UserId
from tests.centralstore import logs
from tests.centralstore.client import enrolled, refused
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import team_of
from tests.support.store import StoreHandle, made_store

NOW = 1_800_000_000.0


def test_what_one_did_is_under_the_next_checkpoint(store: StoreHandle) -> None:
    device = enrolled(store, "checker")
    first = logs.head(device)
    device.ask("GET", paths.USERS)

    second = logs.head(device)

    assert second.size > first.size
    assert logs.grew(device, first, second)
    mine = logs.rows(device, second, since=first.size)
    assert [row.operation for row in mine[:2]] == ["log.checkpoint", "directory.read"]
    assert {row.user for row in mine} == {device.person.user}
    assert {row.device for row in mine} == {device.person.device}


def test_rows_of_a_space_are_numbered_without_a_gap_and_name_it(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al-1", "bea-1")
    stranger = enrolled(store, "stranger-1")
    Exhibit(team.space, al, (bea,), count=1).upload()
    stranger.ask("GET", paths.log(team.space))
    stranger.ask("GET", paths.log(type(team.space)(b"no such space..."[:16])))
    logs.head(al)

    found = logs.tamper(
        store.data_dir,
        "SELECT number, operation, user_id FROM access_log WHERE space_id = ? ORDER BY leaf",
        team.space,
    )

    assert [number for number, _, _ in found] == list(range(len(found)))
    operations = [operation for _, operation, _ in found]
    assert operations[0] == "space.create"
    assert {"log.append", "file.announce", "part.put", "file.complete"} <= set(operations)
    assert [o for _, o, user in found if user == stranger.person.user] == ["log.read"]
    assert logs.tamper(
        store.data_dir, "SELECT count(*) FROM access_log WHERE space_id = ?", b"no such space..."
    ) == [(0,)]


def test_nobody_sees_the_rows_of_others_or_sizes_the_log_never_had(store: StoreHandle) -> None:
    one, other = enrolled(store, "one-2"), enrolled(store, "other-2")
    at = logs.head(one)

    assert {row.user for row in logs.rows(one, at)} == {one.person.user}
    for query in ({"from": 0, "to": at.size + 10_000}, {"from": 0, "to": 0}):
        assert refused(other.ask("GET", paths.LOG_ROWS, params=query)) == (404, "not-found")
        assert refused(other.ask("GET", paths.LOG_CONSISTENCY, params=query))[0] == 404
    backwards = {"from": 5, "to": 4}
    assert refused(other.ask("GET", paths.LOG_CONSISTENCY, params=backwards))[0] == 404
    with_nothing = other.http.get(paths.LOG_CHECKPOINT)
    assert refused(with_nothing) == (401, "not-signed-in")


def test_after_a_sigkill_the_tree_goes_on_where_it_was(own_store: StoreHandle) -> None:
    device = enrolled(own_store, "survivor")
    before = logs.head(device)

    own_store.restart()

    after = logs.head(device)
    assert after.size > before.size
    assert logs.grew(device, before, after)


@pytest.mark.asyncio
async def test_every_row_gets_its_leaf_without_being_asked_for(tmp_path: Path) -> None:
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        for _ in range(3):
            await service.database.run("test.act", lambda _: None)

        placed = await service.sequencer.drain()

        assert placed == 3
        assert await service.database.run("", leaves) == [0, 1, 2]
        assert await service.sequencer.drain() == 0


def leaves(tx: Transaction) -> list[int | None]:
    return list(tx.conn.execute(select(ACCESS_LOG.c.leaf).order_by(ACCESS_LOG.c.id)).scalars())


def forge(tx: Transaction, result: str = "ok", seal: bytes = bytes(32)) -> None:
    """A row as somebody writes it who knows the table and not the key."""
    tx.conn.execute(
        insert(ACCESS_LOG).values(
            at=accesslog.stamp(tx.now),
            user_id=b"u" * 16,
            device_id=b"d" * 16,
            operation="file.read",
            space_id=b"",
            object_id=b"",
            result=result,
            seal=seal,
        )
    )


def forge_among_the_waiting(tx: Transaction) -> None:
    """The same, where rows wait for their place."""
    row = accesslog.Sealer(b"another key").row(Access(now=tx.now, operation="file.read", result=""))
    rows = msgspec.msgpack.encode([row])
    tx.conn.execute(insert(LOG_WAITING).values(count=1, rows=rows))


def put_garbage(tx: Transaction) -> None:
    tx.conn.execute(insert(LOG_WAITING).values(count=1, rows=b"no rows"))


@pytest.mark.parametrize("act", [forge, forge_among_the_waiting, put_garbage])
@pytest.mark.asyncio
async def test_a_row_that_the_store_did_not_write_never_gets_a_leaf(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], act: Callable[[Transaction], None]
) -> None:
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        await service.database.run("test.act", lambda _: None)
        await service.database.run("", act)
        await service.database.run("test.act", lambda _: None)

        await service.sequencer.drain()

        assert set(await service.database.run("", leaves)) == {REFUSED, 0, 1, 2}
        told = await service.database.run("", operations)
        assert told[-1] == ("log.refuse", "rows=1")
    assert "log-rows-refused" in capsys.readouterr().err


def operations(tx: Transaction) -> list[tuple[str, str]]:
    rows = tx.conn.execute(select(ACCESS_LOG).order_by(ACCESS_LOG.c.id))
    return [(row.operation, row.result) for row in rows]


@pytest.mark.asyncio
async def test_a_row_edited_before_it_has_a_leaf_is_none_of_the_stores(tmp_path: Path) -> None:
    def edit(tx: Transaction) -> None:
        (packed,) = tx.conn.execute(select(LOG_WAITING.c.rows)).scalars()
        rows = packed.replace(b"test.act", b"test.nil")
        tx.conn.execute(update(LOG_WAITING).values(rows=rows))

    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        await service.database.run("test.act", lambda _: None)
        await service.database.run("", edit)

        await service.sequencer.drain()

        assert (await service.database.run("", leaves))[0] == REFUSED
        assert (await service.database.run("", operations))[0] == ("test.nil", "ok")


@pytest.mark.asyncio
async def test_rows_from_before_the_tree_come_first_and_no_later_row_goes_unsealed(
    tmp_path: Path,
) -> None:
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        for _ in range(2):
            await service.database.run("", lambda tx: forge(tx, seal=b""))
        await service.database.run("test.act", lambda _: None)
        await service.sequencer.drain()
        await service.database.run("", lambda tx: forge(tx, "not-found", seal=b""))

        await service.sequencer.drain()

        assert (await service.database.run("", leaves))[:4] == [0, 1, 2, REFUSED]
        head = await service.database.run("", lambda tx: tx.conn.execute(select(LOG_HEAD)).one())
        assert (head.size, head.unsealed) == (4, 2)


@pytest.mark.asyncio
async def test_sealed_rows_that_wait_in_the_log_itself_get_their_leaf_there(tmp_path: Path) -> None:
    """A store of the version before is updated: what waits there is not lost, and comes first."""
    store = settings.load(made_store(tmp_path).data_dir)

    def older(tx: Transaction) -> None:
        row = tx.sealer.row(Access(now=tx.now, operation="test.older", result="ok"))
        values = {"at": row.at, "operation": row.operation, "result": "ok", "seal": row.seal}
        none = dict.fromkeys(("user_id", "device_id", "space_id", "object_id"), b"")
        tx.conn.execute(insert(ACCESS_LOG).values(**values, **none))

    async with server.opened(store, lambda: NOW) as service:
        await service.database.run("test.act", lambda _: None)
        await service.database.run("", older)

        assert await service.sequencer.drain() == 2

        assert await service.database.run("", operations) == [
            ("test.older", "ok"),
            ("test.act", "ok"),
        ]
        assert await service.database.run("", leaves) == [0, 1]


@pytest.mark.asyncio
async def test_what_is_taken_back_leaves_only_the_row_of_its_refusal(tmp_path: Path) -> None:
    """Also the rows that the act had made before: nobody was given anything."""

    def refused_late(tx: Transaction) -> None:
        delivery = Delivery(index=1, space=b"s" * 16, message=b"m" * 16, envelope=b"", body=b"")
        tx.push([(UserId(b"u" * 16), DeviceId(b"d" * 16), delivery)])
        raise NotFoundError("Not after all.")

    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        with pytest.raises(NotFoundError):
            await service.database.run("test.act", refused_late)

        await service.sequencer.drain()

        assert await service.database.run("", operations) == [("test.act", "not-found")]


@pytest.mark.asyncio
async def test_more_than_a_batch_is_placed_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 2)
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: NOW) as service:
        for _ in range(5):
            await service.database.run("test.act", lambda _: None)

        assert await service.sequencer.drain() == 5

        assert await service.database.run("", leaves) == [0, 1, 2, 3, 4]
