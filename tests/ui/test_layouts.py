"""Under Greek, Bulgarian and other layouts the place of a key decides; what is typed is typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ui.bound import Bound, letters
from ui.layouts import Layouts, latin, printed
from ui.shortcuts import Key
from ui.watching import leave, watch

_NONE: Final = Qt.KeyboardModifier.NoModifier
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier

PRESSES: Final = (
    ("gr", "ρ", 27, _NONE, "R"),
    ("gr", "ο", 32, _NONE, "O"),
    ("gr", "ν", 57, _NONE, "N"),
    ("gr", "δ", 40, _NONE, "D"),
    ("gr", "φ", 41, _NONE, "F"),
    ("gr", "κ", 45, _CTRL, "Ctrl+K"),
    ("gr", "Κ", 45, _CTRL | _SHIFT, "Ctrl+Shift+K"),
    ("gr", "α", 38, _ALT, "Alt+A"),
    ("bg", "и", 27, _NONE, "R"),
    ("bg", "д", 32, _NONE, "O"),
    ("bg phonetic", "р", 27, _NONE, "R"),
    ("bg", "н", 45, _CTRL, "Ctrl+K"),
    ("bg phonetic", "к", 45, _CTRL, "Ctrl+K"),
    ("fr", "&", 10, _CTRL, "Ctrl+1"),
    ("fr", "&", 10, _NONE, "1"),
    ("cz", "ě", 11, _CTRL, "Ctrl+2"),
    ("lt", "ą", 10, _CTRL, "Ctrl+1"),
)
KEYS: Final = sorted({one[-1] for one in PRESSES})
_X11: Final = pytest.mark.parametrize(
    ("text", "scan", "held", "wanted"),
    [one[1:] for one in PRESSES],
    ids=[f"{one[0]}: {one[-1]}" for one in PRESSES],
)


class Desk(QWidget):
    """A window with a list, fields, and every shortcut of the tables above."""

    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []
        self.list, self.line, self.text = QListWidget(), QLineEdit(), QPlainTextEdit()
        self.choice, self.number = QComboBox(), QSpinBox()
        self.choice.addItems(["Reviewed", "Open"])
        column = QVBoxLayout(self)
        for one in (self.list, self.line, self.text, self.choice, self.number):
            column.addWidget(one)
        self.bound = [self.bind(one, self) for one in KEYS]

    def bind(
        self,
        sequence: str,
        owner: QWidget,
        context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
    ) -> Bound:
        row = Key(sequence, sequence, "", "")
        return Bound(owner, row, lambda: self.pressed.append(sequence), context)

    def strike(self, text: str, scan: int, held: Qt.KeyboardModifier) -> None:
        """A press as Qt's xcb plugin makes it, to the window."""
        code = ord(text.upper()) if len(text.upper()) == 1 else ord(text)
        event = QKeyEvent(QEvent.Type.KeyPress, code, held, scan, 0, 0, text)
        handle = QGuiApplication.focusWindow()
        assert handle is not None
        QApplication.sendEvent(handle, event)


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    made = Layouts(qapp, "xcb")
    others = qapp.property("layouts")
    if others is not None:
        leave(others)
    window = Desk()
    window.show()
    window.activateWindow()
    window.list.setFocus()
    QTest.qWaitForWindowActive(window)
    yield window
    leave(made)
    if others is not None:
        watch(others)
    letters.switch(on=True)
    window.close()
    window.deleteLater()


@_X11
def test_the_key_at_the_place_of_the_letter_is_the_shortcut(
    desk: Desk, text: str, scan: int, held: Qt.KeyboardModifier, wanted: str
) -> None:
    desk.strike(text, scan, held)

    assert desk.pressed == [wanted]


@pytest.mark.parametrize("field", ["line", "text", "choice", "number"])
@_X11
def test_what_is_typed_into_a_field_is_no_shortcut(
    desk: Desk, field: str, text: str, scan: int, held: Qt.KeyboardModifier, wanted: str
) -> None:
    into = getattr(desk, field)
    into.setFocus()

    desk.strike(text, scan, held)

    assert desk.pressed == ([] if held == _NONE else [wanted])
    if field in ("line", "text") and held == _NONE:
        assert (desk.line.text() or desk.text.toPlainText()) == text


@pytest.mark.parametrize("field", ["line", "text", "choice", "number"])
def test_latin_letters_are_typed_too(desk: Desk, field: str) -> None:
    into = getattr(desk, field)
    into.setFocus()

    QTest.keyClicks(into, "ro1")

    assert desk.pressed == []


def test_a_choice_is_still_made_by_its_first_letter(desk: Desk) -> None:
    desk.choice.setFocus()

    QTest.keyClicks(desk.choice, "o")

    assert desk.choice.currentText() == "Open"
    assert desk.pressed == []


