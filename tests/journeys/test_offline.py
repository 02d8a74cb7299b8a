"""Without the store: what was received is readable, what is written waits and goes out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.views import Connection, ExhibitState, MessageState
from protocol.errors import StoreUnreachableError
from tests.support.people_at_work import Team, evidence_file

pytestmark = pytest.mark.asyncio

MIB = 1024 * 1024


async def test_what_was_received_is_readable_without_the_store(team: Team, tmp_path: Path) -> None:
    source = evidence_file(tmp_path, "disk.img", 5 * MIB)
    added = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle(rounds=2)
    team.store.stop()
    await team.lock("bruno")

    await team.unlock("bruno")

    assert await team.texts("bruno") == ["ana is here.", "bruno is here.", "eva is here."]
    out = await team["bruno"].export(team.space, added.file, tmp_path / "out.img")
    assert out.read_bytes() == source.read_bytes()
    report = await team["bruno"].sync_now()
    assert report.online is False
    status = await team["bruno"].status()
    assert status.connection is Connection.OFFLINE
    assert "store" in status.problem.lower()


async def test_messages_written_offline_go_out_once_and_in_order(team: Team) -> None:
    bruno = team["bruno"]
    team.store.stop()
    written = [f"offline {number}" for number in range(5)]
    for text in written[:3]:
        assert (await bruno.send(team.space, text)).state is MessageState.SAVED
        assert (await bruno.sync_now()).online is False
    await team.lock("bruno")  # the program ends and starts again between them
    await team.unlock("bruno")
    bruno = team["bruno"]
    for text in written[3:]:
        await bruno.send(team.space, text)
    assert (await bruno.status()).waiting_messages == 5

    team.store.start()
    report = await bruno.sync_now()
    assert (report.online, report.messages_out, report.waiting_messages) == (True, 5, 0)
    await team.settle(rounds=3)

    for who in ("ana", "eva"):
        assert (await team.texts(who))[3:] == written
        assert await team.alarms(who) == []
    for text in written:
        assert (await team.row("bruno", text)).state is MessageState.RECEIVED


async def test_evidence_added_offline_goes_up_when_the_store_is_back(
    team: Team, tmp_path: Path
) -> None:
    ana = team["ana"]
    source = evidence_file(tmp_path, "offline.img", 9 * MIB)
    team.store.stop()
    added = await ana.add_evidence(team.space, source, to=[team.user("eva")], exhibit="E-1")
    assert (await ana.sync_now()).waiting_transfers == 1
    assert (await ana.exhibit(team.space, added.file)).state in {
        ExhibitState.SEALING,
        ExhibitState.UPLOADING,
    }

    team.store.start()
    report = await ana.sync_now()
    assert (report.exhibits_out, report.waiting_transfers) == (1, 0)
    await team.settle(rounds=2)

    assert (await team.exhibit("eva", "offline.img")).state is ExhibitState.VERIFIED
    assert [e.name for e in await team["bruno"].exhibits(team.space)] == []


async def test_what_needs_the_store_says_so_and_changes_nothing(team: Team) -> None:
    team.store.stop()

    with pytest.raises(StoreUnreachableError, match="needs it"):
        await team["ana"].remove_member(team.space, team.user("eva"), "Left the team")
    with pytest.raises(StoreUnreachableError):
        await team["ana"].close_space(team.space, "over")

    assert len((await team["ana"].space(team.space)).members) == 3
    team.store.start()
    await team.settle(rounds=1)
    assert len((await team["eva"].space(team.space)).members) == 3


async def test_a_space_opened_while_the_store_is_away_opens_when_it_is_back(team: Team) -> None:
    ana = team["ana"]
    team.store.stop()
    with pytest.raises(StoreUnreachableError):
        await ana.create_space(agreement="JIT 2026/99", signed_on="2026-05-01", title="Later")
    await team.lock("ana")
    await team.unlock("ana")
    team.store.start()

    await team["ana"].sync_now()
    (row,) = [s for s in await team["ana"].spaces() if s.title == "Later"]
    await team["ana"].add_member(row.space, team.user("bruno"))
    await team["bruno"].sync_now()

    assert "Later" in {s.title for s in await team["bruno"].spaces()}
    assert [s.title for s in await team["ana"].spaces()].count("Later") == 1
