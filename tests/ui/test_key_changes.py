"""A new key of a member stops sending until a person decides; the text is never lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.events import SpacesChanged
from jitclient.views import Trust
from protocol.errors import BadInputError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.people.verifysheet import VerifySheet
from ui.room import Room
from ui.shell import Shell

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]
TEXT = "We meet at the court house at five."


async def _room(desk: DeskDouble) -> Room:
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    return room


async def test_sending_waits_and_the_text_stays_until_somebody_decides() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    user = desk.details[desk.space_a].members[3].user
    room.conversation.draft_changed(TEXT)

    desk.change_key(desk.space_a, user)
    await until(lambda: room.tasks.idle)
    room.conversation.send()
    await until(lambda: room.tasks.idle)
    assert "send" not in desk.calls
    assert room.conversation.state.draft == TEXT
    assert [one.by for one in room.keys.state.cards] == ["Inés Salgado"]
    room.keys.accept(user)
    await until(lambda: room.tasks.idle)
    room.conversation.send()
    await until(lambda: room.tasks.idle)

    assert desk.rows[desk.space_a][-1].text == TEXT
    assert room.keys.state.cards == ()
    room.close()


async def test_a_change_in_another_space_holds_nothing_here() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    room.conversation.draft_changed(TEXT)

    desk.change_key(desk.space_b, desk.details[desk.space_b].members[3].user)
    await until(lambda: room.tasks.idle)

    assert room.keys.state.cards == ()
    assert room.conversation.state.can_send
    room.close()


async def test_a_decision_that_fails_is_a_card_and_sending_goes_on_waiting() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    user = desk.details[desk.space_a].members[3].user
    desk.change_key(desk.space_a, user)
    await until(lambda: room.tasks.idle)
    room.conversation.draft_changed(TEXT)
    desk.fail["decide_key"] = BadInputError("This cannot be decided.")

    room.keys.accept(user)
    await until(lambda: room.tasks.idle)

    assert not room.conversation.state.can_send
    assert len(room.keys.state.cards) == 1
    room.close()


async def test_accepting_without_comparing_is_asked_for_and_cancel_changes_nothing(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    user = desk.details[desk.space_a].members[3].user
    desk.change_key(desk.space_a, user)
    await calm(frame)
    keys = frame.stage.conversation.keys
    assert keys.isVisible()
    assert not frame.stage.conversation.composer.send.isEnabled()

    keys.ask(frame.room.keys.state.cards[0])
    asks = await sheet()
    assert "without comparing" in asks.windowTitle()
    assert asks.focusWidget() is asks.cancel
    QTest.keyClick(asks, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert "decide_key" not in desk.calls
    assert desk.details[desk.space_a].members[3].trust is Trust.CHANGED


async def test_comparing_from_the_card_opens_the_number_of_that_person(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    user = desk.details[desk.space_a].members[3].user
    desk.change_key(desk.space_a, user)
    await calm(frame)

    frame.stage.conversation.keys.compare.emit(user)
    found = await sheet()
    assert isinstance(found, VerifySheet)
    await until(found.same.isEnabled)
    found.same.click()
    await until(found.verdict.isVisible)
    desk.changes.clear()  # as the real desk does with a comparison
    desk.publish(SpacesChanged())
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert not frame.stage.conversation.keys.isVisible()