def test_the_arrows_belong_to_what_is_typed(desk: Desk) -> None:
    desk.bind("Left", desk)
    desk.line.setText("ab")
    desk.line.setFocus()
    desk.line.setCursorPosition(2)

    QTest.keyClick(desk.line, Qt.Key.Key_Left)

    assert (desk.line.cursorPosition(), desk.pressed) == (1, [])
    desk.list.setFocus()
    QTest.keyClick(desk.list, Qt.Key.Key_Left)
    assert desk.pressed == ["Left"]


def test_letters_and_digits_alone_can_be_switched_off_and_the_others_go_on(desk: Desk) -> None:
    letters.switch(on=False)
    late = desk.bind("D", desk)

    for text, scan, held in (("ρ", 27, _NONE), ("&", 10, _NONE), ("κ", 45, _CTRL)):
        desk.strike(text, scan, held)
    QTest.keyClicks(desk.list, "rond1")

    assert desk.pressed == ["Ctrl+K"]
    assert not late.isEnabled()
    letters.switch(on=True)
    QTest.keyClicks(desk.list, "r")
    assert desk.pressed == ["Ctrl+K", "R"]


def test_fields_copy_and_paste_under_a_layout_without_latin_letters(desk: Desk) -> None:
    desk.line.setText("αβγ")
    desk.line.setFocus()
    desk.strike("α", 38, _CTRL)

    desk.strike("ψ", 54, _CTRL)
    desk.text.setFocus()
    desk.strike("ω", 55, _CTRL)

    assert desk.text.toPlainText() == "αβγ"


@pytest.mark.parametrize("place", ["own", "window", "around", "everywhere", "nowhere"])
def test_a_key_works_where_qt_would_let_it_work(desk: Desk, place: str) -> None:
    """The same press once under a Latin layout, which Qt matches, and once under a Greek one."""
    owners = {
        "own": (desk.list, Qt.ShortcutContext.WidgetShortcut),
        "window": (desk.line, Qt.ShortcutContext.WindowShortcut),
        "around": (desk, Qt.ShortcutContext.WidgetWithChildrenShortcut),
        "everywhere": (desk.line, Qt.ShortcutContext.ApplicationShortcut),
        "nowhere": (desk.line, Qt.ShortcutContext.WidgetShortcut),
    }
    owner, context = owners[place]
    desk.bind("Ctrl+L", owner, context)

    QTest.keyClick(desk.list, Qt.Key.Key_L, _CTRL)
    by_qt = list(desk.pressed)
    desk.pressed.clear()
    desk.strike("λ", 46, _CTRL)

    assert by_qt == desk.pressed == ([] if place == "nowhere" else ["Ctrl+L"])


def test_a_dialog_over_the_window_keeps_its_keys_from_it(desk: Desk) -> None:
    desk.bind("Ctrl+L", desk, Qt.ShortcutContext.ApplicationShortcut)
    over = QDialog(desk)
    over.setModal(True)
    over.show()
    over.activateWindow()
    QTest.qWaitForWindowActive(over)

    QTest.keyClick(over, Qt.Key.Key_L, _CTRL)
    by_qt = list(desk.pressed)
    desk.strike("λ", 46, _CTRL)
    desk.strike("ρ", 27, _NONE)

    assert by_qt == desk.pressed == []
    over.close()


@pytest.mark.parametrize(
    ("platform", "scan", "virtual", "wanted"),
    [
        ("xcb", 27, 0x7F1, "R"),
        ("wayland", 45, 0x7EA, "K"),
        ("xcb", 10, 0x26, "1"),
        ("xcb", 9, 0, ""),
        ("windows", 0x13, 0x52, "R"),
        ("windows", 2, 0x31, "1"),
        ("windows", 0x27, 0xBA, ""),
        ("cocoa", 1, 0x0F, "R"),
        ("cocoa", 1, 0x28, "K"),
        ("cocoa", 1, 0x12, "1"),
        ("cocoa", 1, 0x29, ""),
    ],
)
def test_each_system_says_in_its_own_way_which_key_it_was(
    platform: str, scan: int, virtual: int, wanted: str
) -> None:
    assert printed(platform, scan, virtual) == wanted


@pytest.mark.parametrize(
    ("code", "held", "scan"),
    [
        (0x52, _NONE, 27),  # a Latin letter is what is printed on it
        (0x2C, _NONE, 58),  # a French comma, where others have M
        (0x39A, _CTRL | _ALT, 45),  # AltGr
        (0x26, _SHIFT, 10),  # a sign that was meant
        (0x31, _CTRL, 10),
        (0x0100_0013, _CTRL, 111),  # an arrow
    ],
)
def test_what_the_layout_says_clearly_stays(
    code: int, held: Qt.KeyboardModifier, scan: int
) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, code, held, scan, 0, 0, "")

    assert latin(event, "xcb") == ""
