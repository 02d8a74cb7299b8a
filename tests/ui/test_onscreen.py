"""Windows come back onto a screen that is there: at the next start, and when one is unplugged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import until
from ui.application import application
from ui.memory import Memory, Part
from ui.onscreen import bring, brought, reachable
from ui.shell import Shell

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE = QRect(0, 0, 1920, 1040)
RIGHT = QRect(1920, 0, 1280, 984)
FAR = QRect(5000, 3000, 700, 600)


def screens() -> list[QRect]:
    return [one.availableGeometry() for one in QApplication.screens()]


@pytest.mark.parametrize(
    "frame",
    [
        QRect(100, 100, 900, 600),
        QRect(2000, 50, 900, 600),  # on the second
        QRect(1500, 400, 900, 700),  # on both, and below the end of one
        QRect(-500, 10, 900, 600),  # pushed half out by its owner
    ],
)
async def test_a_window_that_can_be_reached_stays_where_it_was_put(frame: QRect) -> None:
    assert brought(frame, [ONE, RIGHT]) == frame


@pytest.mark.parametrize(
    "frame",
    [
        QRect(2000, 50, 900, 600),
        QRect(-3000, -2000, 900, 600),
        QRect(100, 1030, 900, 600),  # its upper edge is below the end
        QRect(100, -20, 900, 600),  # and here above it
        QRect(1900, 0, 900, 600),  # a strip of it is left
        QRect(2000, 50, 2500, 1500),  # larger than what is left
    ],
)
async def test_one_that_cannot_be_is_brought_whole_onto_the_screen_that_is_left(
    frame: QRect,
) -> None:
    now = brought(frame, [ONE])

    assert ONE.contains(now)
    assert now.size() == frame.size().boundedTo(ONE.size())


async def test_without_any_screen_nothing_is_moved() -> None:
    assert brought(FAR, []) == FAR


async def test_f19_the_place_of_a_monitor_that_is_gone_is_not_where_the_window_opens(
    qapp: QApplication, tmp_path: Path, failures: list[Exception]
) -> None:
    application()
    gone = QWidget()
    gone.setGeometry(FAR)
    gone.show()
    memory = Memory(tmp_path)
    for one in (memory, Part(memory, 0)):
        one.keep("window", gone.saveGeometry())
    memory.save()
    gone.close()

    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.open_gate(DoorDouble(make=story))
    shell.show()
    further, shape = QWidget(), Part(shell.memory, 0).shape("window")
    assert shape is not None
    further.restoreGeometry(shape)

    assert reachable(shell.frameGeometry(), screens())
    assert reachable(further.frameGeometry(), screens())
    further.deleteLater()
    gone.deleteLater()
    await put_away(shell)


async def test_f19_a_monitor_that_is_unplugged_leaves_no_window_behind(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, _ = locked
    shell.setGeometry(FAR)
    assert not reachable(shell.frameGeometry(), screens())

    QApplication.instance().screenRemoved.emit(QApplication.primaryScreen())  # type: ignore[union-attr]

    await until(lambda: reachable(shell.frameGeometry(), screens()))


async def test_a_further_window_opens_in_sight_beside_one_at_the_very_edge(
    locked: tuple[Shell, DoorDouble],
) -> None:
    edge = QWidget()
    edge.setGeometry(screens()[0].right() - 60, screens()[0].bottom() - 20, 300, 200)
    edge.show()

    bring(edge)

    assert screens()[0].contains(edge.frameGeometry())
    edge.close()
    edge.deleteLater()
