"""The main job: three people, one space, messages both ways, one exhibit, one closing."""

from __future__ import annotations

from pathlib import Path

import pytest

from crypto import recovery
from jitclient.views import ExhibitState, MessageState, SpaceState, Trust
from tests.support.people_at_work import AGREEMENT, PEOPLE, TITLE, Team, evidence_file
from tests.support.traces import traces

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=["embedded", "shared"])
def backend(request: pytest.FixtureRequest) -> str:
    """The main job is done on SQLite and a folder, and on PostgreSQL and a bucket."""
    return str(request.param)


TEXT = "Search starts at 06:00 in three cities, MARKER-OF-A-MESSAGE."
ANSWER = "We are ready, MARKER-OF-AN-ANSWER."
NAME = "MARKER-OF-A-NAME.img"
NUMBER = "MARKER-E-17"
CONTENT = b"MARKER-OF-CONTENT"
REASON = "The trial is over, MARKER-OF-A-REASON."
SIZE = 9 * 1024 * 1024 + 4321


async def test_a_message_is_saved_then_on_the_server_then_received_by_all(team: Team) -> None:
    ana = team["ana"]

    saved = await ana.send(team.space, TEXT)
    assert saved.state is MessageState.SAVED
    await ana.sync_now()
    sent = await ana.message(team.space, saved.message)
    assert sent.state is MessageState.ON_SERVER
    assert [r.at for r in sent.received_by] == [None, None]

    await team["bruno"].sync_now()
    await ana.sync_now()
    half = await ana.message(team.space, saved.message)
    assert half.state is MessageState.ON_SERVER
    assert {r.name: r.at is not None for r in half.received_by} == {
        "Bruno Keller": True,
        "Eva Moreau": False,
    }

    await team["eva"].sync_now()
    await ana.sync_now()
    done = await ana.message(team.space, saved.message)
    assert done.state is MessageState.RECEIVED
    assert all(r.at is not None for r in done.received_by)


async def test_everybody_reads_the_same_conversation_in_the_same_order(team: Team) -> None:
    for turn in range(3):
        for who in PEOPLE:
            await team[who].send(team.space, f"{who} {turn}")
            await team.settle(rounds=1)
    await team.settle(rounds=2)

    conversations = [await team.texts(who) for who in PEOPLE]

    assert conversations[0] == conversations[1] == conversations[2]
    assert len(conversations[0]) == 3 + 9
    assert [await team.alarms(who) for who in PEOPLE] == [[], [], []]


async def test_a_safety_number_is_the_same_from_both_sides_and_is_remembered(team: Team) -> None:
    ana, bruno = team["ana"], team["bruno"]

    hers = await ana.verify(team.space, team.user("bruno"))
    his = await bruno.verify(team.space, team.user("ana"))
    assert len(hers.digits) == 60
    assert hers.digits == his.digits
    assert hers.trust is Trust.UNVERIFIED

    compared = await ana.verify(team.space, team.user("bruno"), his.digits)
    assert (compared.compared, compared.trust) == (True, Trust.VERIFIED)
    members = {m.name: m.trust for m in (await ana.space(team.space)).members}
    assert members["Bruno Keller"] is Trust.VERIFIED
    assert members["Eva Moreau"] is Trust.UNVERIFIED


