"""SIGKILL of a client at every commit of its databases: the work completes once, and only once.

Odd points fall right before the n-th commit, even ones right after it; everything the client does
between two commits (a request, a file) lies between two points. The killed client starts again and
synchronises; then what the others have is counted.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient.views import CustodyRow, ExhibitState, MessageState, SpaceState
from protocol.ids import SpaceId
from tests.support.people_at_work import PASSPHRASE, Team, at_work, evidence_file
from tests.support.traces import traces
from tests.support.victim import Victim

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

MIB = 1024 * 1024
SIZE = 4 * MIB + 17  # two parts
THOROUGH = "JIT_EVERY_KILL" in os.environ
"""Also the other side of every commit; without it before and after take turns."""


def after(point: int) -> int:
    """The next point to be killed at: 1, 4, 5, 8, 9, 12, ... (all of them when THOROUGH)."""
    return point + (1 if THOROUGH or point % 4 in {0, 3} else 3 if point % 4 == 1 else 1)


class Killed:
    """A team in which one person's client is killed again and again."""

    def __init__(self, team: Team, victim: Victim, who: str) -> None:
        self.team, self.victim, self.who = team, victim, who

    async def act(self, act: str, point: int, **words: object) -> tuple[bool, list[object]]:
        return await asyncio.to_thread(self.victim.act, act, point, **words)

    async def restart(self) -> None:
        """The killed client again, without a killer, until nothing waits."""
        killed, told = await self.act("sync", 0)
        assert not killed
        assert told == ["synced"]


async def _team(template: Path, folder: Path, who: str) -> AsyncIterator[Killed]:
    others = [name for name in ("ana", "bruno") if name != who]
    async with at_work(template, folder, *others) as team:
        victim = Victim(team.profile(who), PASSPHRASE)
        try:
            yield Killed(team, victim, who)
        finally:
            victim.close()


@pytest_asyncio.fixture
async def killed_bruno(template: Path, tmp_path: Path) -> AsyncIterator[Killed]:
    async for one in _team(template, tmp_path / "team", "bruno"):
        yield one


@pytest_asyncio.fixture
async def killed_ana(template: Path, tmp_path: Path) -> AsyncIterator[Killed]:
    async for one in _team(template, tmp_path / "team", "ana"):
        yield one


async def test_a_message_is_sent_once_wherever_the_sender_is_killed(killed_bruno: Killed) -> None:
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    acknowledged: list[str] = []
    while killed:
        point, turns = after(point), turns + 1
        text = f"message {point}"
        killed, told = await killed_bruno.act("send", point, space=team.space.hex(), text=text)
        if told:
            acknowledged.append(text)
    await killed_bruno.restart()
    await team["ana"].sync_now()

    assert turns > 3, "it was never killed: nothing was tested"
    assert len(acknowledged) >= turns - 2
    texts = [t for t in await team.texts("ana") if t.startswith("message")]
    assert len(texts) == len(set(texts)), "a message came twice"
    assert set(acknowledged) <= set(texts), "an acknowledged message was lost"
    assert texts == sorted(texts, key=lambda t: int(t.split()[1]))
    assert await team.alarms("ana") == []
    assert all(r.missing_before == 0 for r in await team["ana"].messages(team.space))
    await killed_bruno.restart()
    await team.unlock("bruno")
    rows = {r.text: r for r in await team["bruno"].messages(team.space)}
    assert {rows[t].state for t in acknowledged} == {MessageState.ON_SERVER}  # Eva is away
    have = {name for t in acknowledged for name in _have(rows[t].received_by)}
    assert have == {"Ana Lima"}


def _have(rows: object) -> list[str]:
    return [r.name for r in rows if r.at is not None]  # type: ignore[attr-defined]


async def test_a_message_arrives_once_wherever_the_recipient_is_killed(
    killed_bruno: Killed,
) -> None:
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    ana, numbers = team["ana"], list[int]()
    while killed:
        point, turns = after(point), turns + 1
        numbers.append(point)
        await ana.send(team.space, f"message {point}")
        await ana.sync_now()
        killed, _ = await killed_bruno.act("sync", point)
        if killed:
            await killed_bruno.restart()
    await ana.sync_now()

    assert turns > 3, "it was never killed: nothing was tested"
    sent = [f"message {number}" for number in numbers]
    for text in sent:
        assert _have((await team.row("ana", text)).received_by) == ["Bruno Keller"], text
    assert await team.alarms("ana") == []
    await team.unlock("bruno")
    assert [t for t in await team.texts("bruno") if t.startswith("message")] == sent
    assert await team.alarms("bruno") == []


