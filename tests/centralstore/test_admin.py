"""The admin port, asked as a load balancer and Prometheus ask it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest import mock

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from centralstore import configuration, server, settings, supervisor
from centralstore.admin import Admin
from centralstore.database import Transaction
from centralstore.health import Health, ready
from protocol.api import paths
from protocol.errors import DiskError
from tests.centralstore.client import enrolled, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.support.store import Clock, StoreHandle, made_store

CANARY = "canary7f3a9d"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[StoreHandle, httpx.Client]]:
    """A running store with an admin port."""
    made = made_store(tmp_path, Clock(tmp_path / "clock"))
    port = free_port()
    text = f'admin_listen = "127.0.0.1:{port}"\nshutdown_delay_seconds = 600\n'
    text += "mailbox_quota_messages = 1\n"
    (made.data_dir / configuration.FILE).write_text(text)
    made.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        yield made, http
        if made.process is not None:
            made.process.send_signal(signal.SIGTERM)
            until_status(http, 503)
            made.stop()  # the second signal cuts the delay short


def samples(http: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics, read by the parser of Prometheus' own client."""
    text = http.get("/metrics").text
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_a_store_at_work_is_alive_and_ready_and_says_why(
    watched: tuple[StoreHandle, httpx.Client],
) -> None:
    _, http = watched

    alive, fit = http.get("/livez"), http.get("/readyz")

    assert (alive.status_code, fit.status_code) == (200, 200)
    checks = fit.json()["checks"]
    assert set(checks) == {
        *("database", "migrations", "blobs", "disk", "clock", "certificate", "stopping")
    }
    assert all(check["ok"] and check["reason"] for check in checks.values())
    assert http.get("/elsewhere").status_code == 404
    assert http.post("/livez").status_code == 405
    assert fit.headers["cache-control"] == "no-store"
    assert not fit.headers.get("server")


def test_what_happened_stands_in_the_metrics(watched: tuple[StoreHandle, httpx.Client]) -> None:
    store, http = watched
    team, (al, bea) = team_of(store, "al", "bea")
    for _ in range(3):  # there is room for one
        assert al.ask("POST", paths.messages(team.space), message(team.space, al, bea)).is_success
    exhibit = Exhibit(team.space, al, (bea,)).upload()
    with wire(store) as stranger:
        assert stranger.get(paths.MAILBOX).status_code == 401
        assert stranger.post(paths.SESSIONS, content=b'{"login":""}').status_code == 403

    found = samples(http)

    def value(name: str, **labels: str) -> float:
        return found[name, tuple(sorted(labels.items()))]

    assert value("jitstore_requests_total", operation="message.post", status="201") == 3
    assert value("jitstore_request_seconds_count", operation="message.post") == 3
    assert value("jitstore_full_mailbox_posts_total") == 2
    assert value("jitstore_queue_depth") == 1
    assert value("jitstore_files_complete") == 1
    assert value("jitstore_stored_bytes") == sum(len(part) for part in exhibit.parts)
    assert value("jitstore_auth_failures_total", kind="session") == 1
    assert value("jitstore_auth_failures_total", kind="sign-in") == 1
    assert value("jitstore_accounts_enrolled") == 2
    assert value("jitstore_spaces_open") == 1
    assert value("jitstore_commit_seconds_count") > 10
    assert 800 < value("jitstore_certificate_days") <= 825
    assert value("jitstore_ready") == 1
    assert value("jitstore_database_pool_size") == 1
    assert 0 <= value("jitstore_database_pool_busy") <= 1
    assert value("jitstore_database_pool_waiting") >= 0


def test_no_label_and_no_reason_names_a_person_a_space_or_an_address(
    watched: tuple[StoreHandle, httpx.Client],
) -> None:
    store, http = watched
    team, (al, bea) = team_of(store, CANARY, "bea")
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    with wire(store) as stranger:
        stranger.get(f"/{CANARY}?{CANARY}")
        stranger.request(CANARY.upper(), paths.SERVER)

    shown = http.get("/metrics").text + http.get("/readyz").text
    logged = store.errors.read_text()

    secrets = [CANARY, CANARY.upper(), team.space.hex(), al.person.user.hex(), al.token]
    secrets += [al.person.device.hex(), "127.0.0.1", *(p.read_bytes().hex() for p in keys(store))]
    assert [secret for secret in secrets if secret in shown + logged] == []
    allowed = {"operation", "status", "scope", "kind", "direction", "what", "le"}
    allowed |= {"version", "python"}
    used = {label for _, labels in samples(http) for label, _ in labels}
    assert used <= allowed


def keys(store: StoreHandle) -> list[Path]:
    return sorted((store.data_dir / "keys").iterdir())


