"""A renewed certificate locks nobody out: who is at work, was away, or comes with an old pin."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from jitclient.door import DoorKeeper
from jitclient.views import ExhibitState
from protocol.api import paths
from sync.transport import Transport
from tests.support.people_at_work import PASSPHRASE, Team, evidence_file
from tests.support.profiles import cheap_guesses
from tests.support.store import run_jitstore

pytestmark = pytest.mark.asyncio


def renew(team: Team) -> bytes:
    """What an operator does in one go: the next one, and its turn; its fingerprint."""
    data = ("--data", str(team.store.data_dir))
    run_jitstore("certificate", "make", *data)
    return bytes.fromhex(str(run_jitstore("certificate", "switch", *data)["fingerprint"]))


def knows(team: Team, who: str) -> bytes:
    """The certificate by which a device knows the store."""
    return team[who]._session.identity.store_certificate


async def test_who_was_away_over_two_renewals_comes_back_and_goes_on(
    team: Team, tmp_path: Path
) -> None:
    await team.settle(rounds=2)
    old = knows(team, "ana")
    await team["bruno"].send(team.space, "Written before he left.")
    await team.lock("bruno")

    await asyncio.to_thread(renew, team)
    newest = await asyncio.to_thread(renew, team)
    await asyncio.to_thread(team.store.restart)
    await team["ana"].send(team.space, "Written under the new one.")
    source = evidence_file(tmp_path, "seized.img", 300_000)
    await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle("ana", "eva")
    await team.unlock("bruno")
    await team.settle()

    assert old != newest
    for who in ("ana", "bruno", "eva"):
        assert knows(team, who) == newest
        assert {"Written before he left.", "Written under the new one."} <= {*await team.texts(who)}
        assert await team.alarms(who) == []
    assert (await team.exhibit("bruno", "seized.img")).state is ExhibitState.VERIFIED
    await team.lock("bruno")
    await team.unlock("bruno")
    assert knows(team, "bruno") == newest, "it is in device.db"


async def test_an_invitation_and_a_sheet_of_before_are_still_good(
    team: Team, tmp_path: Path
) -> None:
    invitation = team.store.invite("Dita Novak", "NSZ", "CZ")
    sheet = await team["eva"].keys.sheet(PASSPHRASE)
    newest = await asyncio.to_thread(renew, team)
    await asyncio.to_thread(team.store.restart)

    dita = await DoorKeeper(tmp_path / "dita").enrol(invitation, PASSPHRASE)
    door = DoorKeeper(tmp_path / "eva")
    wish = door.read_sheet(sheet.line, " ".join(sheet.words), others_lost=True)
    with cheap_guesses():
        eva = await door.restore(wish, PASSPHRASE)

    for desk in (dita, eva):
        await desk.sync_now()
        assert desk._session.identity.store_certificate == newest
        assert (await desk.status()).alarms == ()
        await desk.close()


async def test_who_is_at_work_hears_of_the_next_one_and_goes_over_without_a_question(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    question = Transport._stated

    async def stated(line: Transport, pin: bytes) -> tuple[bytes, ...]:
        asked.append(pin)
        return await question(line, pin)

    await team.lock("ana", "eva")
    monkeypatch.setattr(Transport, "_stated", stated)
    await team.unlock("ana", "eva")
    data = ("--data", str(team.store.data_dir))
    await asyncio.to_thread(run_jitstore, "certificate", "make", *data)
    await asyncio.to_thread(_look, team, 2)
    ana = team["ana"]
    ana._session.certificates_heard = -(2**40)  # an hour has passed
    await ana.sync_now()
    newest = run_jitstore("certificate", "switch", *data)["fingerprint"]
    await asyncio.to_thread(_look, team, 1)
    await asyncio.to_thread(team.store.restart)

    await ana.send(team.space, "Without being asked.")
    await team.settle("ana", rounds=1)
    assert asked == []
    assert knows(team, "ana").hex() == newest
    await team.settle("eva", rounds=1)

    assert [pin.hex() for pin in asked] == [newest], "she had not heard of it"
    assert "Without being asked." in await team.texts("eva")


def _look(team: Team, statements: int) -> None:
    """Let the running store look, until it states so many certificates."""
    assert team.store.process is not None
    with httpx.Client(base_url=team.store.url, verify=False, timeout=60) as http:
        for _ in range(400):
            os.kill(team.store.process.pid, signal.SIGHUP)
            if len(http.get(paths.CERTIFICATE).json()["statements"]) == statements:
                return
    raise AssertionError("the store did not look")
