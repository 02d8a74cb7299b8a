"""SIGKILL of the store before and after the commit of each kind of request: all is done once.

"before" is a request that left no trace, "after" is one whose answer was lost; the client cannot
tell them apart and asks again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.views import ExhibitState, MessageState, SpaceState
from protocol.errors import StoreUnreachableError
from tests.support.dying_store import dying
from tests.support.people_at_work import Team, evidence_file

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

WHEN = ("before", "after")
MIB = 1024 * 1024
KILLS_OF_AN_EXHIBIT = (
    ("file.announce", 1, "after"),
    ("part.put", 2, "before"),  # of two jobs per part, the second keeps it
    ("part.put", 4, "after"),
    ("file.complete", 1, "before"),
    ("file.complete", 1, "after"),
    ("part.get", 2, "before"),
    ("file.verified", 1, "after"),
)


async def test_no_message_is_lost_or_doubled_when_the_store_is_killed(team: Team) -> None:
    ana, bruno, sent = team["ana"], team["bruno"], []
    for operation, nth in (("message.post", 1), ("message.post", 2), ("mailbox.ack", 1)):
        for when in WHEN:
            team.store.stop()
            async with dying(team.store, operation, nth, when):
                for half in "ab":
                    sent.append(f"{operation} {nth} {when} {half}")
                    await ana.send(team.space, sent[-1])
                for _ in range(2):
                    for desk in (ana, bruno):
                        await desk.sync_now()
            await team.settle("ana", "bruno", rounds=2)
    await team.settle(rounds=3)

    for who in ("bruno", "eva"):
        assert [t for t in await team.texts(who) if t in sent] == sent
        assert await team.alarms(who) == []
        rows = await team[who].messages(team.space)
        assert all(r.missing_before == 0 for r in rows)
    assert {(await team.row("ana", text)).state for text in sent} == {MessageState.RECEIVED}
    assert (await ana.status()).waiting_messages == 0


async def test_an_exhibit_arrives_once_when_the_store_is_killed(team: Team, tmp_path: Path) -> None:
    ana, bruno, names = team["ana"], team["bruno"], []
    for operation, nth, when in KILLS_OF_AN_EXHIBIT:
        team.store.stop()
        async with dying(team.store, operation, nth, when):
            name = f"{operation}-{nth}-{when}.img"
            names.append(name)
            source = evidence_file(tmp_path, name, 9 * MIB)
            await ana.add_evidence(team.space, source, to=[team.user("bruno")])
            for desk in (ana, bruno, ana):
                await desk.sync_now()
        await team.settle("ana", "bruno", rounds=2)

    assert sorted(r.name for r in await bruno.exhibits(team.space)) == sorted(names)
    events = [(e.what, e.subject) for e in await ana.custody(team.space)]
    for name in names:
        there, here = await team.exhibit("bruno", name), await team.exhibit("ana", name)
        assert (there.state, here.state) == (ExhibitState.VERIFIED, ExhibitState.ON_SERVER), name
        assert [r.at is not None for r in here.recipients] == [True]
        assert events.count(("exhibit-verified", name)) == 1
    assert await team.alarms("ana") == []
    assert await team.alarms("bruno") == []
    assert team.store.keeps(0)


async def test_membership_and_closing_happen_once_when_the_store_is_killed(team: Team) -> None:
    ana = team["ana"]
    for when in WHEN:
        space = await team.new_space(f"Case {when}", "bruno")
        team.store.stop()
        async with dying(team.store, "log.append", 1, when):
            with pytest.raises(StoreUnreachableError):
                await ana.add_member(space, team.user("eva"))
        await team.settle(rounds=1)
        members = {m.name for m in (await ana.space(space)).members}
        assert ("Eva Moreau" in members) == (when == "after")

        team.store.stop()
        async with dying(team.store, "log.append", 1, when):
            with pytest.raises(StoreUnreachableError):
                await ana.close_space(space, "over")
        await ana.sync_now()
        if when == "before":
            assert len((await ana.space(space)).members) == 2  # it never reached the log
            await ana.close_space(space, "over")
        assert (await ana.space(space)).row.state is SpaceState.WIPED

        team.store.stop()
        async with dying(team.store, "wipe.post", 1, when):
            for _ in range(2):
                await team["bruno"].sync_now()
        await team.settle(rounds=2)
        wipes = await ana.wipes(space)
        assert {w.name for w in wipes} >= {"Ana Lima", "Bruno Keller"}
        assert all(w.wiped_at is not None for w in wipes)
        assert await team.alarms("ana") == []