async def test_an_exhibit_is_handed_over_once_wherever_its_owner_is_killed(
    killed_bruno: Killed, tmp_path: Path
) -> None:
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    acknowledged: list[str] = []
    while killed:
        point, turns = after(point), turns + 1
        path = evidence_file(tmp_path / "source", f"disk-{point}.img", SIZE)
        killed, told = await killed_bruno.act(
            "add",
            point,
            space=team.space.hex(),
            path=str(path),
            to=[team.user("ana").hex()],
        )
        acknowledged += [path.name] if told else []
        await killed_bruno.restart()
    await team.settle("ana", rounds=2)
    await killed_bruno.restart()

    assert turns > 3, "it was never killed: nothing was tested"
    rows = await team["ana"].exhibits(team.space)
    names = [r.name for r in rows]
    assert len(names) == len(set(names)), "an exhibit came twice"
    assert set(acknowledged) <= set(names), "an acknowledged exhibit was lost"
    assert {r.state for r in rows} == {ExhibitState.VERIFIED}
    assert await team.alarms("ana") == []
    await team.unlock("bruno")
    mine = await team["bruno"].exhibits(team.space)
    assert {r.state for r in mine} == {ExhibitState.ON_SERVER}
    custody = await team["bruno"].custody(team.space)
    for row in mine:
        about = [e.what for e in custody if e.subject == row.name]
        assert sorted(about) == ["exhibit-added", "exhibit-handed-over", "exhibit-verified"]


async def test_an_exhibit_is_verified_once_wherever_the_recipient_is_killed(
    killed_bruno: Killed, tmp_path: Path
) -> None:
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    ana = team["ana"]
    while killed:
        point, turns = after(point), turns + 1
        path = evidence_file(tmp_path / "source", f"disk-{point}.img", SIZE, b"MARKER-OF-CONTENT")
        await ana.add_evidence(team.space, path, to=[team.user("bruno")])
        await ana.sync_now()
        killed, _ = await killed_bruno.act("sync", point)
        if killed:
            secrets = {"content": b"MARKER-OF-CONTENT"}
            since = path.stat().st_mtime
            assert traces(team.profile("bruno"), secrets, since=since) == []
            await killed_bruno.restart()
    await ana.sync_now()
    await ana.sync_now()

    assert turns > 3, "it was never killed: nothing was tested"
    events = [(e.what, e.subject) for e in await ana.custody(team.space)]
    for row in await ana.exhibits(team.space):
        assert _have(row.recipients) == ["Bruno Keller"], row.name
        assert events.count(("exhibit-verified", row.name)) == 1
    assert await team.alarms("ana") == []
    await team.unlock("bruno")
    here = await team["bruno"].exhibits(team.space)
    assert len(here) == turns
    assert {r.state for r in here} == {ExhibitState.VERIFIED}
    for row in here:
        await team["bruno"].verify_exhibit(team.space, row.file)
    own = [(e.what, e.subject) for e in await team["bruno"].custody(team.space)]
    assert all(own.count(("exhibit-verified", row.name)) == 1 for row in here)
    assert team.store.keeps(0)


async def test_an_export_is_whole_and_on_record_once_wherever_it_is_killed(
    killed_bruno: Killed, tmp_path: Path
) -> None:
    """Or it is not there at all, and nothing of it is."""
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    source, folder = evidence_file(tmp_path / "source", "disk.img", SIZE), tmp_path / "out"
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    await killed_bruno.restart()
    folder.mkdir()
    acknowledged: list[str] = []
    while killed:
        point, turns = point + 1, turns + 1  # each: the file is written between two of them
        out, words = folder / f"out-{point}.img", {"file": row.file.hex()}
        killed, told = await killed_bruno.act(
            "export", point, space=team.space.hex(), path=str(out), **words
        )
        acknowledged += [out.name] if out.name in told else []
        await killed_bruno.restart()

    assert turns > 3, "it was never killed: nothing was tested"
    there = sorted(path.name for path in folder.iterdir())
    assert set(acknowledged) <= set(there), "an acknowledged copy is not there"
    assert all(name.startswith("out-") for name in there), "something was left behind"
    assert {(folder / name).read_bytes() == source.read_bytes() for name in there} == {True}
    await team.unlock("bruno")
    custody = await team["bruno"].custody(team.space)
    said = [Path(e.detail.partition(" for ")[0]).name for e in custody if _exported(e)]
    assert sorted(said) == there
    assert await team.alarms("bruno") == []


