"""Everybody can use it: names, roles, targets, the focus ring, the keys, plain text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QTextEdit,
    QWidget,
)

from jitclient.events import ExhibitsChanged, MessagesChanged
from jitclient.views import ExhibitState, Trust
from tests.ui.conftest import Windows
from tests.ui.door_double import DoorDouble
from tests.ui.pressing import viewer
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.conversation.rowviews import MessageView
from ui.evidence.facts import FactsPresenter
from ui.evidence.factsheet import FactsSheet
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.theme import tokens
from ui.theme.style import APPEARANCE, theme
from ui.unlock.view import UnlockView
from ui.widgets.hover import hover
from ui.widgets.ring import FocusRing

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


def _focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in (root, *root.findChildren(QWidget)):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            yield widget


def _nameless(root: QWidget) -> list[str]:
    missing = []
    for widget in _focusable(root):
        if isinstance(widget, QScrollArea | QStackedWidget) or not widget.isEnabled():
            continue
        if widget.objectName().startswith("qt_") or isinstance(widget.parent(), QLineEdit):
            continue
        about = QAccessible.queryAccessibleInterface(widget)
        assert isinstance(about, QAccessibleInterface)
        name = about.text(QAccessible.Text.Name)
        if not name or about.role() == QAccessible.Role.NoRole:
            missing.append(f"{type(widget).__name__} {widget.accessibleName()!r}")
    return missing


async def _screens(frame: Frame) -> list[tuple[str, list[str]]]:
    found = []
    for tab in Tab:
        frame.room.spaces.show_tab(tab)
        if tab is Tab.EVIDENCE:
            frame.room.evidence.select(frame.room.evidence.state.items[0].file)
        await calm(frame)
        found.append((tab.value, _nameless(frame)))
    return found


async def test_everything_that_takes_the_keyboard_has_a_name_and_a_role(locked: Locked) -> None:
    shell, _ = locked
    assert _nameless(shell) == []
    frame, _desk = await enter(*locked)

    for screen, missing in await _screens(frame):
        assert missing == [], screen


@pytest.mark.parametrize(
    "opener", ["space", "member", "verify", "meeting", "evidence", "facts", "keys", "search"]
)
async def test_every_sheet_is_named_throughout_and_escape_closes_it(
    locked: Locked, opener: str
) -> None:
    frame, desk = await enter(*locked)
    other = desk.details[desk.space_a].members[3].user
    {
        "space": frame.new_space,
        "member": frame.stage.sheets.add_member,
        "verify": lambda: frame.stage.sheets.verify(other),
        "meeting": frame.stage.sheets.meeting,
        "evidence": lambda: frame.stage.sheets.add_evidence([]),
        "facts": lambda: FactsSheet(
            frame, FactsPresenter(desk, frame.room.tasks, "a.bin", ())
        ).open(),
        "keys": frame.show_keys,
        "search": frame.search,
    }[opener]()
    found = await sheet()

    assert _nameless(found) == []
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_targets_are_large_enough_to_hit(locked: Locked) -> None:
    frame, _ = await enter(*locked)

    for tab in Tab:
        frame.room.spaces.show_tab(tab)
        await calm(frame)
        small = [
            (type(one).__name__, one.accessibleName() or one.text(), one.size().toTuple())
            for one in frame.findChildren(QAbstractButton)
            if one.isVisible()
            and not isinstance(one.parent(), QLineEdit)
            and min(one.width(), one.height()) < tokens.TARGET_MIN
        ]
        assert small == [], tab


async def test_the_focus_ring_stands_two_pixels_off_what_has_the_keyboard(
    locked: Locked,
) -> None:
    shell, _ = locked
    page = shell.pages.currentWidget()
    assert isinstance(page, UnlockView)
    ring = QApplication.instance().property("ring")  # type: ignore[union-attr]
    assert isinstance(ring, FocusRing)
    shell.activateWindow()
    await until(lambda: QApplication.focusWidget() is not None)

    page.passphrase.eye.setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: ring.target is page.passphrase.eye)

    mark = ring._mark
    assert mark is not None
    assert mark.isVisible()
    reach = tokens.RING_GAP + tokens.RING_WIDTH
    assert mark.width() == page.passphrase.eye.width() + 2 * reach
    assert tokens.RING_GAP == tokens.RING_WIDTH == 2


async def test_every_object_of_the_safe_viewer_has_a_name(locked: Locked) -> None:
    frame, _ = await enter(*locked)

    window = await viewer(frame)

    assert _nameless(window) == []
    window.close()


async def test_the_keys_of_the_conversation_move_reply_copy_and_send(locked: Locked) -> None:
    shell, _ = locked
    frame, desk = await enter(*locked)
    shell.activateWindow()
    await until(shell.isActiveWindow)
    view = frame.stage.conversation
    view.timeline.setFocus(Qt.FocusReason.TabFocusReason)
    await until(view.timeline.hasFocus)
    newest = view.timeline.message_views()[-1]
    assert view.timeline.current() is newest

    QTest.keyClick(view.timeline, Qt.Key.Key_Up)
    above = view.timeline.current()
    assert above is view.timeline.message_views()[-2]
    QTest.keyClick(view.timeline, Qt.Key.Key_Down)
    assert view.timeline.current() is newest
    QTest.keyClick(view.timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == newest.item.text
    QTest.keyClick(view.timeline, Qt.Key.Key_R)
    assert frame.room.conversation.state.reply is not None
    assert view.composer.edit.hasFocus()

    QTest.keyClicks(view.composer.edit, "Confirmed")
    QTest.keyClick(view.composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: desk.rows[desk.space_a][-1].text == "Confirmed")
    assert desk.rows[desk.space_a][-1].reply_to == newest.item.message
    await calm(frame)


async def test_markup_in_a_message_is_shown_as_characters(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    text = '<img src="http://tracker.example/x"><b>bold</b> &amp; <a href="x">y</a>'
    name = "<b>Mallory</b>"
    sent = desk.say(desk.space_a, 1, text)
    desk.rows[desk.space_a][-1] = type(sent)(
        **{**{f: getattr(sent, f) for f in sent.__slots__}, "author_name": name}
    )
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)

    view = frame.stage.conversation.timeline.message_views()[-1]

    assert isinstance(view, MessageView)
    assert view.body is not None
    assert view.body.words == text
    assert name in [one.text() for one in view.findChildren(QLabel)]


async def test_no_label_and_no_editor_of_the_window_parses_markup(locked: Locked) -> None:
    frame, _ = await enter(*locked)

    for tab in Tab:
        frame.room.spaces.show_tab(tab)
        await calm(frame)
    labels = frame.findChildren(QLabel)

    assert labels
    assert [one.text() for one in labels if one.textFormat() != Qt.TextFormat.PlainText] == []
    assert frame.findChildren(QTextEdit) == []
    assert frame.findChildren(QPlainTextEdit) != []


async def test_a_name_in_a_tooltip_cannot_be_markup(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    evil = '<img src="file:///x">.pdf'
    desk.exhibit(desk.space_a, evil, "", 10, ExhibitState.VERIFIED, author=1)
    desk.publish(ExhibitsChanged(desk.space_a))
    await calm(frame)
    model = frame.stage.evidence.model
    at = next(i for i, one in enumerate(model.items) if one.stem.startswith("<img"))

    tip = model.data(model.index(at, 1), Qt.ItemDataRole.ToolTipRole)

    assert tip.startswith("<qt>&lt;img src=")
    assert hover("plain") == "plain"
    raw = [one.toolTip() for one in frame.findChildren(QWidget) if "<" in one.toolTip()]
    assert all(one.startswith("<qt>") for one in raw)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_scheme_changes_as_a_whole_while_the_window_is_open(
    locked: Locked, scheme: str
) -> None:
    frame, _ = await enter(*locked)
    wanted = tokens.LIGHT if scheme == "light" else tokens.DARK

    theme().choose(APPEARANCE, scheme)

    assert theme().palette is wanted
    assert frame.palette().window().color().name().upper() == wanted.window
    theme().choose(APPEARANCE, "system")


async def test_nothing_stays_open_when_the_window_is_left(locked: Locked) -> None:
    frame, _ = await enter(*locked)

    for opener in (
        frame.new_space,
        frame.show_keys,
        frame.search,
        frame.stage.sheets.add_member,
    ):
        opener()
        (await sheet()).reject()
        await until(lambda: open_dialogs() == [])
    await calm(frame)

    shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert shown == [locked[0]]


async def test_no_part_of_a_screen_ever_appears_as_a_window(
    windows: Windows, locked: Locked
) -> None:
    frame, desk = await enter(*locked)
    desk.alarm("replay", "An old message was delivered again.")
    desk.trust(desk.space_a, desk.details[desk.space_a].members[1].user, Trust.CHANGED)
    other = desk.details[desk.space_a].members[3].user

    await _screens(frame)
    frame.room.spaces.step(1)
    await calm(frame)
    for opener in (
        frame.new_space,
        frame.stage.sheets.add_member,
        lambda: frame.stage.sheets.verify(other),
        lambda: frame.stage.sheets.add_evidence([]),
        frame.show_keys,
    ):
        opener()
        (await sheet()).reject()
        await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert windows.seen == []
