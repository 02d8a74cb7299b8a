"""Removing a member, also in the middle of an upload: from then on nothing reaches him."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient.desk import Desk
from jitclient.events import Event, TransferMoved
from jitclient.usecases import change_members
from jitclient.views import ExhibitRow, ExhibitState, MessageState, SpaceState
from protocol.errors import SpaceClosedError
from protocol.ids import SpaceId
from protocol.limits import PART_BYTES
from sync.terms import LANES
from tests.support.people_at_work import PATIENCE, Team, evidence_file

pytestmark = pytest.mark.asyncio

MIB = 1024 * 1024
SIZE = 48 * MIB
RATE = 8 * MIB
"""Bytes per second until it is stopped."""


async def stopped_midway(desk: Desk, space: SpaceId, row: ExhibitRow) -> None:
    """Let a transfer run until its first part is with the store, and pause it there."""
    moved = asyncio.Event()
    # Each lane may have sent one that the store has not answered: the next is with the store.
    enough = (LANES + 1) * PART_BYTES

    def tell(event: Event) -> None:
        if isinstance(event, TransferMoved) and enough <= event.done < event.total:
            moved.set()

    unsubscribe = desk.events.subscribe(tell)
    await desk.limit(up=RATE)  # so that it is not over before anybody has looked
    try:
        await desk.sync_now(transfers=False)
        async with asyncio.timeout(PATIENCE):
            await moved.wait()
        await desk.pause(space, row.file)
    finally:
        unsubscribe()
        await desk.limit(up=0)
    now = await desk.exhibit(space, row.file)
    assert now.state is ExhibitState.PAUSED
    assert 0 < now.done < now.total, "it was over before it was stopped: the file is too small"


async def test_a_recipient_removed_during_the_upload_gets_nothing(
    team: Team, tmp_path: Path
) -> None:
    ana, bruno = team["ana"], team["bruno"]
    source = evidence_file(tmp_path, "disk.img", SIZE)
    row = await ana.add_evidence(
        team.space, source, to=[team.user("bruno"), team.user("eva")], exhibit="E-1"
    )
    await stopped_midway(ana, team.space, row)

    await ana.remove_member(team.space, team.user("bruno"), "Left the team")
    await ana.send(team.space, "without Bruno")
    await ana.resume(team.space, row.file)
    await ana.sync_now()
    await team.settle(rounds=3)

    assert (await bruno.space(team.space)).row.state is SpaceState.LEFT
    assert await bruno.exhibits(team.space) == ()
    assert "without Bruno" not in await team.texts("bruno")
    assert await team.alarms("bruno") == []
    assert (await team.exhibit("eva", "disk.img")).state is ExhibitState.VERIFIED
    assert "without Bruno" in await team.texts("eva")
    mine = await ana.exhibit(team.space, row.file)
    assert mine.state is ExhibitState.ON_SERVER
    assert "Ana Lima removed Bruno Keller: Left the team" in await team.events("ana")
    assert "Ana Lima removed Bruno Keller: Left the team" in await team.events("eva")
    assert "member-remove" in {e.what for e in await ana.custody(team.space)}
    assert [m.name for m in (await ana.space(team.space)).removed] == ["Bruno Keller"]


async def test_nothing_is_kept_for_a_removed_recipient_after_the_others_verified(
    team: Team, tmp_path: Path
) -> None:
    """The store does not wait 28 days for the proof of somebody who left."""
    ana = team["ana"]
    source = evidence_file(tmp_path, "disk.img", 5 * MIB)
    await ana.add_evidence(team.space, source, to=[team.user("bruno"), team.user("eva")])
    await ana.sync_now()
    await team["eva"].sync_now()

    await ana.remove_member(team.space, team.user("bruno"), "Left the team")

    assert team.store.keeps(0)


async def test_evidence_added_offline_leaves_out_who_was_removed_meanwhile(
    team: Team, tmp_path: Path
) -> None:
    """Eva adds evidence for two without the store; one of them is no member any more."""
    source = evidence_file(tmp_path, "notes.img", 5 * MIB)
    team.store.stop()
    row = await team["eva"].add_evidence(
        team.space, source, to=[team.user("ana"), team.user("bruno")]
    )
    await team["eva"].sync_now()
    team.store.start()
    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")

    await team["eva"].sync_now()
    await team.settle("ana", "eva", rounds=2)

    now = await team["eva"].exhibit(team.space, row.file)
    assert (now.state, now.problem) == (ExhibitState.ON_SERVER, "")
    assert [r.name for r in now.recipients] == ["Ana Lima"]
    assert (await team.exhibit("ana", "notes.img")).state is ExhibitState.VERIFIED


async def test_the_upload_of_a_removed_member_ends_with_a_sentence_and_is_purged(
    team: Team, tmp_path: Path
) -> None:
    bruno = team["bruno"]
    source = evidence_file(tmp_path, "disk.img", SIZE)
    row = await bruno.add_evidence(team.space, source, to=[team.user("ana"), team.user("eva")])
    await stopped_midway(bruno, team.space, row)
    assert team.store.kept()

    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")
    await bruno.resume(team.space, row.file)
    await team.settle(rounds=2)

    mine = await bruno.exhibit(team.space, row.file)
    assert mine.state is ExhibitState.FAILED
    assert "no longer a member" in mine.problem
    assert (await bruno.space(team.space)).row.state is SpaceState.LEFT
    for who in ("ana", "eva"):
        assert await team[who].exhibits(team.space) == ()
        assert await team.alarms(who) == []
    assert team.store.keeps(0)


async def test_an_upload_running_when_its_owner_is_removed_ends_too(
    team: Team, tmp_path: Path
) -> None:
    """He has not heard of his removal: the store refuses the next part."""
    bruno = team["bruno"]
    source = evidence_file(tmp_path, "disk.img", SIZE)
    row = await bruno.add_evidence(team.space, source, to=[team.user("eva")])
    await stopped_midway(bruno, team.space, row)

    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")
    await bruno.resume(team.space, row.file)
    await bruno._link.transfers.settle()  # no round in between
    unheard = await bruno.exhibit(team.space, row.file)
    await team.settle(rounds=1)

    assert unheard.state in {ExhibitState.FAILED, ExhibitState.ERASED}
    assert unheard.problem
    after = await bruno.exhibit(team.space, row.file)
    assert after.state in {ExhibitState.FAILED, ExhibitState.ERASED}
    assert await team["eva"].exhibits(team.space) == ()


async def test_a_removed_member_reads_what_he_had_and_writes_nothing_more(team: Team) -> None:
    bruno = team["bruno"]
    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")
    await bruno.sync_now()

    assert await team.texts("bruno") == ["ana is here.", "bruno is here.", "eva is here."]
    with pytest.raises(SpaceClosedError, match="no longer a member"):
        await bruno.send(team.space, "one more thing")


async def test_a_message_written_before_hearing_of_the_removal_is_refused_and_says_so(
    team: Team,
) -> None:
    """Bruno writes offline, is removed meanwhile, and comes back."""
    bruno = team["bruno"]
    team.store.stop()
    written = await bruno.send(team.space, "too late")
    team.store.start()
    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")

    await team.settle(rounds=3)

    row = await bruno.message(team.space, written.message)
    assert row.state is MessageState.REFUSED
    assert "no longer a member" in row.problem
    assert (await bruno.status()).waiting_messages == 0
    for who in ("ana", "eva"):
        assert "too late" not in await team.texts(who)


async def test_a_message_waiting_for_a_removed_member_counts_the_others_only(team: Team) -> None:
    """Eva writes offline to both; Bruno is removed before she is back: 1 of 1, not 1 of 2."""
    eva = team["eva"]
    team.store.stop()
    written = await eva.send(team.space, "to whom it concerns")
    team.store.start()
    await team["ana"].remove_member(team.space, team.user("bruno"), "Left the team")

    await team.settle(rounds=3)

    row = await eva.message(team.space, written.message)
    assert [r.name for r in row.received_by] == ["Ana Lima"]
    assert row.state is MessageState.RECEIVED
    assert "to whom it concerns" not in await team.texts("bruno")


async def test_a_removed_member_may_come_back_and_reads_on_from_there(team: Team) -> None:
    ana, bruno = team["ana"], team["bruno"]
    await ana.remove_member(team.space, team.user("bruno"), "Left the team")
    await ana.send(team.space, "while he was out")
    await team.settle(rounds=1)

    await ana.add_member(team.space, team.user("bruno"))
    await team.settle(rounds=2)
    await ana.send(team.space, "welcome back")
    await team.settle(rounds=1)
    await bruno.send(team.space, "thank you")
    await team.settle(rounds=3)

    assert (await bruno.space(team.space)).row.state is SpaceState.OPEN
    assert (await team.texts("bruno"))[3:] == ["welcome back", "thank you"]
    assert (await team.texts("ana"))[3:] == ["while he was out", "welcome back", "thank you"]
    assert [await team.alarms(who) for who in ("ana", "bruno", "eva")] == [[], [], []]


async def test_a_message_past_the_removal_is_refused_and_its_author_is_named(team: Team) -> None:
    """Bruno posts between Ana's last look and her entry: the entry cuts his messages before it."""
    ana, bruno = team["ana"], team["bruno"]
    await bruno.send(team.space, "too late")

    async def refresh() -> None:
        await ana._link.refresh()
        await bruno.sync_now()

    await change_members.remove_member(
        ana._session, ana.api, refresh, team.space, team.user("bruno"), "Left the team"
    )
    await team.settle("ana", "eva", rounds=2)

    for who in ("ana", "eva"):
        assert "too late" not in await team.texts(who)
        (alarm,) = (await team[who].status()).alarms
        assert alarm.code == "removed-sender"
        assert "Bruno Keller" in alarm.sentence
        assert "bruno is here." in await team.texts(who)  # what came before stays
    assert (await bruno.space(team.space)).row.state is SpaceState.LEFT
