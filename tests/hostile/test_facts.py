"""What the store says about exhibits: where they belong, how large they are, who has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from jitclient.views import ExhibitState
from protocol.api.files import EraseReason, FileReply, FileState
from tests.hostile.test_parts import offered, sealed
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a15_an_exhibit_moved_into_the_place_of_another_is_refused(
    team: HostileTeam, tmp_path: Path
) -> None:
    """All parts of one exhibit, in order, under the id of another of the same shape."""
    other = await offered(team, tmp_path, "the-other.img")
    await team["bruno"].sync_now()
    row = await offered(team, tmp_path, "this-one.img")

    def act(exchange: Exchange) -> bool:
        found = re.search(f"{row.file.hex()}/parts/([0-9]+)$", exchange.path)
        if found is None:
            return False
        exchange.body = sealed(team, other.file, int(found[1]))
        return True

    deed = team.hostile.answers("GET", "/parts/[0-9]+$", act, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    got = await team["bruno"].exhibit(team.space, row.file)
    assert got.state is ExhibitState.CORRUPTED
    kept = await team["bruno"].exhibit(team.space, other.file)
    assert (kept.name, kept.state) == ("the-other.img", ExhibitState.VERIFIED)


async def test_a15_a_file_only_the_store_lists_is_in_nobodys_list(team: HostileTeam) -> None:
    before = await team["bruno"].exhibits(team.space)
    invented = FileReply(
        file=b"I" * 16,
        state=FileState.COMPLETE,
        parts=1,
        sealed_bytes=1000,
        stored=(),
        verified_by=(),
        erase_reason=None,
        expires_at=2_000_000_000,
    )
    deed = team.hostile.rewrites(FileReply, "/files/", lambda _: invented)
    await team["ana"].send(team.space, "nothing new here")
    await team.settle("ana", "bruno", rounds=1)

    assert await team["bruno"].exhibits(team.space) == before
    assert deed.count == 0  # nobody even asks: exhibits come in signed messages only


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"sealed_bytes": 77}, id="smaller"),
        pytest.param({"parts": 9}, id="more-parts"),
        pytest.param({"verified_by": (b"v" * 16,)}, id="verified-by-a-stranger"),
        pytest.param({"expires_at": 4_000_000_000}, id="kept-for-ever"),
    ],
)
async def test_a16_facts_told_by_the_store_change_no_exhibit(
    team: HostileTeam, tmp_path: Path, lie: dict[str, object]
) -> None:
    name = f"{next(iter(lie))}.img"
    source = evidence_file(tmp_path, name, 9_000_000)
    deed = team.hostile.rewrites(FileReply, "/files", lambda r: replace(r, **lie))
    post = team.hostile.rewrites(FileReply, "/files", lambda r: replace(r, **lie), method="POST")
    row = await team["ana"].add_evidence(
        team.space, source, to=[team.user("bruno")], exhibit="E-16"
    )
    await team["ana"].sync_now()
    team.hostile.behave()
    await team.settle("ana", "bruno", rounds=2)

    assert deed.count + post.count >= 1
    mine = await team["ana"].exhibit(team.space, row.file)
    got = [e for e in await team["bruno"].exhibits(team.space) if e.file == row.file]
    if mine.state is ExhibitState.CORRUPTED:  # the lie was noticed: nothing was handed over
        assert mine.problem == "The store answered about another file."
        assert got == []
        return
    facts = [(e.name, e.exhibit, e.size, e.state) for e in got]
    assert facts == [(name, "E-16", 9_000_000, ExhibitState.VERIFIED)]
    assert [r.name for r in mine.recipients if r.at is not None] == ["Bruno Keller"]


async def test_a16_a_false_word_of_erasure_names_the_store_and_keeps_what_is_here(
    team: HostileTeam, tmp_path: Path
) -> None:
    row = await offered(team, tmp_path, "erased-they-say.img")
    await team["bruno"].sync_now()
    erased = {"state": FileState.ERASED, "erase_reason": EraseReason.EXPIRED}
    team.hostile.rewrites(FileReply, "/files", lambda r: replace(r, **erased))
    await team["bruno"].sync_now()

    got = await team["bruno"].verify_exhibit(team.space, row.file)
    assert got.state is ExhibitState.VERIFIED
