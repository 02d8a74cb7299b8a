"""Changing a message in the window: by Up or E, the draft is given back, every version is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocol.errors import DiskError
from protocol.limits import EDIT_SECONDS
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.state import MessageItem
from ui.conversation.versions import VersionsSheet
from ui.frame import Frame
from ui.shell import Shell
from ui.widgets.prose import Prose

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _open(locked: Locked, *, age: int = 60) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    desk.say(desk.space_a, 0, "At five.", at=NOW - age)
    desk.say(desk.space_a, 1, "Yes.", at=NOW - age + 1)
    frame.room.conversation.refresh()
    await calm(frame)
    frame.room.conversation.draft_changed("")
    frame.stage.conversation.composer.edit.setFocus()
    return frame, desk


def _item(frame: Frame, text: str) -> MessageItem:
    rows = frame.room.conversation.state.rows
    return next(one for one in rows if isinstance(one, MessageItem) and one.text == text)


async def test_up_in_an_empty_text_changes_the_last_own_message(locked: Locked) -> None:
    frame, _ = await _open(locked)
    edit = frame.stage.conversation.composer.edit

    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert edit.toPlainText() == "At five."
    edit.setPlainText("At six.")
    frame.room.conversation.send()
    await calm(frame)

    assert _item(frame, "At six.").edited
    assert frame.room.conversation.state.changes is None


async def test_up_in_a_text_moves_the_caret_and_changes_nothing(locked: Locked) -> None:
    frame, _ = await _open(locked)
    edit = frame.stage.conversation.composer.edit
    QTest.keyClicks(edit, "x")

    QTest.keyClick(edit, Qt.Key.Key_Up)

    assert edit.toPlainText() == "x"
    assert frame.room.conversation.state.changes is None


async def test_the_draft_is_there_again_after_a_change_and_after_none(locked: Locked) -> None:
    frame, desk = await _open(locked)
    conversation = frame.room.conversation
    conversation.draft_changed("half a sent")
    message = _item(frame, "At five.").message

    conversation.changing.begin(message)
    QTest.keyClick(frame.stage.conversation.composer.edit, Qt.Key.Key_Escape)
    assert conversation.state.draft == "half a sent"

    conversation.changing.begin(message)
    conversation.draft_changed("At six.")
    await conversation.drafts.keep()
    assert desk.drafts[desk.space_a][0] == "half a sent"
    conversation.send()
    await calm(frame)
    assert conversation.state.draft == "half a sent"


async def test_a_change_that_could_not_be_saved_comes_back(locked: Locked) -> None:
    frame, desk = await _open(locked)
    conversation = frame.room.conversation
    desk.fail["edit"] = DiskError("The disk is full.")
    conversation.changing.begin(_item(frame, "At five.").message)
    conversation.draft_changed("At six.")

    conversation.send()
    await calm(frame)

    assert conversation.state.draft == "At six."
    assert conversation.state.changes is not None
    assert conversation.state.problem is not None


async def test_after_the_period_the_text_stays_and_the_reason_is_told(locked: Locked) -> None:
    frame, _ = await _open(locked, age=EDIT_SECONDS + 1)

    QTest.keyClick(frame.stage.conversation.composer.edit, Qt.Key.Key_Up)

    assert frame.room.conversation.state.changes is None
    assert frame.room.conversation.state.problem is not None


async def test_nobody_changes_the_message_of_another(locked: Locked) -> None:
    frame, _ = await _open(locked)

    frame.room.conversation.changing.begin(_item(frame, "Yes.").message)

    assert frame.room.conversation.state.changes is None


async def test_by_keyboard_e_changes_and_h_shows_every_version(locked: Locked) -> None:
    frame, _ = await _open(locked)
    timeline = frame.stage.conversation.timeline
    message = _item(frame, "At five.")
    timeline.go_to(message.key)
    await until(lambda: timeline.current() is not None)

    QTest.keyClick(timeline, Qt.Key.Key_E)
    assert frame.room.conversation.state.changes is not None
    frame.room.conversation.draft_changed("At <b>six</b>.")
    frame.room.conversation.send()
    await calm(frame)
    timeline.go_to(message.key)
    await until(lambda: timeline.current() is not None)
    QTest.keyClick(timeline, Qt.Key.Key_H)
    shown = await sheet()

    assert isinstance(shown, VersionsSheet)
    texts = [one.words for one in shown.findChildren(Prose)]
    assert texts == ["At <b>six</b>.", "At five."]
    shown.reject()
    await calm(frame)
