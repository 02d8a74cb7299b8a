"""Handling codes at work: H1 keeps an exhibit out of court, H2 with whom it went to, until the
originator's permission is on record; marks stay with what is passed on.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient.errors import HandlingCodeError
from jitclient.views import ExhibitRow, ExhibitState, MessageKind, Purpose
from protocol.errors import BadInputError, CannotCreateError
from protocol.ids import SpaceId
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio

MARKS = {
    "handling": "H1+H2",
    "tlp": "AMBER",
    "conditions": "For this case only.\nNot for the press.",
}


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno and Eva at work."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder) as team:
        yield team
    shutil.rmtree(folder, ignore_errors=True)


async def received(
    crew: HostileTeam, space: SpaceId, folder: Path, name: str, facts: dict[str, str]
) -> ExhibitRow:
    """What Bruno handed to Ana, verified at hers."""
    source = evidence_file(folder / "bruno", name, 40_000)
    row = await crew["bruno"].add_evidence(
        space, source, to=[crew.user("ana")], exhibit="B-1", facts=facts
    )
    await crew["bruno"].sync_now()
    await crew["ana"].sync_now()
    found = await crew["ana"].exhibit(space, row.file)
    assert found.state is ExhibitState.VERIFIED
    return found


async def acts(crew: HostileTeam, who: str, space: SpaceId) -> list[str]:
    return [row.what for row in await crew[who].custody(space)]


async def test_h1_goes_to_no_court_until_the_permission_is_on_record(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, "list.csv", MARKS)
    assert row.in_force == ("H1", "H2")
    out = tmp_path / "out"
    out.mkdir()

    with pytest.raises(HandlingCodeError, match="Bruno Keller"):
        await ana.export(space, row.file, out, Purpose.COURT)

    assert list(out.iterdir()) == []
    assert "exhibit-exported" not in await acts(crew, "ana", space)

    given = await ana.record_permission(
        space, row.file, "H1", given_by="LKA Hamburg", reference="Letter of 20 November"
    )
    path = await ana.export(space, row.file, out, Purpose.COURT)

    assert given.in_force == ("H2",)
    assert path.read_bytes() == (tmp_path / "bruno" / "list.csv").read_bytes()
    events = [one for one in await ana.custody(space) if one.what.startswith(("perm", "exhibit-e"))]
    assert [one.what for one in events] == ["permission-recorded", "exhibit-exported"]
    assert events[0].detail == "H1, given by LKA Hamburg, Letter of 20 November"
    assert events[1].detail.endswith("for court")
    with pytest.raises(BadInputError, match="not in force"):
        await ana.record_permission(space, row.file, "H1", given_by="A", reference="B")


async def test_the_sheet_beside_a_copy_carries_marks_facts_and_permissions(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    facts = {**MARKS, "title": "The list", "description": "One.\nSHA-256   of something else"}
    row = await received(crew, space, tmp_path, "list.csv", facts)
    await ana.record_permission(
        space, row.file, "H1", given_by="LKA Hamburg", reference="Letter of 20 November"
    )

    path = await ana.export(space, row.file, tmp_path / "copy.csv", Purpose.COURT)

    lines = (tmp_path / "copy.csv.facts.txt").read_text().splitlines()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert lines[0] == lines[-1] == "H1+H2  ·  TLP:AMBER"
    assert f"{digest}  copy.csv" in lines
    text = "\n".join(lines)
    for said in ("The list", "Bruno Keller", "judicial proceedings", "Letter of 20 November"):
        assert said in text
    assert [one for one in lines if one.lstrip().startswith("SHA-256")] == [
        f"  {'SHA-256':26}{digest}",
        f"  {'':26}SHA-256   of something else",
    ], "a fact of several lines does not pass for a line of the sheet"


async def test_a_copy_is_never_without_its_sheet_nor_a_sheet_alone(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, "list.csv", MARKS)
    (tmp_path / "a.csv.facts.txt").write_text("mine")

    with pytest.raises(CannotCreateError):
        await ana.export(space, row.file, tmp_path / "a.csv")
    with pytest.raises(CannotCreateError):
        await ana.export(space, row.file, tmp_path / "no folder" / "b.csv")

    assert not (tmp_path / "a.csv").exists()
    assert (tmp_path / "a.csv.facts.txt").read_text() == "mine"


async def test_h2_stays_with_whom_it_went_to_whatever_the_copy_is_called(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, "list.csv", MARKS)
    copy = await ana.export(space, row.file, tmp_path / "something-else.bin")
    other = await crew.new_space("JIT 2026/77", "eva")

    for there in (space, other):
        with pytest.raises(HandlingCodeError, match="H2"):
            await ana.add_evidence(there, copy, to=[crew.user("eva")], facts=MARKS)
    assert [one.name for one in await ana.exhibits(space)] == ["list.csv"]
    back = await ana.add_evidence(space, copy, to=[crew.user("bruno")], facts=MARKS, again=True)
    assert back.state is ExhibitState.SEALING

    await ana.record_permission(
        space, row.file, "H2", given_by="Bruno Keller", reference="E-mail of 21 November"
    )
    gone = await ana.add_evidence(space, copy, to=[crew.user("eva")], facts=MARKS, again=True)
    await ana.sync_now()
    await crew["eva"].sync_now()

    hers = await crew["eva"].exhibit(space, gone.file)
    assert dict(hers.facts) == MARKS
    assert hers.in_force == ("H1", "H2"), "it binds who receives it from her as well"


async def test_what_arrives_under_h2_stops_the_same_file_on_its_way(
    crew: HostileTeam, tmp_path: Path
) -> None:
    """Registered before the code was known, and asked again when it is to be handed over."""
    ana, space = crew["ana"], crew.space
    source = evidence_file(tmp_path / "bruno", "list.csv", 40_000)
    row = await ana.add_evidence(space, source, to=[crew.user("eva")])
    await crew["bruno"].add_evidence(space, source, to=[crew.user("ana")], facts={"handling": "H2"})
    await crew["bruno"].sync_now()
    await ana.sync_now(transfers=False)

    await ana.sync_now()

    kept = await ana.exhibit(space, row.file)
    assert (kept.state, kept.message) == (ExhibitState.FAILED, None)
    assert "H2" in kept.problem
    assert "exhibit-kept-back" in await acts(crew, "ana", space)
    await crew["eva"].sync_now()
    assert await crew["eva"].exhibits(space) == ()


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="none"),
        pytest.param({**MARKS, "handling": "H2"}, id="a code less"),
        pytest.param({**MARKS, "tlp": "GREEN"}, id="a wider TLP"),
        pytest.param({**MARKS, "conditions": "For this case only."}, id="half the conditions"),
    ],
)
async def test_what_is_passed_on_keeps_its_marks(
    crew: HostileTeam, tmp_path: Path, facts: dict[str, str]
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, "list.csv", MARKS)
    copy = await ana.export(space, row.file, tmp_path / "copy.csv")

    with pytest.raises(HandlingCodeError, match="keeps that"):
        await ana.add_evidence(space, copy, to=[crew.user("bruno")], facts=facts)


async def test_the_originator_is_not_bound_by_the_own_codes(
    crew: HostileTeam, tmp_path: Path
) -> None:
    space = crew.space
    row = await received(crew, space, tmp_path, "list.csv", MARKS)
    assert (await crew["bruno"].exhibit(space, row.file)).in_force == ()

    again = await crew["bruno"].add_evidence(
        space, tmp_path / "bruno" / "list.csv", to=[crew.user("eva")], again=True
    )

    assert again.state is ExhibitState.SEALING


@pytest.mark.parametrize(("handling", "told"), [("H2", False), ("H1", True)])
async def test_h2_is_not_part_of_a_past_that_is_opened_to_somebody(
    crew: HostileTeam, tmp_path: Path, handling: str, told: bool
) -> None:
    space = await crew.new_space("JIT 2026/51", "bruno")
    await crew.settle("ana", "bruno", rounds=2)
    await received(crew, space, tmp_path, "list.csv", {"handling": handling})
    await crew["ana"].add_member(space, crew.user("eva"))
    await crew.settle(rounds=3)

    await crew["ana"].share_history(space, crew.user("eva"), 0)
    await crew.settle(rounds=3)

    lines = await crew["eva"].messages(space)
    assert any(row.kind is MessageKind.EXHIBIT for row in lines) is told
    assert [row.name for row in await crew["eva"].exhibits(space)] == ["list.csv"] * told