def test_sigterm_first_says_503_and_answers_until_it_is_time(
    watched: tuple[StoreHandle, httpx.Client],
) -> None:
    store, http = watched
    device = enrolled(store, "late")
    assert store.process is not None

    store.process.send_signal(signal.SIGTERM)
    told = until_status(http, 503)

    assert told.json()["checks"]["stopping"]["ok"] is False
    assert http.get("/livez").status_code == 200
    assert device.ask("GET", paths.MAILBOX).is_success
    store.process.send_signal(signal.SIGTERM)
    assert store.stop() == 0
    with pytest.raises(httpx.TransportError):
        http.get("/livez")


def until_status(http: httpx.Client, status: int) -> httpx.Response:
    """Ask until the signal has been dealt with."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        answer = http.get("/readyz")
        if answer.status_code == status:
            return answer
    raise AssertionError(f"never {status}")


def test_the_admin_port_taken_by_another_is_said(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        made = made_store(tmp_path)
        text = f'admin_listen = "127.0.0.1:{other.getsockname()[1]}"\n'
        (made.data_dir / configuration.FILE).write_text(text)

        with pytest.raises(RuntimeError, match="Something else listens on"):
            made.start()


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.mark.asyncio
async def test_f25_each_trouble_turns_its_own_check_red_with_a_reason(tmp_path: Path) -> None:
    clock = Hand()
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, clock) as service:
        health = Health(service, store)
        assert ready(await health.look())

        with mock.patch("shutil.disk_usage", return_value=mock.Mock(total=1000, free=49)):
            full = await health.look()
        assert (full["disk"].ok, ready(full)) == (False, False)

        clock.ahead = 3600
        stepped = await health.look()
        assert "stepped by 3600 s" in stepped["clock"].reason
        assert not ready(stepped)
        clock.ahead = 0

        broken = mock.AsyncMock(side_effect=DiskError("The store's disk is full or failing."))
        lame = replace(service, blobs=mock.Mock(put=broken))
        down = await Health(lame, store).look()
        assert (down["blobs"].ok, ready(down)) == (False, False)

        clock.ahead = 800 * 86_400
        old = await Health(service, store).look()
        assert not old["certificate"].ok
        assert "24 days left" in old["certificate"].reason


@pytest.mark.asyncio
async def test_a_clock_behind_the_access_log_is_not_ready(tmp_path: Path) -> None:
    clock = Hand()
    store = settings.load(made_store(tmp_path).data_dir)
    clock.ahead = 1000
    async with server.opened(store, clock) as service:
        await service.database.run("server.read", lambda tx: None)
    clock.ahead = 0

    async with server.opened(store, clock) as service:
        found = await Health(service, store).look()

    assert "behind the newest row" in found["clock"].reason
    assert not ready(found)


@pytest.mark.asyncio
async def test_a_database_that_does_not_answer_is_said_and_metrics_go_on(tmp_path: Path) -> None:
    store = settings.load(made_store(tmp_path).data_dir)
    async with server.opened(store, time.time) as service:
        hold, held = threading.Event(), threading.Event()

        def keep(tx: Transaction) -> bool:
            held.set()
            return hold.wait(120)

        waiting = asyncio.create_task(service.database.run("", keep))
        await asyncio.to_thread(held.wait, 60)  # what comes now is of no group that has begun
        behind = asyncio.create_task(service.database.run("", lambda tx: None))
        with mock.patch("centralstore.health._SECONDS", 0.1):
            found = await Health(service, store).look()
        full = service.database.load()
        hold.set()
        await waiting
        await behind

        assert (full.size, full.busy) == (1, 1)
        assert full.waiting >= 1, "what waits behind it is seen from outside"
        assert found["database"].reason.startswith("no answer")
        assert not ready(found)
        assert Admin(service, Health(service, store), store).application() is not None


def test_the_supervisor_is_told_and_silence_is_no_error(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(60)

        assert supervisor.notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})

        assert line.recv(100) == b"READY=1"
    assert not supervisor.notify("READY=1", {})
    assert not supervisor.notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "gone")})


def test_a_started_store_says_ready_and_stopping_to_systemd(tmp_path: Path) -> None:
    made = made_store(tmp_path)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(120)
        wanted = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
        with mock.patch.dict(os.environ, wanted):
            made.start()
        made.stop()

        heard = [line.recv(100).decode() for _ in range(3)]

    assert sorted(heard) == ["READY=1", "STOPPING=1", "WATCHDOG=1"]


def test_every_line_of_the_operators_log_is_json_with_known_fields(own_store: StoreHandle) -> None:
    own_store.stop()

    lines = [json.loads(line) for line in own_store.errors.read_text().splitlines()]

    assert [set(line) <= {"at", "event", "kind", "pid"} for line in lines] == [True] * 3
