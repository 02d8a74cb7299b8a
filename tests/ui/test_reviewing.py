"""Reviewing in the window: what is typed is kept, the queue goes on, filters have names."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.reviewviews import ReviewState
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.evidence.view import EvidenceView
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _evidence(locked: Locked) -> tuple[Frame, DeskDouble, EvidenceView]:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.select(desk.files[desk.space_a][0].file)
    await calm(frame)
    return frame, desk, frame.stage.evidence


async def test_what_is_noted_is_kept_and_shown_again(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)

    view.review.tags.setText(" phone ,follow up,, ")
    view.review.tags.editingFinished.emit()
    view.review.note.setPlainText("Ask Jan.")
    view.review.note.setFocus()
    view.table.setFocus()
    frame.room.evidence.reviewing.note(view.review.note.toPlainText())
    view.review.state.setCurrentIndex(view.review.state.findData(ReviewState.FLAGGED))
    await calm(frame)

    row = desk.files[desk.space_a][0]
    assert (row.review, row.tags, row.note) == ("flagged", ("follow up", "phone"), "Ask Jan.")
    assert view.review.tags.text() == "follow up, phone"


async def test_what_is_still_being_typed_is_kept_when_another_row_is_picked(
    locked: Locked,
) -> None:
    frame, desk, view = await _evidence(locked)
    first, second = desk.files[desk.space_a][:2]
    view.review.note.setPlainText("half a thou")

    frame.room.evidence.select(second.file)
    await calm(frame)

    notes = {one.file: one.note for one in desk.files[desk.space_a]}
    assert (notes[first.file], notes[second.file]) == ("half a thou", "")
    assert view.review.note.toPlainText() == ""


async def test_typing_is_not_disturbed_by_news_of_the_same_exhibit(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)
    view.review.note.setPlainText("half a thou")

    frame.room.evidence.refresh()
    await calm(frame)

    assert view.review.note.toPlainText() == "half a thou"
    assert desk.files[desk.space_a][0].note == ""


async def test_the_queue_goes_on_by_keyboard_until_all_is_done(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)
    await _active(locked)
    view.table.setFocus()
    count = len(desk.files[desk.space_a])
    for _ in range(count):
        QTest.keyClick(view.table, Qt.Key.Key_D)
        await calm(frame)
        QTest.keyClick(view.table, Qt.Key.Key_N)
        await calm(frame)

    assert {one.review for one in desk.files[desk.space_a]} == {"reviewed"}


async def test_the_keys_1_to_9_give_the_tags_of_the_space_and_take_them_away(
    locked: Locked,
) -> None:
    frame, desk, view = await _evidence(locked)
    await _active(locked)
    file, other = (one.file for one in desk.files[desk.space_a][:2])
    await desk.reviewing.tag(desk.space_a, other, add=("follow up", "phone"))
    await calm(frame)
    assert view.review.keys.text() == "1 follow up   2 phone"
    view.table.setFocus()

    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_1):
        QTest.keyClick(view.table, key)
        await calm(frame)

    rows = {one.file: one for one in desk.files[desk.space_a]}
    assert (rows[file].tags, rows[other].tags) == (("phone",), ("follow up", "phone"))
    assert frame.room.status.state.notice == "Tag taken away: follow up"


async def test_letters_that_are_typed_are_letters(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)
    await _active(locked)
    for field in (view.query.edit, view.review.tags, view.review.note):
        field.setFocus()
        QTest.keyClicks(field, "dfn1")
    await calm(frame)

    assert (view.query.text(), view.review.note.toPlainText()) == ("dfn1", "dfn1")
    assert "mark" not in desk.calls
    assert "next" not in desk.calls


async def _active(locked: Locked) -> None:
    """The window in front, with the keyboard where it settles."""
    shell, _ = locked
    shell.activateWindow()
    await until(shell.isActiveWindow)
    for _turn in range(20):
        await asyncio.sleep(0)


async def test_filters_find_by_tag_and_state_and_have_names(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)
    file = desk.files[desk.space_a][1].file
    await desk.reviewing.tag(desk.space_a, file, add=("Zürich",))
    await calm(frame)
    view.query.edit.setText("tag:zurich review:new")
    assert [one.file for one in frame.room.evidence.state.items] == [file]

    view.query.saved.emit("Mine")
    await calm(frame)
    view.query.edit.clear()
    view.query.fill()
    next(one for one in view.query.menu.actions() if one.text() == "Mine").trigger()

    assert view.query.text() == "tag:zurich review:new"
    view.query.dropped.emit("Mine")
    await calm(frame)
    assert dict(frame.room.evidence.state.views) == {}


async def test_what_cannot_be_kept_is_a_card(locked: Locked) -> None:
    frame, desk, view = await _evidence(locked)
    desk.fail["tag"] = DiskError("The disk is full.")

    view.review.tags.setText("phone")
    view.review.tags.editingFinished.emit()
    await calm(frame)

    assert frame.room.evidence.state.problem is not None
