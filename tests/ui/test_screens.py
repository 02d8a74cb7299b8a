"""Whole screens on a real, offscreen window, from the passphrase to the wipe."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from jitclient.events import MessagesChanged
from jitclient.views import ExhibitState, SpaceState, Trust
from protocol.errors import StoreBusyError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import INVITATION, DoorDouble
from tests.ui.stating import state
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.conversation.rowviews import MessageView
from ui.evidence.model import copy_mark
from ui.evidence.sheet import AddSheet
from ui.firstrun.view import FirstRunView
from ui.people.sheets import AddMemberSheet
from ui.people.verifysheet import VerifySheet
from ui.shell import Shell
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import Tab
from ui.unlock.view import UnlockView
from ui.widgets.reason import AskReason

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


async def test_the_first_run_leads_from_an_invitation_into_the_frame(locked: Locked) -> None:
    shell, _ = locked
    door = DoorDouble(enrolled=False, make=lambda: DeskDouble(empty=True))
    shell.open_gate(door)
    page = shell.pages.currentWidget()
    assert isinstance(page, FirstRunView)

    page.invitation.edit.setPlainText(INVITATION)
    assert page.invitation.address.isVisible()
    page.invitation.next.click()
    for field in (page.passphrase.first, page.passphrase.second):
        field.edit.setText("harbour quiet violin")
    page.passphrase.go.click()
    await until(lambda: shell.frame is not None)

    frame = shell.frame
    assert frame is not None
    await calm(frame)
    assert frame.stage.whole.currentWidget() is frame.stage.empty
    assert door.desks[0].started


async def test_a_wrong_passphrase_stays_on_the_card_with_its_text_selected(
    locked: Locked,
) -> None:
    shell, _ = locked
    page = shell.pages.currentWidget()
    assert isinstance(page, UnlockView)

    page.passphrase.edit.setText("wrong")
    page.button.click()
    assert not page.button.isEnabled()
    await until(page.button.isEnabled)

    assert "does not open" in page.passphrase.note.text()
    assert page.passphrase.edit.selectedText()
    assert page.passphrase.edit.echoMode() == QLineEdit.EchoMode.Password


async def test_caps_lock_is_noticed_and_pasting_is_allowed(locked: Locked) -> None:
    shell, _ = locked
    page = shell.pages.currentWidget()
    assert isinstance(page, UnlockView)
    edit = page.passphrase.edit

    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "A")
    QApplication.sendEvent(edit, event)
    assert page.passphrase.note.text() == "Caps Lock is on."

    QApplication.clipboard().setText("pasted words")
    edit.clear()
    edit.paste()
    assert edit.text() == "pasted words"
    page.passphrase.eye.click()
    assert edit.echoMode() == QLineEdit.EchoMode.Normal
    QApplication.clipboard().clear()


async def test_ctrl_enter_sends_and_enter_makes_a_line(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    edit = frame.stage.conversation.composer.edit
    edit.setFocus()

    QTest.keyClicks(edit, "first")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "second")
    frame.room.conversation.send()
    await calm(frame)

    assert desk.rows[desk.space_a][-1].text == "first\nsecond"
    assert edit.toPlainText() == ""


async def test_a_new_message_appears_at_the_end_without_moving_a_reader(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    timeline = frame.stage.conversation.timeline
    bar = timeline.verticalScrollBar()
    await until(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(0)

    desk.say(desk.space_a, 1, "while you read")
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)

    assert bar.value() == 0
    assert timeline.message_views()[-1].item.text == "while you read"


async def test_an_exhibit_in_the_conversation_leads_to_the_table(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    file = desk.files[desk.space_a][0].file

    frame.stage.conversation.timeline.show_exhibit.emit(file)
    await calm(frame)

    assert frame.room.spaces.state.tab is Tab.EVIDENCE
    assert frame.room.evidence.state.selected == file
    assert frame.stage.evidence.verify.isVisible()


async def test_only_useful_buttons_stand_beside_an_exhibit(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    moving = next(one for one in desk.files[desk.space_a] if one.state is ExhibitState.UPLOADING)

    frame.room.evidence.select(moving.file)

    view = frame.stage.evidence
    assert view.pause.isVisible()
    assert view.cancel.isVisible()
    assert not view.resume.isVisible()
    assert not view.export.isVisible()
    view.pause.click()
    await calm(frame)
    assert view.resume.isVisible()


async def test_cancelling_asks_first_and_keeps_the_exhibit_when_told_so(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.select(desk.files[desk.space_a][2].file)

    frame.stage.evidence.cancel.click()
    (await sheet()).cancel.click()
    await calm(frame)
    assert "cancel" not in desk.calls

    frame.stage.evidence.cancel.click()
    (await sheet()).action.click()
    await calm(frame)
    assert "cancel" in desk.calls


async def test_what_was_handed_over_is_withdrawn_for_a_reason_only(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    rows = desk.files[desk.space_a]
    out = next(one for one in rows if one.mine and one.state is ExhibitState.ON_SERVER)
    frame.room.evidence.select(out.file)

    frame.stage.evidence.cancel.click()
    found = await sheet()
    assert isinstance(found, AskReason)
    assert not found.action.isEnabled()
    found.reason.edit.setText("Sent\u202e to the wrong team")
    assert not found.action.isEnabled(), "hidden characters are no reason"
    assert "hidden" in found.reason.below.text()
    found.reason.edit.setText("Sent to the wrong team")
    found.action.click()
    await calm(frame)

    assert desk.reason == "Sent to the wrong team"


async def test_the_copy_mark_never_stands_in_the_next_column() -> None:
    for wide in (60.0, 90.0, 120.0, 400.0):
        cell = QRectF(0, 0, wide, 56)
        mark = copy_mark(cell, "ab" * 32)
        assert mark.x() + 14 <= cell.right()


async def test_the_copy_mark_copies_the_whole_hash(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)

    frame.stage.evidence.table.copy_hash(0)

    assert QApplication.clipboard().text() == frame.room.evidence.state.items[0].sha256
    assert frame.room.status.state.notice == "SHA-256 copied"


async def test_files_are_handed_over_through_the_sheet(locked: Locked, tmp_path: Path) -> None:
    frame, desk = await enter(*locked)
    (tmp_path / "new.E01").write_bytes(b"image")
    before = len(desk.files[desk.space_a])

    frame.stage.sheets.add_evidence([tmp_path / "new.E01"])
    found = await sheet()
    assert isinstance(found, AddSheet)
    await until(lambda: bool(found._presenter.state.files))
    state(found._presenter)
    await until(found.action.isEnabled)
    found.action.click()
    await until(lambda: len(desk.files[desk.space_a]) > before)
    await calm(frame)

    assert open_dialogs() == []
    assert frame.room.spaces.state.tab is Tab.EVIDENCE


async def test_a_member_is_added_with_a_role(locked: Locked) -> None:
    frame, desk = await enter(*locked)

    frame.stage.sheets.add_member()
    found = await sheet()
    assert isinstance(found, AddMemberSheet)
    await until(lambda: found.list.people.rowCount() > 0)
    found.list.setCurrentIndex(found.list.people.index(0))
    found.action.click()
    await until(lambda: "add_member" in desk.calls)
    await calm(frame)

    assert len(desk.details[desk.space_a].members) == 5
    assert open_dialogs() == []


async def test_removing_names_the_person_and_the_effect(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    person = frame.room.people.state.groups[1].people[0]

    frame.room.tasks.start(frame.stage.people._remove(person), name="remove")
    found = await sheet()
    assert isinstance(found, AskReason)
    assert person.name in found.windowTitle()
    found.reason.edit.setText("   ")
    assert not found.action.isEnabled(), "nobody is removed without a reason"
    found.reason.edit.setText("Left the prosecution service")
    found.action.click()
    await calm(frame)

    assert [one.name for one in desk.details[desk.space_a].removed] == [person.name]
    assert desk.reason == "Left the prosecution service"


async def test_comparing_numbers_by_voice_verifies(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    greek = desk.details[desk.space_a].members[3].user

    frame.stage.sheets.verify(greek)
    found = await sheet()
    assert isinstance(found, VerifySheet)
    await until(found.same.isEnabled)
    found.same.click()
    await until(found.verdict.isVisible)
    found.reject()
    await calm(frame)

    assert desk.details[desk.space_a].members[3].trust is Trust.VERIFIED


async def test_closing_asks_once_more_and_then_shows_receipts(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.CLOSING)
    before = frame.stage.closing.before
    assert not before.button.isEnabled()

    before.reason.edit.setText("Judgment final")
    before.title.edit.setText("Operation Amberlight")
    before.button.click()
    (await sheet()).action.click()
    await until(lambda: frame.room.closing.state.phase is SpaceState.WIPED)
    await until(lambda: bool(frame.room.closing.state.lines))
    await calm(frame)

    assert frame.stage.closing.stack.currentWidget() is frame.stage.closing.after
    assert [frame.stage.tabs.isTabEnabled(at) for at in range(5)] == [False] * 4 + [True]
    assert frame.stage.conversation.timeline.message_views() == []
    assert desk.calls.count("close_space") == 1


async def test_a_new_space_comes_to_the_front(locked: Locked) -> None:
    frame, desk = await enter(*locked)

    frame.new_space()
    found = await sheet()
    assert isinstance(found, NewSpaceSheet)
    found.title_field.edit.setText("Operation Northwind")
    found.agreement.edit.setText("JIT 2026/200")
    found.action.click()
    await until(lambda: "create_space" in desk.calls)
    await calm(frame)

    assert frame.stage.title.text() == "Operation Northwind"
    assert frame.room.spaces.state.tab is Tab.PEOPLE


async def test_a_failure_while_loading_is_a_card_with_a_way_on(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.fail["exhibits"] = StoreBusyError("The database is busy.")

    frame.room.evidence.refresh()
    await calm(frame)

    assert frame.stage.evidence.notice.isVisibleTo(frame.stage.evidence)
    del desk.fail["exhibits"]


async def test_locking_closes_the_desk_and_leaves_no_screen_of_the_case(locked: Locked) -> None:
    shell, _ = locked
    frame, desk = await enter(*locked)

    frame.lock.emit()
    await until(lambda: isinstance(shell.pages.currentWidget(), UnlockView))
    await asyncio.sleep(0)

    assert desk.closed
    assert shell.frame is None
    assert shell.pages.count() == 1
    assert QApplication.focusWidget() is None or not isinstance(
        QApplication.focusWidget(), MessageView
    )


async def test_quitting_while_transfers_run_says_that_they_continue(locked: Locked) -> None:
    shell, _ = locked
    frame, desk = await enter(*locked)
    assert frame.room.status.moving

    shell.close()
    found = await sheet()
    assert "transfers" in found.windowTitle()
    found.cancel.click()
    await until(lambda: open_dialogs() == [])

    assert shell.isVisible()
    assert not desk.closed


async def test_the_window_title_never_names_a_case(locked: Locked) -> None:
    shell, _ = locked
    await enter(*locked)

    assert shell.windowTitle() == "JIT Client"
