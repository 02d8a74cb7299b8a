"""F6 goes round the parts of the window and comes back to where the keyboard was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = tuple[Shell, DoorDouble]


def _press(held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_F6, held)


def _part(frame: Frame) -> str:
    focus = QApplication.focusWidget()
    assert focus is not None
    parts: dict[str, QWidget] = {
        "inspector": frame.stage.evidence.inspector,
        "sidebar": frame.sidebar,
        "stage": frame.stage,
        "strip": frame.strip,
    }
    return next(name for name, one in parts.items() if one.isAncestorOf(focus) or one is focus)


async def _front(locked: Locked, tab: Tab) -> Frame:
    frame, _ = await enter(*locked)
    locked[0].activateWindow()
    await until(locked[0].isActiveWindow)
    frame.room.spaces.show_tab(tab)
    await calm(frame)
    return frame


async def test_f6_visits_every_part_and_shift_f6_the_other_way_round(locked: Locked) -> None:
    frame = await _front(locked, Tab.EVIDENCE)
    frame.room.evidence.select(frame.room.evidence.state.items[0].file)
    await calm(frame)
    frame.sidebar.list.setFocus()

    forth = []
    for _ in range(4):
        _press()
        forth.append(_part(frame))
    back = []
    for _ in range(4):
        _press(Qt.KeyboardModifier.ShiftModifier)
        back.append(_part(frame))

    assert forth == ["stage", "inspector", "strip", "sidebar"]
    assert back == ["strip", "inspector", "stage", "sidebar"]


async def test_a_part_gives_the_keyboard_back_to_what_had_it(locked: Locked) -> None:
    frame = await _front(locked, Tab.CONVERSATION)
    edit = frame.stage.conversation.composer.edit
    edit.setFocus()

    for _ in range(3):
        _press()

    assert QApplication.focusWidget() is edit


async def test_a_part_that_is_not_shown_is_passed_over(locked: Locked) -> None:
    frame = await _front(locked, Tab.LOG)
    frame.sidebar.list.setFocus()

    visited = set()
    for _ in range(6):
        _press()
        visited.add(_part(frame))

    assert visited == {"sidebar", "stage", "strip"}
