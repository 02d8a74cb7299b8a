"""Which files of a folder go is chosen in a tree; a folder stands for all that is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from tests.ui.desk_double import DeskDouble
from tests.ui.test_evidence import adding
from tests.ui.waiting import until
from ui.evidence.state import NewFile
from ui.evidence.treesheet import TreeSheet

pytestmark = pytest.mark.asyncio(loop_scope="session")
ON, SOME, OFF = Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked
FOUND = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive


def file(came: str) -> NewFile:
    facts = (("folder-path", came),) if "/" in came else ()
    return NewFile(Path("/seized") / came, came, "", "1 MiB", "", "", facts, bytes=1 << 20)


FILES = tuple(map(file, ("Phone/DCIM/1.jpg", "Phone/DCIM/2.jpg", "Phone/notes.txt", "disk.img")))


def named(sheet: TreeSheet, name: str) -> QTreeWidgetItem:
    (found,) = sheet.tree.findItems(name, FOUND, 0)
    return found


def kept(sheet: TreeSheet) -> set[str]:
    return {one.name for one in sheet.kept()}


async def test_a_folder_is_checked_unchecked_or_in_part_as_what_is_in_it(
    failures: list[Exception],
) -> None:
    window = QWidget()
    sheet = TreeSheet(window, FILES)
    assert kept(sheet) == {"1.jpg", "2.jpg", "notes.txt", "disk.img"}

    named(sheet, "1.jpg").setCheckState(0, OFF)
    assert [named(sheet, one).checkState(0) for one in ("DCIM", "Phone")] == [SOME, SOME]
    assert sheet.count.text() == "3 of 4 files go"
    named(sheet, "2.jpg").setCheckState(0, OFF)
    assert [named(sheet, one).checkState(0) for one in ("DCIM", "Phone")] == [OFF, SOME]
    named(sheet, "Phone").setCheckState(0, ON)
    assert kept(sheet) == {"1.jpg", "2.jpg", "notes.txt", "disk.img"}
    window.deleteLater()


async def test_the_keyboard_does_it_and_nothing_checked_is_nothing_to_keep(
    failures: list[Exception],
) -> None:
    window = QWidget()
    sheet = TreeSheet(window, FILES)
    sheet.tree.setCurrentItem(named(sheet, "Phone"))
    QTest.keyClick(sheet.tree, Qt.Key.Key_Space)
    assert kept(sheet) == {"disk.img"}

    named(sheet, "disk.img").setCheckState(0, OFF)

    assert not sheet.action.isEnabled()
    window.deleteLater()


async def test_what_is_unchecked_leaves_the_list(tmp_path: Path, failures: list[Exception]) -> None:
    folder = tmp_path / "Phone"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(name.encode())
    add, tasks = adding(DeskDouble(), failures)
    add.take([folder])
    await until(lambda: tasks.idle)
    assert add.state.in_folders

    add.keep_only({folder / "b.txt"})

    assert [one.below for one in add.state.files] == [("Phone", "b.txt")]
    assert add.state.total.startswith("1 file")
