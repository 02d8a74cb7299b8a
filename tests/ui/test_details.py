"""Details of the exhibit or message in front are shown, and put away, by one key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.conversation.detailsheet import MessageSheet
from ui.conversation.lines import Missing
from ui.conversation.rows import key_of
from ui.frame import Frame
from ui.spaces.state import Tab
from ui.widgets.button import IconButton
from ui.widgets.text import Text

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_has_a_message_is_told_to_who_uses_the_keyboard_alone(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    line = frame.stage.conversation.timeline
    view = [one for one in line.message_views() if one.item.mine and one.item.receipts][-1]
    line.go_to(view.item.key)
    await until(lambda: line.current() is view)

    _press(frame)
    found = await sheet()

    assert isinstance(found, MessageSheet)
    said = [one.text() for one in found.findChildren(Text)]
    for name, at in view.item.receipts:
        assert name in said
        assert at in said
    found.reject()
    await until(lambda: open_dialogs() == [])


@pytest.mark.parametrize("may", [True, False])
async def test_what_is_missing_is_asked_for_by_mouse_and_by_keyboard_and_the_answer_is_said(
    may: bool, locked: Locked
) -> None:
    frame, desk = await enter(*locked)
    desk.talking.may_ask = may
    after = desk.say(desk.space_a, 1, "after", missing=2)
    frame.room.conversation.refresh()
    await calm(frame)
    line = frame.stage.conversation.timeline
    line.go_to(key_of(after.message))
    await until(lambda: line.current() is not None)
    (gap,) = (one for one in line.findChildren(Missing) if "2 mess" in one.accessibleName())

    (more,) = gap.findChildren(IconButton)
    more.click()
    by_mouse = await sheet()
    by_mouse.reject()
    await until(lambda: open_dialogs() == [])
    _press(frame)
    found = await sheet()

    assert isinstance(by_mouse, MessageSheet)
    assert isinstance(found, MessageSheet)
    assert f"Device {after.author_device.hex()[:8]}" in [
        one.text() for one in found.findChildren(Text)
    ]
    found.again.click()
    await until(lambda: bool(found.said.text()))
    assert desk.talking.asked == [after.message]
    assert found.said.text().startswith("Asked." if may else "It cannot be asked now")
    assert not found.again.isEnabled()
    found.reject()
    await until(lambda: open_dialogs() == [])


async def test_details_that_were_put_away_come_back_by_the_button_and_are_remembered(
    locked: Locked,
) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    view = frame.stage.evidence
    assert view.inspector.isVisible()
    assert not view.aside.open.isVisible()

    _press(frame)

    assert not view.inspector.isVisible()
    assert view.aside.away
    view.aside.open.click()
    assert view.inspector.isVisible()
    assert not view.aside.away


async def test_where_nothing_is_selected_the_key_does_nothing(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)

    _press(frame)
    await calm(frame)

    assert open_dialogs() == []


def _press(frame: Frame) -> None:
    QTest.keyClick(frame.window(), Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
