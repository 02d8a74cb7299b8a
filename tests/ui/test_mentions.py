"""Mentions in the window: picked by keyboard, shown as links, listed until they were seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from jitclient.mentionviews import Target
from protocol.ids import UserId
from protocol.roles import Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import PEOPLE, ident
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.composer import Composer
from ui.conversation.pointing import asked
from ui.conversation.state import MessageItem
from ui.frame import Frame
from ui.mentions.state import Which
from ui.mentions.view import InboxSheet
from ui.shell import Shell

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")
ME, JAN, INES, KOSTAS = (Target(user=UserId(ident(one[0]))).token for one in PEOPLE)


async def _composer(locked: Locked) -> tuple[Frame, DeskDouble, Composer]:
    frame, desk = await enter(*locked)
    composer = frame.stage.conversation.composer
    composer.edit.setFocus()
    return frame, desk, composer


def _type(composer: Composer, text: str) -> None:
    for char in text:
        if char.isascii():
            QTest.keyClicks(composer.edit, char)
        else:  # what another layout types comes as text
            composer.edit.insertPlainText(char)


async def test_a_name_is_picked_by_keyboard_and_travels_as_an_id(locked: Locked) -> None:
    frame, desk, composer = await _composer(locked)

    _type(composer, "Ask @in")
    assert composer.completion.isVisible()
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    _type(composer, "today")

    assert composer.edit.toPlainText().endswith("Ask @Inés Salgado today")
    assert frame.room.conversation.state.draft.endswith(f"Ask {INES} today")
    frame.room.conversation.send()
    await calm(frame)
    row = desk.rows[desk.space_a][-1]
    assert row.text.endswith("Ask @Inés Salgado today")
    assert row.spots[-1].target.user == ident("Inés Salgado")


async def test_case_accents_and_a_second_word_do_not_matter_and_arrows_choose(
    locked: Locked,
) -> None:
    _, _, composer = await _composer(locked)

    _type(composer, "@κωσ")
    assert composer.completion.item(0).text() == "@Κώστας Παπαδόπουλος"
    composer.edit.clear()
    _type(composer, "@jan de")
    assert composer.completion.count() == 1
    composer.edit.clear()
    _type(composer, "@")
    first = composer.completion.currentItem().text()
    QTest.keyClick(composer.edit, Qt.Key.Key_Down)
    assert composer.completion.currentItem().text() != first
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert not composer.completion.isVisible()
    assert composer.edit.toPlainText() == "@"


async def test_while_nothing_fits_every_key_is_the_texts(locked: Locked) -> None:
    _, _, composer = await _composer(locked)

    _type(composer, "a@b.eu, then @xyzzy")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)

    assert not composer.completion.isVisible()
    assert composer.edit.written() == "a@b.eu, then @xyzzy\n"


async def test_a_mention_goes_as_a_whole_and_what_stands_behind_it_is_text(locked: Locked) -> None:
    _, _, composer = await _composer(locked)
    composer.edit.show_written(f"{JAN}{JAN}")

    QTest.keyClicks(composer.edit, "s")
    assert composer.edit.written() == f"{JAN}{JAN}s"
    QTest.keyClick(composer.edit, Qt.Key.Key_Backspace)
    QTest.keyClick(composer.edit, Qt.Key.Key_Backspace)

    assert composer.edit.written() == JAN
    assert composer.edit.toPlainText() == "@Jan de Vries"


async def test_a_draft_keeps_its_mentions_over_another_space(locked: Locked) -> None:
    frame, desk, composer = await _composer(locked)
    file = Target(file=desk.files[desk.space_a][0].file).token
    written = f"For {JAN} and {Target(role=Role.ADMINISTRATOR).token}: {file}."
    composer.edit.show_written(written)

    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    assert composer.edit.toPlainText() == ""
    frame.room.spaces.select(desk.space_a)
    await calm(frame)

    assert composer.edit.toPlainText() == "For @Jan de Vries and @Administrator: #A-1."
    assert frame.room.conversation.state.draft == written


async def test_marks_that_are_pasted_are_no_mentions(locked: Locked) -> None:
    _, _, composer = await _composer(locked)

    composer.edit.insertPlainText(f"{JAN} <b>x</b>")

    assert composer.edit.written() == f"p{ident('Jan de Vries').hex()} <b>x</b>"


async def test_a_click_on_a_mention_opens_whom_or_what_it_names(locked: Locked) -> None:
    frame, desk, _ = await _composer(locked)
    file = desk.files[desk.space_a][0].file
    desk.talking.write(desk.space_a, 1, f"{Target(file=file).token} {KOSTAS}")
    frame.room.conversation.refresh()
    await calm(frame)
    view = frame.stage.conversation.timeline.message_views()[-1]
    assert view.body is not None

    _click(view.body, 10)
    assert frame.room.spaces.state.tab.name == "EVIDENCE"
    view.body.followed.emit(1)
    assert frame.room.spaces.state.tab.name == "PEOPLE"
    focused = frame.window().focusWidget()
    assert focused is not None
    assert "Κώστας" in focused.accessibleName()


def _click(widget: QWidget, x: int) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))


async def test_an_emoji_before_a_mention_moves_nothing(locked: Locked) -> None:
    frame, desk, _ = await _composer(locked)
    desk.talking.write(desk.space_a, 1, f"👩‍⚖️😀 {JAN}, {INES}")
    frame.room.conversation.refresh()
    await calm(frame)

    item = frame.room.conversation.state.rows[-1]
    assert isinstance(item, MessageItem)
    assert [item.text[a:b] for a, b, _ in item.links] == ["@Jan de Vries", "@Inés Salgado"]
    body = frame.stage.conversation.timeline.message_views()[-1].body
    assert body is not None
    body._anchor, body._caret = body._links[0][:2]
    assert body.selected_text() == "@Jan de Vries"


async def test_the_inbox_lists_what_is_unread_and_goes_there(locked: Locked) -> None:
    frame, desk, _ = await _composer(locked)
    desk.talking.write(desk.space_b, 1, f"{ME}: a question.")
    named = desk.rows[desk.space_b][-1]
    desk.talking.write(desk.space_b, 2, f"{Target(role=Role.ADMINISTRATOR).token}, decide.")
    desk.set(desk.space_b, unread=2)

    frame.mentions()
    inbox = await sheet()
    assert isinstance(inbox, InboxSheet)
    await until(lambda: not inbox._presenter.state.loading)
    assert "a question." in inbox.model.items[-1].head.text
    inbox._presenter.pick(Which.BY_NAME)
    assert [one.message for one in inbox.model.items] == [named.message]
    QTest.keyClick(inbox.list, Qt.Key.Key_Return)
    await calm(frame)

    assert frame.room.spaces.state.selected == desk.space_b
    assert frame.room.conversation.state.goal is not None


async def test_an_inbox_without_mentions_says_so(locked: Locked) -> None:
    frame, _, _ = await _composer(locked)

    frame.mentions()
    inbox = await sheet()
    assert isinstance(inbox, InboxSheet)
    await until(lambda: not inbox._presenter.state.loading)

    assert inbox.stack.currentWidget() is inbox.empty
    inbox.reject()
    await calm(frame)


async def test_a_mention_begins_where_a_word_begins() -> None:
    assert asked("Dear @an") == ("@", "an")
    assert asked("(#E-1") == ("#", "E-1")
    assert asked("@") == ("@", "")
    assert asked("mail a@b") is None
    assert asked("@ an") is None
    assert asked("@one two three") is None
    assert asked("@an\nnext") is None
