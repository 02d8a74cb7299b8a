"""Somebody who lost every device is added by a key on which a person decides in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocol.errors import KeySubstitutedError, StoreUnreachableError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.frame import Frame
from ui.people.add import AddMemberPresenter
from ui.people.sheets import AddMemberSheet
from ui.shell import Shell
from ui.tasks import TaskScope
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]
SUBSTITUTED = KeySubstitutedError("The store now shows another key.")


async def refused(locked: Locked) -> tuple[Frame, DeskDouble, AddMemberSheet]:
    """The sheet after somebody could not be added because the store shows another key."""
    frame, desk = await enter(*locked)
    desk.fail["add_member"] = SUBSTITUTED
    frame.stage.sheets.add_member()
    found = await sheet()
    assert isinstance(found, AddMemberSheet)
    await until(lambda: found.list.people.rowCount() > 0)
    found.list.setCurrentIndex(found.list.people.index(0))
    assert not found.look.isVisible()
    found.action.click()
    await until(found.look.isVisible)
    return frame, desk, found


async def asks(found: AddMemberSheet) -> Sheet:
    """The question that follows the look at the new key."""
    found.look.click()
    await until(lambda: len(open_dialogs()) > 1)
    (question,) = (one for one in open_dialogs() if one is not found)
    assert isinstance(question, Sheet)
    assert "new key" in question.windowTitle()
    return question


async def test_both_numbers_are_shown_and_cancel_changes_nothing(locked: Locked) -> None:
    _, desk, found = await refused(locked)

    question = await asks(found)
    said = " ".join(one.text() for one in question.findChildren(Text))
    assert "12345 12345" in said
    assert "67890 67890" in said
    assert "you compared" in said
    QTest.keyClick(question, Qt.Key.Key_Escape)
    await until(lambda: question not in open_dialogs())

    assert desk.taken == []
    assert len(desk.details[desk.space_a].members) == 4
    found.reject()


async def test_who_says_yes_takes_exactly_the_key_shown_and_adds(locked: Locked) -> None:
    frame, desk, found = await refused(locked)
    chosen = found._presenter.state.chosen
    assert chosen is not None

    question = await asks(found)
    question.action.click()
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert desk.taken == [(chosen.user, b"k" * 32, None)]
    assert len(desk.details[desk.space_a].members) == 5


async def test_a_look_that_fails_is_a_card_and_another_choice_forgets_the_key(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    tasks = TaskScope(failures.append)
    add = AddMemberPresenter(desk, tasks, desk.details[desk.space_a])
    add.load()
    await until(lambda: tasks.idle)
    add.choose(add.state.candidates[0].user)
    desk.fail["add_member"] = SUBSTITUTED
    assert not await add.add()
    assert add.state.another_key

    desk.fail["offered_key"] = StoreUnreachableError("The store does not answer.")
    assert await add.look() is None
    assert add.state.problem is not None
    assert add.state.problem.code == "store-unreachable"
    add.choose(add.state.candidates[1].user)

    assert not add.state.another_key
