"""The side column: opened by T, with a draft of its own, closed without loss."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocol.errors import DiskError
from protocol.ids import MessageId
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.conversation.state import MessageItem
from ui.frame import Frame
from ui.shell import Shell

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _open(locked: Locked) -> tuple[Frame, DeskDouble, MessageId]:
    frame, desk = await enter(*locked)
    root = desk.say(desk.space_a, 1, "Which court?").message
    desk.talking.write(desk.space_a, 2, "Hamburg.", reply_to=root)
    frame.room.conversation.refresh()
    await calm(frame)
    frame.room.thread.open(root)
    await calm(frame)
    return frame, desk, root


def _texts(frame: Frame) -> list[str]:
    return [one.text for one in frame.room.thread.state.rows if isinstance(one, MessageItem)]


async def test_it_shows_the_message_and_its_answers_and_has_the_keyboard(locked: Locked) -> None:
    frame, _, root = await _open(locked)
    view = frame.stage.conversation.side

    assert view.isVisible()
    assert _texts(frame) == ["Which court?", "Hamburg."]
    assert view.edit.hasFocus()
    rows = frame.room.conversation.state.rows
    item = next(one for one in rows if isinstance(one, MessageItem) and one.message == root)
    assert item.answers == "1 answer"


async def test_ctrl_enter_answers_where_the_keyboard_is(locked: Locked) -> None:
    frame, desk, root = await _open(locked)
    frame.room.conversation.draft_changed("not this")
    view = frame.stage.conversation.side
    view.edit.setFocus()
    QTest.keyClicks(view.edit, "Bremen too.")

    QTest.keySequence(view.edit, "Ctrl+Return")
    await calm(frame)

    assert desk.rows[desk.space_a][-1].reply_to == root
    assert _texts(frame)[-1] == "Bremen too."
    assert frame.room.conversation.state.draft == "not this"
    assert view.edit.toPlainText() == ""


async def test_closing_keeps_what_was_being_written(locked: Locked) -> None:
    frame, desk, root = await _open(locked)
    view = frame.stage.conversation.side
    QTest.keyClicks(view.edit, "half an answ")

    QTest.keyClick(view.edit, Qt.Key.Key_Escape)
    await calm(frame)
    assert not view.isVisible()
    assert desk.talking.drafts[root] == "half an answ"
    frame.room.thread.open(root)
    await calm(frame)

    assert view.edit.toPlainText() == "half an answ"


async def test_locking_keeps_it_too(locked: Locked) -> None:
    frame, desk, root = await _open(locked)
    QTest.keyClicks(frame.stage.conversation.side.edit, "half")

    await frame.room.conversation.drafts.keep()

    assert desk.talking.drafts[root] == "half"


async def test_an_answer_that_could_not_be_saved_comes_back(locked: Locked) -> None:
    frame, desk, _ = await _open(locked)
    desk.fail["answer"] = DiskError("The disk is full.")
    frame.room.thread.draft_changed("Do not lose me")

    frame.room.thread.send()
    await calm(frame)

    assert frame.room.thread.state.draft == "Do not lose me"
    assert frame.room.thread.state.problem is not None


async def test_while_sending_waits_nothing_is_answered(locked: Locked) -> None:
    frame, desk, _ = await _open(locked)
    frame.room.thread.draft_changed("now")
    frame.room.conversation.hold(True)
    await until(lambda: not frame.room.thread.state.can_send)

    frame.room.thread.send()
    await calm(frame)

    assert "answer" not in desk.calls


async def test_another_space_closes_it(locked: Locked) -> None:
    frame, desk, _ = await _open(locked)

    frame.room.spaces.select(desk.space_b)
    await calm(frame)

    assert frame.room.thread.state.root is None
    assert not frame.stage.conversation.side.isVisible()
