from __future__ import annotations

import signal
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from centralstore import server, settings
from centralstore.database import Transaction
from centralstore.directory import invite
from centralstore.service import Service
from centralstore.tables import ACCESS_LOG
from protocol.api import paths
from protocol.api.files import FileState
from protocol.api.spaces import MailboxReply
from protocol.errors import DiskError
from protocol.roles import Party
from tests.centralstore import logs
from tests.centralstore.client import Device, read
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.centralstore.test_files import gone
from tests.support.store import StoreHandle, made_store


def all_waiting(device: Device) -> list[bytes]:
    found: list[bytes] = []
    after = 0
    while True:
        page = read(device.ask("GET", paths.MAILBOX, params={"after": after}), MailboxReply)
        if not page.deliveries:
            return found
        found += [delivery.message for delivery in page.deliveries]
        after = page.deliveries[-1].index


def test_messages_around_a_sigkill_arrive_exactly_once(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    posts = [message(team.space, al, bea) for _ in range(300)]
    acknowledged: list[bytes] = []
    under_way = threading.Event()

    def send() -> None:
        for one in posts:
            try:
                answer = al.ask("POST", paths.messages(team.space), one)
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                acknowledged.append(one.message)
            if len(acknowledged) == 20:
                under_way.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert under_way.wait(120)
    own_store.restart()
    sender.join(120)
    survived = all_waiting(bea)
    assert set(acknowledged) <= set(survived)

    for one in posts:
        assert al.ask("POST", paths.messages(team.space), one).status_code == 201

    arrived = all_waiting(bea)
    assert sorted(arrived) == sorted(one.message for one in posts)
    assert arrived[: len(survived)] == survived


def test_an_upload_around_a_sigkill_is_completed_once(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al2", "bea2")
    exhibit = Exhibit(team.space, al, (bea,), count=24)
    exhibit.announce()
    acknowledged: list[int] = []
    under_way = threading.Event()

    def upload() -> None:
        for index in range(exhibit.count):
            try:
                if exhibit.put(index).status_code == 204:
                    acknowledged.append(index)
            except httpx.TransportError:
                return
            if index == 3:
                under_way.set()

    uploader = threading.Thread(target=upload)
    uploader.start()
    assert under_way.wait(120)
    own_store.restart()
    uploader.join(120)

    stored = exhibit.state().stored
    assert set(acknowledged) <= set(stored)
    for index in set(range(exhibit.count)) - set(stored):
        assert exhibit.put(index).status_code == 204
    assert exhibit.complete().is_success
    for index in (0, 3, 4, 5, exhibit.count - 1):
        assert exhibit.get(index, bea).content == exhibit.parts[index]


def test_a_closing_around_a_sigkill_ends_in_closed_and_erased(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al3", "bea3")
    exhibit = Exhibit(team.space, al, (bea,)).upload()
    closing = threading.Thread(target=team.close)

    closing.start()
    closing.join(120)
    own_store.restart()

    assert exhibit.state(bea).state is FileState.ERASED
    assert gone(own_store)


def asked(store: StoreHandle, device: Device, operation: str) -> bool:
    """Whether the store has looked into a request of somebody: by its access log."""
    logs.place(store)
    engine = store.engine()
    mine = (ACCESS_LOG.c.user_id == device.person.user) & (ACCESS_LOG.c.operation == operation)
    with engine.connect() as connection:
        found = connection.execute(select(ACCESS_LOG.c.id).where(mine)).first()
    engine.dispose()
    return found is not None


def test_a_waiting_request_is_answered_when_the_store_stops(own_store: StoreHandle) -> None:
    _, (_, bea) = team_of(own_store, "al4", "bea4")
    found: list[int] = []

    def wait() -> None:
        found.append(bea.ask("GET", paths.MAILBOX, params={"wait": 25}).status_code)

    headers = {"Authorization": f"Bearer {bea.token}"}
    with bea.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        assert next(stream.iter_lines()) == ": listening"
        waiter = threading.Thread(target=wait)
        waiter.start()
        while not asked(own_store, bea, "mailbox.read"):
            assert waiter.is_alive(), "it was answered, and nothing waits"
        assert own_store.process is not None
        own_store.process.send_signal(signal.SIGTERM)
        waiter.join(120)

    assert found == [200]
    assert own_store.process.wait(120) == 0  # told once: a second time could meet its last moment
    own_store.stop()


def people(tx: Transaction) -> bytes:
    made = invite(tx, name="x" * 100, authority="y" * 100, country="NL", party=Party.EPPO)
    return made.user


@pytest.mark.asyncio
async def test_a_full_disk_refuses_and_the_next_day_works(tmp_path: Path) -> None:
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, lambda: 1_800_000_000.0) as service:
        await service.database.run("", lambda tx: limit_pages(tx, 0))
        with pytest.raises(DiskError):
            await fill(service)

        await service.database.run("", lambda tx: limit_pages(tx, 1_000_000))

        assert await service.database.run("account.invite", people)


async def fill(service: Service) -> None:
    for _ in range(2000):
        await service.database.run("account.invite", people)


def limit_pages(tx: Transaction, most: int) -> None:
    now = tx.conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    tx.conn.exec_driver_sql(f"PRAGMA max_page_count={most or now}")
