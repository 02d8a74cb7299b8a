"""What the keyboard alone does and where it is afterwards: sheets, lists, rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu

from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.conversation.rowviews import MessageView
from ui.evidence.state import Column
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.widgets import saying

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


def _called(frame: Frame, name: str) -> QAbstractButton:
    found = [
        one
        for one in frame.findChildren(QAbstractButton)
        if (one.accessibleName() or one.text()).startswith(name) and one.isVisible()
    ]
    assert len(found) == 1, name
    return found[0]


async def _front(shell: Shell) -> None:
    shell.activateWindow()  # a window manager does this; offscreen there is none
    await until(shell.isActiveWindow)


@pytest.mark.parametrize(
    ("tab", "name"),
    [
        (Tab.CONVERSATION, "Find everywhere"),
        (Tab.CONVERSATION, "New space"),
        (Tab.CONVERSATION, "My devices"),
        (Tab.EVIDENCE, "Hand over…"),
        (Tab.PEOPLE, "Add a member…"),
        (Tab.PEOPLE, "Compare, Κώστας"),
        (Tab.LOG, "Check this space…"),
    ],
)
async def test_escape_brings_the_keyboard_back_to_what_opened_the_sheet(
    locked: Locked, tab: Tab, name: str
) -> None:
    shell, _ = locked
    frame, _desk = await enter(*locked)
    frame.room.spaces.show_tab(tab)
    await calm(frame)
    await _front(shell)
    button = _called(frame, name)
    button.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(button, Qt.Key.Key_Space)
    QTest.keyClick(await sheet(), Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await _front(shell)
    await calm(frame)

    assert QApplication.focusWidget() is button


async def test_tab_into_the_spaces_opens_none_and_enter_does(locked: Locked) -> None:
    shell, _ = locked
    frame, desk = await enter(*locked)
    frame.show_home()
    await calm(frame)
    await _front(shell)

    frame.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    assert frame.room.spaces.state.home

    QTest.keyClick(frame.sidebar.list, Qt.Key.Key_Return)
    await until(lambda: not frame.room.spaces.state.home)
    assert frame.room.spaces.state.selected == desk.space_a
    await calm(frame)


async def test_readers_are_told_the_message_that_the_keyboard_came_to(
    locked: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, _ = locked
    frame, _desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(frame)
    await _front(shell)
    line = frame.stage.conversation.timeline
    line.setFocus(Qt.FocusReason.TabFocusReason)
    told: list[object] = []
    monkeypatch.setattr(saying, "QAccessible", _Heard(told.append))

    QTest.keyClick(line, Qt.Key.Key_Up)

    assert told == [line.message_views()[-2]]
    assert isinstance(told[0], MessageView)
    assert told[0].item.text in told[0].accessibleName()


class _Heard:
    """Notes on which object a reader is told that the keyboard is."""

    Event = QAccessible.Event

    def __init__(self, note: Callable[[object], None]) -> None:
        self._note = note

    def updateAccessibility(self, event: object) -> None:  # noqa: N802 - Qt names it
        assert event.type() is QAccessible.Event.Focus  # type: ignore[attr-defined]
        self._note(event.object())  # type: ignore[attr-defined]


async def test_exhibits_are_ordered_from_a_menu_as_by_a_click_on_a_column(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    view = frame.stage.evidence
    menu = view.query.menu

    def chosen(words: str) -> None:
        view.query.fill()
        orders = next(one for one in menu.findChildren(QMenu) if one.title() == "Order by")
        next(one for one in orders.actions() if one.text() == words).trigger()

    chosen(Column.SIZE.value)
    await calm(frame)
    assert [one.bytes for one in view.model.items] == sorted(one.bytes for one in view.model.items)
    assert frame.room.evidence.state.descending is False

    chosen(Column.SIZE.value)
    await calm(frame)
    assert frame.room.evidence.state.descending is True
