"""Nothing goes of which the starred facts are not stated; the window helps to state them."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.facts import BY_NAME
from tests.ui.desk_double import DeskDouble
from tests.ui.stating import STATED, state
from tests.ui.test_evidence import adding
from tests.ui.test_screens import Locked
from tests.ui.waiting import enter, sheet, until
from ui.evidence.sheet import AddSheet

pytestmark = pytest.mark.asyncio(loop_scope="session")


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(name.encode())
    return [folder / name for name in names]


@pytest.mark.parametrize("left_out", ["number", *(name for name, _ in STATED)])
async def test_a_file_stays_until_every_starred_fact_is_stated(
    left_out: str, tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    add, tasks = adding(desk, failures)
    (path,) = files(tmp_path, "a.pdf")
    add.take([path])
    await until(lambda: tasks.idle)
    state(add)
    add.describe(path, {name: value for name, value in STATED if name != left_out})
    if left_out == "number":
        add.number(path, " ")

    assert not add.state.can_add
    assert not await add.add()

    label = "Exhibit number" if left_out == "number" else BY_NAME[left_out].label
    assert add.state.files[0].lacking == (label,)
    assert "add_evidence" not in desk.calls
    state(add)
    assert await add.add()


async def test_a_title_and_what_was_said_before_are_there_already_and_can_be_changed(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    desk.stated_before = {"case": "7 Js 1/26", "authority": "LKA Hamburg"}
    add, tasks = adding(desk, failures)

    add.take(files(tmp_path, "server 03.E01"))
    await until(lambda: tasks.idle)

    (one,) = add.state.files
    assert dict(one.facts) == {**desk.stated_before, "title": "server 03"}
    assert one.lacking == ("Exhibit number", "Acquired at")
    assert "Case number, Authority: as in your last exhibit here" in add.state.note


async def test_the_others_are_numbered_from_the_last_number_given(
    tmp_path: Path, failures: list[Exception]
) -> None:
    add, tasks = adding(DeskDouble(), failures)
    paths = files(tmp_path, "a", "b", "c", "d")
    add.take(paths)
    await until(lambda: tasks.idle)
    assert add.state.next_number == ""
    add.number(paths[0], "PT-08")
    add.number(paths[2], "Z")
    assert add.state.next_number == "", "nothing can be counted on from Z"
    add.number(paths[2], "PT-09")
    assert add.state.next_number == "PT-10"

    add.number_rest()

    assert [one.exhibit for one in add.state.files] == ["PT-08", "PT-10", "PT-09", "PT-11"]
    assert add.state.next_number == ""


async def test_a_problem_of_the_file_is_not_forgotten_when_it_gets_a_number(
    tmp_path: Path, failures: list[Exception]
) -> None:
    add, tasks = adding(DeskDouble(), failures)
    add.take([tmp_path / "gone.pdf"])
    await until(lambda: tasks.idle)

    add.number(tmp_path / "gone.pdf", "A-1")

    assert add.state.files[0].problem


async def test_the_window_says_of_each_file_what_is_still_to_state(
    locked: Locked, tmp_path: Path
) -> None:
    frame, _ = await enter(*locked)
    paths = files(tmp_path, "a.pdf", "b.pdf")
    frame.stage.sheets.add_evidence(paths)
    found = await sheet()
    assert isinstance(found, AddSheet)
    await until(lambda: len(found._rows) == 2)
    row = found._rows[paths[0]]
    assert "Still to state: exhibit number, case number" in row._lacking.text()
    assert not found.action.isEnabled()

    found._presenter.describe(None, {k: v for k, v in STATED if k != "title"})
    row.number.setText("A-1")
    await until(found.on.isVisible)

    assert not row._lacking.isVisible()
    assert found.lacking.text().startswith("1 of 2 files stay here")
    assert found.on.text() == "Number the others from A-2"
    found.on.click()
    assert found._rows[paths[1]].number.text() == "A-2"
    assert not found.lacking.isVisible()
    assert found.action.isEnabled()


async def test_size_and_time_stand_there_before_anything_leaves(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    add, tasks = adding(desk, failures)
    first, second = files(tmp_path, "a.img", "b.img")
    first.write_bytes(bytes(3 << 20))
    second.write_bytes(bytes(1 << 20))

    add.take([first])
    await until(lambda: tasks.idle)
    assert add.state.total == "1 file  ·  3 MiB  ·  how long it takes is not known yet"

    desk.measured = 64.0 * (1 << 10)
    add.take([second])
    await until(lambda: tasks.idle)
    assert add.state.total == "2 files  ·  4 MiB  ·  about 1 min at 64 KiB/s"
    add.drop(first)
    assert add.state.total.startswith("1 file  ·  1 MiB  ·  about 17 s")
