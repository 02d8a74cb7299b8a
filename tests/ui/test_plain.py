"""Nothing from outside is ever rich text: whatever is written stands there as characters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from jitclient.foundation.text import visible
from jitclient.mentionviews import Target
from protocol.ids import UserId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import PEOPLE, ident
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.state import MessageItem
from ui.conversation.versions import VersionsSheet
from ui.frame import Frame
from ui.mentions.view import InboxSheet
from ui.shell import Shell
from ui.theme import tokens
from ui.widgets.hover import hover
from ui.widgets.prose import Prose

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")

HTML = '<b>bold</b><img src="file:///etc/passwd"><a href="https://x.example">x</a>&amp;'
BIDI = "invoice\u202efdp.exe \u2066hidden\u2069 \u200fafter"
ZALGO = "Z" + "\u0300\u0317\u0334\u0489" * 200 + "algo"
WORD = "x" * 5_000
LONG = "word " * 20_000
OUTSIDE = {"html": HTML, "bidi": BIDI, "zalgo": ZALGO, "word": WORD, "long": LONG}
CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


async def _said(locked: Locked, text: str) -> tuple[Frame, DeskDouble]:
    """Jan said it, as a receiving client keeps it; somebody answers it and points to people."""
    frame, desk = await enter(*locked)
    a = desk.space_a
    said = desk.say(a, 1, visible(text, lines=True))
    desk.say(a, 2, "An answer.", reply_to=said.message)
    me = Target(user=UserId(ident(PEOPLE[0][0]))).token
    desk.talking.write(a, 1, f"{me} {visible(text, lines=True)[:3_000]}")
    desk.set(a, unread=3)
    frame.room.conversation.refresh()
    await calm(frame)
    return frame, desk


def _rich(root: QWidget) -> list[str]:
    """Labels that would read markup, and hover texts that Qt would take for it unescaped."""
    found = []
    for one in root.findChildren(QWidget):
        if isinstance(one, QLabel) and one.textFormat() != Qt.TextFormat.PlainText:
            found.append(f"{type(one).__name__}: {one.text()[:60]}")
        tip = one.toolTip()
        if GuiQt.mightBeRichText(tip) and ("<b>" in tip or "<img" in tip or "<a " in tip):
            found.append(f"tip of {type(one).__name__}: {tip[:60]}")
    return found


@pytest.mark.parametrize("kind", OUTSIDE)
async def test_in_the_conversation_it_stands_as_it_is(locked: Locked, kind: str) -> None:
    frame, _ = await _said(locked, OUTSIDE[kind])
    timeline = frame.stage.conversation.timeline

    shown = [one.words for one in timeline.findChildren(Prose)]

    assert visible(OUTSIDE[kind], lines=True) in shown
    assert _rich(frame.stage.conversation) == []
    assert not any(CONTROLS & set(text) for text in shown)
    widest = max(one.width() for one in timeline.findChildren(Prose))
    assert widest <= tokens.MEASURE  # no word, however long, pushes the window apart
    assert timeline.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("kind", OUTSIDE)
async def test_in_what_is_answered_it_is_one_line_of_characters(locked: Locked, kind: str) -> None:
    frame, _ = await _said(locked, OUTSIDE[kind])
    rows = frame.room.conversation.state.rows
    answers = [one.reply for one in rows if isinstance(one, MessageItem) and one.reply]

    text = answers[-1].text

    assert len(text) <= 121
    assert "\n" not in text
    assert not CONTROLS & set(text)
    frame.room.conversation.reply_to(answers[-1].message)
    await calm(frame)
    assert _rich(frame.stage.conversation.composer) == []


async def test_a_name_with_markup_or_direction_is_no_markup_in_a_mention(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    a = desk.space_a
    jan = Target(user=UserId(ident(PEOPLE[1][0])))
    row = desk.talking.write(a, 2, f"{jan.token} knows.")
    bad = "<b>Jan</b>\u202e\u2066"
    spot = row.spots[0]
    desk.rows[a][-1] = replace(row, spots=(replace(spot, label=f"@{bad}"),))
    frame.room.conversation.refresh()
    await calm(frame)

    body = frame.stage.conversation.timeline.message_views()[-1].body

    assert body is not None
    assert body.words == "@<b>Jan</b>\ufffd\ufffd knows."
    assert _rich(frame.stage.conversation) == []


@pytest.mark.parametrize("kind", OUTSIDE)
async def test_in_the_inbox_and_in_versions_too(locked: Locked, kind: str) -> None:
    frame, desk = await _said(locked, OUTSIDE[kind])
    frame.mentions()
    inbox = await sheet()
    assert isinstance(inbox, InboxSheet)
    await until(lambda: bool(inbox.model.items))
    assert _rich(inbox) == []
    assert not CONTROLS & set(inbox.model.items[0].head.text)
    tip = inbox.model.data(inbox.model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    inbox.reject()
    await calm(frame)

    message = desk.rows[desk.space_a][-1].message
    await desk.talking.edit(desk.space_a, message, visible(OUTSIDE[kind], lines=True)[:3_000])
    frame.stage.sheets.versions(message)
    shown = await sheet()

    assert isinstance(shown, VersionsSheet)
    assert _rich(shown) == []
    assert shown.width() <= frame.window().width()
    shown.reject()
    await calm(frame)


async def test_pasted_markup_is_pasted_as_characters(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    edit = frame.stage.conversation.composer.edit
    edit.clear()
    QApplication.clipboard().setText(HTML)

    edit.paste()

    assert edit.written() == HTML


async def test_a_hover_text_that_looks_like_markup_is_escaped() -> None:
    assert GuiQt.mightBeRichText(HTML)
    assert "<img" not in hover(HTML)
    assert hover("plain") == "plain"
    assert QToolTip.text() == ""


async def test_a_hundred_thousand_characters_are_laid_out_once_for_a_width() -> None:
    body = Prose(LONG)

    size = body.sizeHint()
    laid = body._layout.lineCount()

    assert laid > 100
    assert size == QSize(tokens.MEASURE, body.heightForWidth(tokens.MEASURE))
    assert set(body._heights) == {tokens.MEASURE}
