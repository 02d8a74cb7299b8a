"""What a person laid out is there again after closing and opening, and names nothing of a case."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView

from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, until
from ui.evidence.model import COLUMNS
from ui.evidence.state import Column
from ui.frame import Frame
from ui.memory import FILE
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZE, STATE, NUMBER = (COLUMNS.index(one) for one in (Column.SIZE, Column.STATE, Column.NUMBER))


async def opened(folder: Path, failures: list[Exception]) -> tuple[Shell, Frame, QHeaderView]:
    shell = Shell(folder, lambda: NOW, failures.append)
    shell.show()
    door = DoorDouble(make=story)
    shell.open_gate(door)
    frame, _ = await enter(shell, door)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    shell.resize(1500, 800)  # the screen of the tests is smaller than any of a person
    for _ in range(20):
        await asyncio.sleep(0)
    await calm(frame)
    return shell, frame, frame.stage.evidence.table.horizontalHeader()


def shown(frame: Frame) -> list[str]:
    return [one.number for one in frame.room.evidence.state.items]


@pytest.mark.parametrize("how", ["close", "lock"])
async def test_columns_order_and_the_line_between_come_back(
    tmp_path: Path, failures: list[Exception], how: str
) -> None:
    shell, frame, header = await opened(tmp_path, failures)
    header.resizeSection(STATE, 231)
    header.resizeSection(NUMBER, 177)
    header.setSortIndicator(SIZE, Qt.SortOrder.DescendingOrder)
    frame.stage.evidence.splitter.setSizes([700, 500])
    aside = frame.stage.evidence.splitter.sizes()[1]
    await calm(frame)
    order = shown(frame)
    if how == "lock":
        shell.lock()
        await until(lambda: shell.frame is None and shell.tasks.idle)
    await put_away(shell)
    kept = (tmp_path / FILE).read_bytes()
    for word in (b"Amberlight", b"server", b"Kontoausz", b"A-1", b"JIT 20"):
        assert word not in kept

    shell, frame, header = await opened(tmp_path, failures)
    assert (header.sectionSize(STATE), header.sectionSize(NUMBER)) == (231, 177)
    assert header.sortIndicatorSection() == SIZE
    assert shown(frame) == order != sorted(order)
    assert frame.stage.evidence.splitter.sizes()[1] == aside > 336
    await put_away(shell)
    assert failures == []


async def test_the_order_that_the_head_of_the_table_shows_is_that_of_every_space(
    tmp_path: Path, failures: list[Exception]
) -> None:
    shell, frame, header = await opened(tmp_path, failures)
    header.setSortIndicator(SIZE, Qt.SortOrder.DescendingOrder)
    await calm(frame)
    order, first = shown(frame), frame.room.spaces.state.selected
    assert first is not None

    frame.room.spaces.step(1)
    await calm(frame)
    frame.room.spaces.select(first)
    await calm(frame)

    assert header.sortIndicatorSection() == SIZE
    assert shown(frame) == order
    await put_away(shell)
    assert failures == []


async def test_a_file_that_was_changed_moves_nothing_out_of_reach(
    tmp_path: Path, failures: list[Exception]
) -> None:
    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.memory.keep("columns", "STATE=999999999 NUMBER=0 SIZE=-5 by=SPACE down=7 = x")
    shell.memory.save()
    shell.deleteLater()

    shell, frame, header = await opened(tmp_path, failures)
    assert header.sectionSize(NUMBER) == header.minimumSectionSize()
    assert header.sectionSize(STATE) <= 2000
    assert header.sortIndicatorSection() == 0
    assert shown(frame)
    await put_away(shell)
    assert failures == []


async def test_the_columns_of_the_log_are_as_wide_as_they_were(
    tmp_path: Path, failures: list[Exception]
) -> None:
    shell, frame, _ = await opened(tmp_path, failures)
    frame.stage.log.table.horizontalHeader().resizeSection(2, 263)
    await put_away(shell)
    assert b"Message" not in (tmp_path / FILE).read_bytes()

    shell, frame, _ = await opened(tmp_path, failures)
    assert frame.stage.log.table.horizontalHeader().sectionSize(2) == 263
    await put_away(shell)
    assert failures == []
