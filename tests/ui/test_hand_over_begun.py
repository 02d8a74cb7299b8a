"""What is begun in the sheet that hands over is there again after locking, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.test_evidence import adding
from tests.ui.waiting import enter, sheets, until
from ui.evidence import begun
from ui.evidence.factsheet import FactsSheet
from ui.evidence.sheet import AddSheet
from ui.frame import Frame
from ui.shell import Shell

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = tuple[Shell, DoorDouble]


def on_top() -> AddSheet:
    found = next(one for one in sheets() if isinstance(one, AddSheet))
    assert isinstance(found, AddSheet)
    return found


async def opened(frame: Frame, paths: list[Path]) -> AddSheet:
    frame.stage.sheets.add_evidence(paths)
    await until(lambda: any(isinstance(one, AddSheet) for one in sheets()))
    found = on_top()
    await until(lambda: len(found._presenter.state.files) >= len(paths))
    return found


async def relock(shell: Shell, door: DoorDouble, desk: DeskDouble) -> Frame:
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)
    for one in reversed(sheets()):  # they go with the process
        one.close()
    door._make = lambda: desk
    return (await enter(shell, door))[0]


def files(folder: Path) -> list[Path]:
    for name in ("a & b.pdf", "c.pdf"):
        (folder / name).write_bytes(name.encode())
    return [folder / "a & b.pdf", folder / "c.pdf"]


async def test_locking_keeps_the_list_and_the_facts_that_were_half_typed(
    locked: Locked, tmp_path: Path
) -> None:
    frame, desk = await enter(*locked)
    first, second = files(tmp_path)
    add = (await opened(frame, [first, second]))._presenter
    add.number(first, "A-1")
    add.describe(second, {"title": "Invoice\nof May", "country": "PT"})
    taken_off = next(one.user for one in add.state.recipients if one.chosen)
    add.choose(taken_off, yes=False)
    on_top()._describe(first)
    await until(lambda: any(isinstance(one, FactsSheet) for one in sheets()))
    facts = next(one for one in sheets() if isinstance(one, FactsSheet))
    facts._presenter.type("title", "Half a ti")

    frame = await relock(*locked, desk)
    again = (await opened(frame, []))._presenter
    await until(lambda: any(isinstance(one, FactsSheet) for one in sheets()))

    facts = next(one for one in sheets() if isinstance(one, FactsSheet))
    assert facts._presenter.values["title"] == "Half a ti"
    assert [(one.path, one.exhibit) for one in again.state.files] == [(first, "A-1"), (second, "")]
    assert dict(again.state.files[1].facts)["title"] == "Invoice\nof May"
    assert dict(again.state.files[0].facts)["title"] == "a & b"  # not stated: it was half typed
    assert not next(one for one in again.state.recipients if one.user == taken_off).chosen
    facts.reject()
    on_top().reject()
    await until(lambda: frame.room.tasks.idle)


async def test_what_a_person_closes_is_not_there_again(locked: Locked, tmp_path: Path) -> None:
    frame, desk = await enter(*locked)
    await opened(frame, files(tmp_path))
    await frame.room.keep()  # as every few seconds
    assert desk.left.texts[desk.space_a]["hand-over"]

    on_top().reject()
    await until(lambda: frame.room.tasks.idle)
    await frame.room.keep()

    assert "hand-over" not in desk.left.texts[desk.space_a]


async def test_a_file_that_is_gone_meanwhile_says_so(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    first, second = files(tmp_path)
    add, tasks = adding(desk, failures)
    await add.resume()
    add.take([first, second])
    await until(lambda: tasks.idle)
    await add.keep()
    first.unlink()

    again, tasks = adding(desk, failures)
    await again.resume()
    await until(lambda: tasks.idle)

    assert [bool(one.problem) for one in again.state.files] == [True, False]


async def test_a_list_that_was_not_read_yet_is_not_written_over(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    add, tasks = adding(desk, failures)
    await add.resume()
    add.take(files(tmp_path))
    await until(lambda: tasks.idle)
    await add.keep()

    await adding(desk, failures)[0].keep()

    assert len(begun.read(desk.left.texts[desk.space_a]["hand-over"]).files) == 2
