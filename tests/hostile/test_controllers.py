"""R23.2 against a store that lets a third country upload before a controller is designated."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlcipher3 import dbapi2

from centralstore import settings
from jitclient import controllers, sharing
from jitclient.door import DoorKeeper
from jitclient.views import ExhibitState
from protocol.errors import NotPermittedError
from protocol.ids import FileId
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.people_at_work import PASSPHRASE, evidence_file

pytestmark = pytest.mark.asyncio

TOM = ("Tom Reed", "Department of Justice", "US", "third-country")
REASON = "Clause 12.4 of the agreement of 3 May 2026"


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno, and Tom of a third country, who is a member."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder, "ana", "bruno") as team:
        door = DoorKeeper(folder / "tom")
        team.desks["tom"] = await door.enrol(team.store.invite(*TOM), PASSPHRASE)
        team.users["tom"] = team["tom"].me.user
        await team["ana"].sync_now()
        await team["ana"].add_member(team.space, team.user("tom"))
        await team.settle(rounds=2)
        yield team
    shutil.rmtree(folder, ignore_errors=True)


def let_in(team: HostileTeam) -> None:
    """The store forgets its rule for Tom."""
    database = settings.load(team.store.data_dir).database
    with contextlib.closing(dbapi2.connect(str(database))) as db:
        tom = team.user("tom")
        done = db.execute("UPDATE member SET controller = ? WHERE user_id = ?", (tom, tom))
        assert done.rowcount == 1
        db.commit()


async def hand_over(team: HostileTeam, source: Path, *to: str) -> FileId:
    """Tom hands something over, and his program does not ask whether he may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(controllers, "check_upload", lambda *_: None)
        users = [team.user(one) for one in to or ("ana", "bruno")]
        row = await team["tom"].add_evidence(team.space, source, to=users)
        await team["tom"].sync_now()
    return row.file


async def test_what_an_undesignated_third_country_uploads_is_refused_by_every_client(
    crew: HostileTeam, tmp_path: Path
) -> None:
    let_in(crew)

    file = await hand_over(crew, evidence_file(tmp_path, "early.img", 30_000))
    await crew.settle("ana", "bruno", rounds=2)

    sent = await crew["tom"].exhibit(crew.space, file)
    assert sent.state is ExhibitState.ON_SERVER, "the store did take it"
    for who in ("ana", "bruno"):
        assert await crew[who].exhibits(crew.space) == ()
        await crew.named(who, "no-controller", "Tom Reed")
    fetched = [e for e in crew.hostile.seen if e.method == "GET" and "/parts/" in e.path]
    assert fetched == []


async def test_from_the_designation_on_it_is_taken_and_everybody_sees_who_and_why(
    crew: HostileTeam, tmp_path: Path
) -> None:
    source = evidence_file(tmp_path, "late.img", 30_000)
    to = [crew.user("bruno")]
    with pytest.raises(NotPermittedError) as refused:
        await crew["tom"].add_evidence(crew.space, source, to=to)
    assert refused.value.reason == "no-controller"

    await crew["ana"].designate(crew.space, crew.user("tom"), crew.user("ana"), REASON)
    await crew.settle(rounds=2)

    row = await crew["tom"].add_evidence(crew.space, source, to=to)
    await crew.settle(rounds=3)
    taken = await crew["bruno"].exhibit(crew.space, row.file)
    assert taken.state is ExhibitState.VERIFIED
    said = f"Ana Lima designated Ana Lima controller of what Tom Reed hands over: {REASON}"
    for who in ("ana", "bruno", "tom"):
        await crew.told(who, said)
        assert (await crew[who].log_entries(crew.space))[-1].text == said
        (tom,) = [m for m in (await crew[who].space(crew.space)).members if m.name == "Tom Reed"]
        assert (tom.waits, tom.may_upload, tom.controller) == (False, True, "Ana Lima")
    await crew.calm("ana", "bruno", "tom")
    database = settings.load(crew.store.data_dir).database
    assert REASON.encode() not in database.read_bytes(), "the store cannot read why"


async def test_what_was_handed_over_before_it_stays_refused_and_is_not_told_on(
    crew: HostileTeam, tmp_path: Path
) -> None:
    """Tom names the time before the designation in what he signs; it does not help him later."""
    let_in(crew)
    await hand_over(crew, evidence_file(tmp_path, "early.img", 30_000))
    await crew["ana"].designate(crew.space, crew.user("tom"), crew.user("ana"), REASON)

    await crew.settle("ana", "bruno", rounds=2)

    for who in ("ana", "bruno"):
        assert await crew[who].exhibits(crew.space) == ()
        await crew.named(who, "no-controller", "Tom Reed")


async def test_a_colluding_administrator_cannot_tell_it_on_as_the_past(
    crew: HostileTeam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(crew)
    with monkeypatch.context() as patch:
        patch.setattr(controllers, "check_manifest", lambda *_: None)
        await hand_over(crew, evidence_file(tmp_path, "early.img", 30_000), "ana")
        await crew["ana"].sync_now()
        (row,) = await crew["ana"].exhibits(crew.space)
    monkeypatch.setattr(sharing, "_was_for_all", lambda *_: True)
    await crew["ana"].share_history(crew.space, crew.user("bruno"), 0)

    await crew.settle("ana", "bruno", rounds=2)

    assert row.name == "early.img"
    assert await crew["bruno"].exhibits(crew.space) == ()
    await crew.named("bruno", "no-controller", "Tom Reed")