async def test_the_whole_job_from_the_first_message_to_the_last_wipe(
    team: Team, tmp_path: Path
) -> None:
    ana, bruno, _ = (team[who] for who in PEOPLE)
    source = evidence_file(tmp_path / "source", NAME, SIZE, CONTENT)
    await ana.send(team.space, TEXT)
    await bruno.send(team.space, ANSWER)
    added = await ana.add_evidence(
        team.space, source, to=[team.user("bruno"), team.user("eva")], exhibit=NUMBER
    )
    assert added.state is ExhibitState.SEALING
    await ana.sync_now()
    up = await ana.exhibit(team.space, added.file)
    assert (up.state, up.size) == (ExhibitState.ON_SERVER, SIZE)
    await team.settle(rounds=2)

    here = await bruno.exhibit(team.space, added.file)
    assert here.state is ExhibitState.VERIFIED
    assert (here.name, here.exhibit, here.sha256) == (NAME, NUMBER, up.sha256)
    out = await bruno.export(team.space, added.file, tmp_path / "out.img")
    assert out.read_bytes() == source.read_bytes()
    assert (await bruno.verify_exhibit(team.space, added.file)).state is ExhibitState.VERIFIED
    await team.settle(rounds=2)
    known = await ana.exhibit(team.space, added.file)
    assert all(r.at is not None for r in known.recipients)

    assert {"space-opened", "exhibit-added", "exhibit-handed-over"} <= await _custody(team, "ana")
    assert {"joined", "exhibit-received", "exhibit-verified"} <= await _custody(team, "eva")
    events = [(e.what, e.actor) for e in await ana.custody(team.space)]
    assert events.count(("exhibit-verified", "Bruno Keller")) == 1
    assert events.count(("exhibit-verified", "Eva Moreau")) == 1
    assert events.count(("exhibit-exported", "Bruno Keller")) == 1

    before = await _keys(team)
    out.unlink()
    _no_traces(team, before)  # while the space lives
    await ana.close_space(team.space, REASON)
    await team.settle(rounds=2)

    for who in PEOPLE:
        detail = await team[who].space(team.space)
        assert detail.row.state is SpaceState.WIPED
        assert detail.close_reason == REASON
        wipes = {w.name: w for w in await team[who].wipes(team.space)}
        assert set(wipes) == {"Ana Lima", "Bruno Keller", "Eva Moreau"}
        assert all(w.wiped_at is not None and w.receipt for w in wipes.values())
        assert not (team.profile(who) / "spaces" / team.space.hex()).exists()
        assert await team.alarms(who) == []
    wipes = {w.name: w for w in await ana.wipes(team.space)}
    assert "1 exhibit(s) exported" in wipes["Bruno Keller"].remaining
    assert "exported" not in wipes["Eva Moreau"].remaining
    _no_traces(team, before)
    assert source.exists()  # one's own file is nobody's copy


async def test_the_store_erases_the_parts_when_the_last_recipient_has_verified(
    team: Team, tmp_path: Path
) -> None:
    source = evidence_file(tmp_path, "disk.img", SIZE)
    to = [team.user("bruno"), team.user("eva")]
    await team["ana"].add_evidence(team.space, source, to=to)
    await team["ana"].sync_now()
    assert len(team.store.kept()) == 3

    await team["bruno"].sync_now()
    assert len(team.store.kept()) == 3
    await team["eva"].sync_now()
    await team.settle(rounds=1)

    assert team.store.keeps(0)


async def _custody(team: Team, who: str) -> set[str]:
    return {e.what for e in await team[who].custody(team.space)}


async def _keys(team: Team) -> dict[str, bytes]:
    """Secrets that must stand nowhere in the open, as the sessions hold them."""
    found: dict[str, bytes] = {}
    for who in PEOPLE:
        session = team[who]._session
        one = session.identity
        found[f"{who}: root"] = one.user_root
        found[f"{who}: user key"] = recovery.user_key(one.user_root).dump()
        found[f"{who}: signing key"] = one.signing_seed
        found[f"{who}: identity key"] = one.identity_seed
        found[f"{who}: space key"] = await session.run(_space_key, session, team.space)
    return found


def _space_key(session: object, space: bytes) -> bytes:
    from localstore import spaces

    row = spaces.space(session.stores.device, space)  # type: ignore[attr-defined]
    assert row is not None
    assert len(row.database_key) == 64
    return row.database_key


def _no_traces(team: Team, keys: dict[str, bytes]) -> None:
    texts = (TEXT, ANSWER, NAME, NUMBER, REASON, TITLE, AGREEMENT, "ana is here.", "MARKER")
    secrets = {**{t: t.encode() for t in texts}, **keys, "content": CONTENT}
    assert traces(team.store.data_dir, secrets) == []
    if team.store.places is not None:  # the database's own files, its write-ahead log with them
        assert traces(team.store.places.postgres.folder / "data", secrets) == []
    for who in PEOPLE:
        assert traces(team.profile(who), secrets) == []
