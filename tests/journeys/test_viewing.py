"""A member looks at what another handed over: in the safe viewer, on record, and never on disk."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient.events import SpaceWiped
from jitclient.pageviews import Encoding, Kind, Walls
from jitclient.viewing import viewer
from jitclient.viewing.errors import CannotShowError, ViewerEndedError, ViewerRefusedError
from jitclient.views import ExhibitRow, ExhibitState
from protocol.errors import ActionNeededError, HashMismatchError, JitError, PartCorruptedError
from protocol.ids import SpaceId
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.viewing import samples

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not viewer.possible(), reason="no filter of system calls here"),
]
CANARY = "Konto 4711 der Amberlight B.V."


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno and Eva at work."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder) as team:
        yield team
    shutil.rmtree(folder, ignore_errors=True)


async def received(
    crew: HostileTeam, space: SpaceId, folder: Path, content: bytes, name: str = "a.pdf"
) -> ExhibitRow:
    """What Bruno handed to Ana, verified at hers."""
    source = folder / name
    source.write_bytes(content)
    row = await crew["bruno"].add_evidence(space, source, to=[crew.user("ana")], exhibit="B-1")
    await crew["bruno"].sync_now()
    await crew["ana"].sync_now()
    found = await crew["ana"].exhibit(space, row.file)
    assert found.state is ExhibitState.VERIFIED
    return found


async def said(crew: HostileTeam, space: SpaceId) -> list[tuple[str, str]]:
    rows = await crew["ana"].custody(space)
    return [(one.what, one.detail) for one in rows if "view" in one.what or "shown" in one.what]


def attacker(name: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-m", "tests.viewing.attacker", name, "up")


async def test_pages_are_shown_looking_is_on_record_and_no_plaintext_touches_the_disk(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, f"{CANARY}\n".encode() * 400, "list.txt")

    viewing, opened = await ana.viewing.open(space, row.file)
    page = await viewing.page(opened.shown.pages - 1, 400, 400)
    viewing.close()

    assert opened.shown.kind is Kind.TEXT
    assert Walls.CALLS in opened.walls
    assert len(page.points) == page.width * page.height * 3
    assert await said(crew, space) == [("exhibit-viewed", "Text, 7 pages")]
    kept = [one for one in (tmp_path / "crew").rglob("*") if one.is_file()]
    assert kept
    assert [one for one in kept if CANARY.encode() in one.read_bytes()] == []


async def test_what_cannot_be_shown_is_no_looking(crew: HostileTeam, tmp_path: Path) -> None:
    space = crew.space
    row = await received(crew, space, tmp_path, b"MZ\x00\x01" * 100, "a.pdf")

    with pytest.raises(CannotShowError, match="type"):
        await crew["ana"].viewing.open(space, row.file)

    assert await said(crew, space) == []


async def test_an_exhibit_that_ends_the_viewer_is_flagged_and_not_opened_again_by_itself(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, samples.pdf())
    ana.viewing.command = attacker("crash")

    with pytest.raises(ViewerEndedError, match="crashed"):
        await ana.viewing.open(space, row.file)
    with pytest.raises(ViewerEndedError, match="before") as before:
        await ana.viewing.open(space, row.file)
    ana.viewing.command = viewer.COMMAND
    viewing, opened = await ana.viewing.open(space, row.file, again=True)
    viewing.close()

    assert before.value.reason == "viewer-ended-before"
    assert opened.shown.pages == 3
    assert [what for what, _ in await said(crew, space)] == ["exhibit-not-shown", "exhibit-viewed"]
    assert (await ana.exhibit(space, row.file)).state is ExhibitState.VERIFIED


async def test_an_attempt_to_break_out_is_an_alarm(crew: HostileTeam, tmp_path: Path) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, samples.pdf())
    ana.viewing.command = attacker("connect")

    with pytest.raises(ViewerRefusedError):
        await ana.viewing.open(space, row.file)

    assert [one.code for one in (await ana.status()).alarms] == ["viewer-refused"]


async def test_a_damaged_part_is_never_shown(crew: HostileTeam, tmp_path: Path) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, samples.pdf())
    part = next(one for one in (tmp_path / "crew" / "ana").rglob("parts/*/0"))
    part.write_bytes(part.read_bytes()[:-1] + b"\x00")

    with pytest.raises(PartCorruptedError):
        await ana.viewing.open(space, row.file)
    with pytest.raises(HashMismatchError):
        await ana.viewing.open(space, row.file)

    assert await said(crew, space) == []


async def test_ones_own_exhibit_is_looked_at_where_it_lies(
    crew: HostileTeam, tmp_path: Path
) -> None:
    space = crew.space
    row = await received(crew, space, tmp_path, samples.pdf())

    with pytest.raises(ActionNeededError, match="your own"):
        await crew["bruno"].viewing.open(space, row.file)


async def test_who_closes_a_viewer_under_a_page_is_told_of_no_failure(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, samples.pdf())
    ana.viewing.command = attacker("nothing")  # it hangs when it is asked for a page
    viewing, _ = await ana.viewing.open(space, row.file)

    page = asyncio.get_running_loop().create_task(viewing.page(0, 100, 100))
    for _ in range(5):
        await asyncio.sleep(0)
    viewing.close()
    with pytest.raises(ViewerEndedError, match="was closed"):
        await page

    assert [what for what, _ in await said(crew, space)] == ["exhibit-viewed"]


async def test_a_viewer_ends_with_its_space_and_with_the_desk(
    crew: HostileTeam, tmp_path: Path
) -> None:
    ana, space = crew["ana"], crew.space
    row = await received(crew, space, tmp_path, samples.pdf())

    first, _ = await ana.viewing.open(space, row.file)
    ana.events.publish(SpaceWiped(space))
    second, _ = await ana.viewing.open(space, row.file, Encoding.OWN)
    assert [what for what, _ in await said(crew, space)] == ["exhibit-viewed"] * 2
    await ana.close()

    for one in (first, second):
        assert one.closed
        with pytest.raises(JitError):
            await one.page(0, 100, 100)
        process = one._viewer._process if one._viewer is not None else None
        assert process is not None
        assert await asyncio.to_thread(process.wait) != 0
