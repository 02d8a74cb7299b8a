"""With the window open, or `sync --watch`: the store wakes a waiting client, nobody asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jitclient.views import Connection, ExhibitState, MessageState, SpaceState
from tests.support.people_at_work import PASSPHRASE, Team, evidence_file, until

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[2]


async def test_a_message_and_its_receipt_arrive_without_asking(team: Team) -> None:
    ana, bruno = team["ana"], team["bruno"]
    ana.start()
    bruno.start()

    async def received() -> bool:
        return "hello" in await team.texts("bruno")

    async def confirmed() -> bool:
        row = await ana.message(team.space, sent.message)
        return [r.name for r in row.received_by if r.at] == ["Bruno Keller"]

    sent = await ana.send(team.space, "hello")
    await until(bruno, received)
    await until(ana, confirmed)

    row = await ana.message(team.space, sent.message)
    assert row.state is MessageState.ON_SERVER  # Eva is not there
    await bruno.send(team.space, "hello to you")

    async def answered() -> bool:
        return "hello to you" in await team.texts("ana")

    await until(ana, answered)


async def test_an_exhibit_travels_and_is_verified_without_asking(
    team: Team, tmp_path: Path
) -> None:
    for who in ("ana", "bruno"):
        team[who].start()
    source = evidence_file(tmp_path, "disk.img", 9_000_000)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])

    async def verified() -> bool:
        now = await team["ana"].exhibit(team.space, row.file)
        return all(r.at is not None for r in now.recipients)

    await until(team["ana"], verified)

    assert (await team.exhibit("bruno", "disk.img")).state is ExhibitState.VERIFIED


async def test_what_was_written_without_the_store_goes_out_when_it_is_back(team: Team) -> None:
    ana, bruno = team["ana"], team["bruno"]
    for desk in (ana, bruno):
        desk.start()

    async def online() -> bool:
        return (await bruno.status()).connection is Connection.ONLINE

    async def offline() -> bool:
        return (await bruno.status()).connection is Connection.OFFLINE

    async def received() -> bool:
        return "patience" in await team.texts("ana")

    await until(bruno, online)
    team.store.kill()
    await bruno.send(team.space, "patience")
    await until(bruno, offline)
    team.store.start()
    await until(ana, received)

    assert (await team.texts("ana")).count("patience") == 1


async def test_a_closing_reaches_a_waiting_client(team: Team) -> None:
    team["bruno"].start()

    async def wiped() -> bool:
        return (await team["bruno"].space(team.space)).row.state is SpaceState.WIPED

    await team["ana"].close_space(team.space, "over")
    await until(team["bruno"], wiped)

    assert not (team.profile("bruno") / "spaces" / team.space.hex()).exists()


async def test_sync_watch_of_the_command_line_is_woken_as_well(team: Team, tmp_path: Path) -> None:
    await team.lock("bruno")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    words = ["--profile", str(team.profile("bruno")), "--passphrase-file", str(passphrase)]
    watching = subprocess.Popen(
        [sys.executable, "-m", "jitclient", *words, "sync", "--watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert watching.stderr is not None
    assert any("online" in line for line in watching.stderr)

    await team["ana"].send(team.space, "hello")
    await team["ana"].sync_now()
    assert any(f"messages changed in {team.space.hex()}" in line for line in watching.stderr)
    watching.send_signal(signal.SIGTERM)
    out, _ = watching.communicate(timeout=120)

    assert watching.returncode == 0
    assert '"schema": "jit.cli/1"' in out
    await team.unlock("bruno")
    assert "hello" in await team.texts("bruno")