def _exported(entry: CustodyRow) -> bool:
    return entry.what == "exhibit-exported"


async def test_a_space_closes_once_wherever_the_administrator_is_killed(
    killed_ana: Killed,
) -> None:
    """Killed before the store has the entry: still open. Afterwards: everybody wipes."""
    team, point, turns, killed = killed_ana.team, 0, 0, True
    await team.lock("bruno")
    while killed:
        point, turns = after(point), turns + 1
        space = await _opened(killed_ana, f"Case {point}")
        killed, told = await killed_ana.act("close", point, space=space.hex())
        await killed_ana.restart()
        await team.unlock("ana")
        state = (await team["ana"].space(space)).row.state
        closed = state is SpaceState.WIPED
        assert closed or state is SpaceState.OPEN
        assert closed or not told, "an acknowledged closing was lost"
        await team.lock("ana")
        await team.unlock("bruno")
        await team["bruno"].sync_now()
        there = (await team["bruno"].space(space)).row.state
        assert there is (SpaceState.WIPED if closed else SpaceState.OPEN)
        await team.lock("bruno")
        if closed:
            await _both_wiped_once(killed_ana, space)

    assert turns > 3, "it was never killed: nothing was tested"


async def test_a_member_wipes_once_wherever_he_is_killed(killed_bruno: Killed) -> None:
    team, point, turns, killed = killed_bruno.team, 0, 0, True
    ana = team["ana"]
    while killed:
        point, turns = after(point), turns + 1
        space = await ana.create_space(
            agreement=f"JIT {point}", signed_on="2026-05-01", title=f"Case {point}"
        )
        await ana.add_member(space, team.user("bruno"))
        await ana.sync_now()
        await killed_bruno.restart()
        await ana.send(space, "to be wiped")
        await ana.close_space(space, "over")
        killed, _ = await killed_bruno.act("sync", point)
        await killed_bruno.restart()
        await ana.sync_now()
        wipes = {w.name: w for w in await ana.wipes(space)}
        assert wipes["Bruno Keller"].wiped_at is not None
        assert not (team.profile("bruno") / "spaces" / space.hex()).exists()
    receipts = await asyncio.to_thread(_wipe_rows, team.store.data_dir)

    assert turns > 3, "it was never killed: nothing was tested"
    assert len(receipts) == len(set(receipts)) == 2 * turns
    assert await team.alarms("ana") == []


async def _opened(killed: Killed, title: str) -> SpaceId:
    team = killed.team
    await team.unlock("ana")
    ana = team["ana"]
    space = await ana.create_space(agreement=title, signed_on="2026-05-01", title=title)
    await ana.add_member(space, team.user("bruno"))
    await ana.sync_now()
    await team.lock("ana")
    await team.unlock("bruno")
    await team["bruno"].sync_now()
    await team.lock("bruno")
    return space


async def _both_wiped_once(killed: Killed, space: object) -> None:
    team = killed.team
    await team.unlock("ana")
    await team["ana"].sync_now()
    wipes = await team["ana"].wipes(space)  # type: ignore[arg-type]
    assert sorted(w.name for w in wipes) == ["Ana Lima", "Bruno Keller"]
    assert all(w.wiped_at is not None for w in wipes)
    assert await team.alarms("ana") == []
    await team.lock("ana")


def _wipe_rows(store: Path) -> list[tuple[bytes, bytes]]:
    """(space, device) of every wipe receipt the store holds."""
    import sqlite3

    (database,) = store.glob("*.db")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as conn:
        return conn.execute("SELECT space_id, device_id FROM wipe").fetchall()
