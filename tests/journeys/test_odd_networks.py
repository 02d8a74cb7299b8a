"""F12: networks that are not as one wishes: one that wants a sign-in first, one without IPv4."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient import doctor
from jitclient.door import DoorKeeper
from jitclient.views import Connection, ExhibitState, MessageState
from sync import portal
from sync.probing import probe
from tests.architecture.tree import ROOT
from tests.support.people_at_work import PASSPHRASE, Team, evidence_file, until
from tests.support.portal import without_tls
from tests.support.servers import free_port
from tests.support.store import StoreHandle, run_jitstore

pytestmark = pytest.mark.asyncio

LOGIN = "http://login.hotel.example/"


async def test_f12_a_network_that_wants_a_sign_in_is_named_and_afterwards_everything_goes(
    team: Team,
) -> None:
    ana, port = team["ana"], int(team.store.address.rpartition(":")[2])
    team.store.stop()
    with without_tls(302, port=port, headers={"Location": LOGIN}):
        assert (await ana.send(team.space, "from the hotel")).state is MessageState.SAVED
        ana.start()

        async def named() -> bool:
            return (await ana.status()).problem == portal.SENTENCE

        await until(ana, named)
        assert (await ana.status()).connection is Connection.OFFLINE
        assert (await ana.sync_now()).waiting_messages == 1
        assert (await ana.status()).problem == portal.SENTENCE

    team.store.start()
    await ana.sync_now()
    await team.settle("bruno", rounds=1)

    assert (await ana.status()).problem == ""
    assert (await team.texts("bruno"))[-1] == "from the hotel"
    assert await team.alarms("ana") == []


by_hand = pytest.mark.skipif(
    "JIT_SLOWEST_LINE" not in os.environ,
    reason="NOT TESTED HERE: takes minutes; JIT_SLOWEST_LINE=1 asks for it",
)


@contextmanager
def line(team: Team, *properties: float) -> Iterator[None]:
    """Everybody reaches the store over an emulated line: MBIT, RTT-MS, CUT-SECONDS, LOSS."""
    port = team.store.address.rpartition(":")[2]
    team.store.stop()
    team.store.listen = f"127.0.0.1:{free_port()}"
    team.store.start()
    words = (team.store.listen.rpartition(":")[2], *properties, port)
    command = [sys.executable, "-m", "bench.relay", *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == port
        try:
            yield
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.parametrize(
    "properties",
    [
        pytest.param((100.0, 600.0, 0.0, 0.0), id="600 ms"),
        pytest.param((2.0, 100.0, 0.0, 0.02), id="2 % loss"),
        pytest.param((0.064, 600.0, 0.0, 0.0), id="64 kbit/s and 600 ms", marks=by_hand),
    ],
)
async def test_f12_over_a_bad_line_everything_arrives_once(
    team: Team, tmp_path: Path, properties: tuple[float, ...]
) -> None:
    source = evidence_file(tmp_path, "small.img", 20_000)
    with line(team, *properties):
        await team["ana"].send(team.space, "over a bad line")
        await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])

        async def arrived() -> bool:
            rows = await team["bruno"].exhibits(team.space)
            return [one.state for one in rows] == [ExhibitState.VERIFIED]

        for _ in range(20):  # a round may be cut short by a patience that is over: it goes on
            await team.settle("ana", "bruno", rounds=1)
            if await arrived():
                break

        assert await arrived()
        assert (await team.texts("bruno")).count("over a bad line") == 1
        assert await team.alarms("ana") == await team.alarms("bruno") == []


@pytest_asyncio.fixture
async def six(tmp_path: Path) -> AsyncIterator[StoreHandle]:
    """A store that listens on IPv6 alone."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("NOT TESTED HERE: no IPv6")
    data = tmp_path / "store"
    words = ["--data", str(data), "--listen", "[::1]:0", "--admin-listen", "off"]
    made = run_jitstore("init", *words)
    handle = StoreHandle(data, str(made["address"]), str(made["fingerprint"]))
    handle.start()
    yield handle
    handle.stop()


async def test_f12_a_store_that_has_ipv6_alone_is_joined_written_through_and_looked_at(
    six: StoreHandle, tmp_path: Path
) -> None:
    team = Team(tmp_path, six)
    for name, country in (("ana", "NL"), ("bruno", "BE")):
        door = DoorKeeper(tmp_path / name)
        team.desks[name] = await door.enrol(six.invite(name, country=country), PASSPHRASE)
    try:
        await team.settle(rounds=1)
        team.space = await team.new_space("Six", "bruno")
        await team["ana"].send(team.space, "over six")
        source = evidence_file(tmp_path, "six.img", 5 * 1024 * 1024)
        await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
        await team.settle(rounds=2)

        assert await team.texts("bruno") == ["over six"]
        there = await team.exhibit("bruno", "six.img")
        assert there.state is ExhibitState.VERIFIED
        assert await team.alarms("bruno") == []
    finally:
        await team.lock()
    seen = await asyncio.to_thread(probe, "::1", int(six.address.rpartition(":")[2]))
    found = list(doctor.store(six.address, seen, seen.time or 0, bytes.fromhex(six.fingerprint)))
    assert [one.name for one in found] == ["name", "line", "certificate", "protocol", "clock"]
    assert {one.state for one in found} == {doctor.State.GOOD}
