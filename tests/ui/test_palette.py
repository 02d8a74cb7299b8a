"""Ctrl+K goes anywhere, Ctrl+Shift+K does anything that can be done here; by keyboard alone."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.views import ExhibitState
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.pressing import Hand, timeline, viewer
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.bound import letters
from ui.frame import Frame
from ui.palette.entries import commands
from ui.palette.presenter import MANY, PalettePresenter
from ui.palette.state import Entry, Kind
from ui.palette.view import PaletteSheet
from ui.shell import Shell
from ui.shortcuts import KEYS
from ui.spaces.state import Tab
from ui.viewing.view import ViewerWindow

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = tuple[Shell, DoorDouble]
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


async def _open(locked: Locked, *, jump: bool = True) -> tuple[Frame, DeskDouble, PaletteSheet]:
    shell, _ = locked
    frame = shell.frame
    if frame is None:
        frame, _desk = await enter(*locked)
    desk = locked[1].desks[-1]
    shell.activateWindow()
    await until(shell.isActiveWindow)
    QTest.keyClick(
        QApplication.focusWidget() or shell, Qt.Key.Key_K, _CTRL if jump else _CTRL | _SHIFT
    )
    found = await sheet()
    assert isinstance(found, PaletteSheet)
    found.activateWindow()
    await until(found.isActiveWindow)
    return frame, desk, found


async def _take(found: PaletteSheet, typed: str, title: str) -> None:
    """Type, go down to the row with this title, Enter."""
    found.field.insert(typed)  # QTest knows no Greek
    await until(lambda: any(one.title.startswith(title) for one in found.model.items))
    await until(lambda: not found.busy.text())
    at = next(i for i, one in enumerate(found.model.items) if one.title.startswith(title))
    for _ in range(at - found.list.currentIndex().row()):
        QTest.keyClick(found.field, Qt.Key.Key_Down)
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    await until(lambda: open_dialogs() == [])


async def test_a_space_is_reached_by_a_few_letters(locked: Locked) -> None:
    frame, desk, found = await _open(locked)
    wanted = desk.details[desk.space_b].row.title

    await _take(found, wanted[:4].upper(), wanted)

    await until(lambda: frame.room.spaces.state.selected == desk.space_b)
    await calm(frame)


async def test_a_person_is_reached_without_accents_and_has_the_keyboard(locked: Locked) -> None:
    frame, _desk, found = await _open(locked)

    await _take(found, "παπαδ", "Κώστας")
    await calm(frame)

    assert frame.room.spaces.state.tab is Tab.PEOPLE
    focus = frame.window().focusWidget()
    assert focus is not None
    assert frame.stage.people.isAncestorOf(focus)


async def test_an_exhibit_is_found_as_the_search_finds_it(locked: Locked) -> None:
    frame, desk, found = await _open(locked)

    await _take(found, "kontoauszuge", "A-2")
    await calm(frame)

    row = next(one for one in desk.files[desk.space_a] if one.exhibit == "A-2")
    assert frame.room.spaces.state.tab is Tab.EVIDENCE
    assert frame.room.evidence.state.selected == row.file


async def test_a_room_and_an_open_window_are_places_too(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    window = await viewer(frame)
    assert any(one.state is ExhibitState.VERIFIED for one in frame.room.evidence.rows.values())
    _, _, found = await _open(locked)
    shown = {one.kind for one in found.model.items}
    assert {Kind.SPACE, Kind.ROOM, Kind.PERSON, Kind.WINDOW} <= shown

    await _take(found, "Log", "Log")
    await calm(frame)

    assert frame.room.spaces.state.tab is Tab.LOG
    assert isinstance(window, ViewerWindow)


async def test_what_fits_nothing_says_so_and_enter_does_nothing(locked: Locked) -> None:
    frame, _, found = await _open(locked)

    QTest.keyClicks(found.field, "qqqq")
    await until(lambda: found.stack.currentIndex() == 0)
    QTest.keyClick(found.field, Qt.Key.Key_Return)

    assert found.isVisible()
    assert found.chosen is None
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_a_search_that_fails_says_why_and_leaves_the_rest(locked: Locked) -> None:
    frame, desk, found = await _open(locked)
    desk.fail["find"] = DiskError("The disk could not be read or written.")

    QTest.keyClicks(found.field, "evidence")
    await until(found.notice.isVisible)

    assert any(one.kind is Kind.ROOM for one in found.model.items)
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_every_command_of_the_place_is_offered_with_its_key(locked: Locked) -> None:
    frame, _, found = await _open(locked, jump=False)

    shown = {one.title: one for one in found.model.items}

    everywhere = [one for one in KEYS if one.group == "Everywhere" and one.offered]
    shown["This list"] = shown["Keyboard shortcuts"]
    assert {one.words for one in everywhere} <= shown.keys()
    assert all(shown[one.words].key == one.label for one in everywhere)
    assert shown["Send the message"].why_not == "There is nothing to send."
    assert "View the selected exhibit safely" not in shown  # it is not on the screen
    assert "Commands" not in shown
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_a_command_without_a_key_is_carried_out(locked: Locked) -> None:
    frame, _, found = await _open(locked, jump=False)

    QTest.keyClicks(found.field, "transfers")
    QTest.keyClick(found.field, Qt.Key.Key_Return)

    await until(lambda: any(type(one).__name__ == "QueueSheet" for one in open_dialogs()))
    (await sheet()).reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_what_cannot_be_done_now_says_why_and_is_not_done(locked: Locked) -> None:
    frame, desk, found = await _open(locked, jump=False)
    QTest.keyClicks(found.field, "send the message")
    await until(lambda: len(found.model.items) == 1)

    QTest.keyClick(found.field, Qt.Key.Key_Return)

    assert found.isVisible()
    assert "send" not in desk.calls
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_a_command_acts_on_the_message_that_was_selected_before(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    hand = Hand(locked[0], frame, desk)
    await hand.front()
    await timeline(hand)
    frame.stage.conversation.timeline.step(-1)
    wanted = frame.stage.conversation.timeline.current()
    assert wanted is not None
    _, _, found = await _open(locked, jump=False)

    await _take(found, "reply", "Reply")
    await calm(frame)

    reply = frame.room.conversation.state.reply
    assert reply is not None
    assert reply.message == wanted.item.message
    await calm(frame)


async def test_letters_that_are_off_are_not_shown_as_keys(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    hand = Hand(locked[0], frame, desk)
    await hand.front()
    await timeline(hand)

    letters.switch(on=False)
    off = {one.title: one.key for one in commands(locked[0])}
    letters.switch(on=True)

    assert off["Reply to the selected message"] == ""
    assert off["Lock"] == "Ctrl+L"


async def test_every_row_of_the_table_is_in_one_list_or_the_other(locked: Locked) -> None:
    """What has no key can be done by the list of commands only."""
    frame, _ = await enter(*locked)
    shown = {one.title for one in commands(locked[0])}

    assert {one.words for one in KEYS if not one.sequence} <= shown
    await calm(frame)


async def test_enter_before_the_rows_belong_to_what_was_typed_waits_for_them(
    locked: Locked,
) -> None:
    frame, _ = await enter(*locked)
    done: list[str] = []
    entries = [
        Entry(Kind.COMMAND, f"Do {at}", "", "search", partial(done.append, f"Do {at}"))
        for at in range(MANY + 20)
    ]
    found = PaletteSheet(locked[0], PalettePresenter(frame.room.tasks, entries), "Commands", "")
    found.open()

    found.field.setText("do 317")
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    early = found.chosen
    await until(lambda: found.chosen is not None)

    assert early is None
    assert [one.title for one in (found.chosen,) if one is not None] == ["Do 317"]
    await calm(frame)
