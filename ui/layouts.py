"""Keys under other layouts: a shortcut is a Latin letter or a digit, wherever a key prints it.

Qt matches a shortcut under a Greek or Cyrillic layout when the desktop lists a Latin one beside it
(and on Windows always). With the Greek or Bulgarian layout alone, and for the digits of the French,
Czech and Lithuanian ones, nothing matches: then the place of the key decides. ADR 50.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from ui.bound import Bound, alive
from ui.watching import watch

_ROWS: Final = {10: "1234567890", 24: "QWERTYUIOP", 38: "ASDFGHJKL", 52: "ZXCVBNM"}
_X11: Final = {start + at: one for start, row in _ROWS.items() for at, one in enumerate(row)}
"""X11 and Wayland: the kernel's number of a key, plus 8."""
_ANY: Final = frozenset(_X11.values())
_MAC: Final = {
    code: one
    for code, one in enumerate("ASDFHGZXCV BQWERYT123465 97 80 OU IP LJ K    NM")
    if one != " "
}
"""macOS: the virtual key codes of an ANSI keyboard."""
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier
_SIDEWAYS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_LAST_LATIN: Final = 0x24F
_FIRST_SPECIAL: Final = 0x0100_0000  # Qt: arrows, function keys and the like begin here
_TYPED_IN: Final = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)


def printed(platform: str, scan: int, virtual: int) -> str:
    """The Latin letter or digit at the place of a key, empty if it has none there.

    Args:
        platform: Qt's name of it.
        scan: `QKeyEvent.nativeScanCode`.
        virtual: `QKeyEvent.nativeVirtualKey`.
    """
    if platform == "windows":
        return chr(virtual) if chr(virtual) in _ANY else ""
    if platform == "cocoa":
        return _MAC.get(virtual, "")
    return _X11.get(scan, "")


def latin(event: QKeyEvent, platform: str) -> str:
    """The letter or digit a key press stands for where its layout gives something else."""
    code, held = event.key(), event.modifiers()
    strange = held & ~(_CTRL | _SHIFT | _ALT)
    if strange or (held & _CTRL and held & _ALT) or not 0 < code < _FIRST_SPECIAL:
        return ""
    one = printed(platform, event.nativeScanCode(), event.nativeVirtualKey())
    if one.isdigit():
        return "" if held & _SHIFT or chr(code).isdecimal() else one
    return one if code > _LAST_LATIN else ""


def typing() -> bool:
    """Whether a letter now goes into a field, a choice or an open menu."""
    if QApplication.activePopupWidget() is not None:
        return True
    return isinstance(QApplication.focusWidget(), _TYPED_IN)


class Layouts(QObject):
    """Looks at key presses before the controls do.

    Args:
        platform: Qt's name of it; empty for the one the program runs on.
    """

    def __init__(self, app: QApplication, platform: str = "") -> None:
        super().__init__(app)
        self._platform = platform or QGuiApplication.platformName()
        watch(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A letter that is typed is no shortcut; a shortcut is one under every layout."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            if typing() and (_alone(event) or _moves(event)):
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(watched, QWindow):
            letter = latin(event, self._platform)
            return bool(letter) and self._pressed(watched, event, letter)
        return False

    def _pressed(self, window: QWindow, event: QKeyEvent, letter: str) -> bool:
        if _alone(event) and typing():
            return False
        code = Qt.Key(ord(letter))
        wanted = QKeySequence(QKeyCombination(event.modifiers(), code))
        found = [one for one in alive() if one.has(wanted) and _reached(one)]
        if len(found) == 1:
            if found[0].autoRepeat() or not event.isAutoRepeat():
                found[0].activated.emit()
            return True
        if event.modifiers() & _CTRL:  # copy, paste, undo: the field knows them by the Latin letter
            control = chr(ord(letter) & 0x1F) if letter.isalpha() else ""
            again = QKeyEvent(
                event.type(), code, event.modifiers(), control, event.isAutoRepeat(), event.count()
            )
            QApplication.sendEvent(window, again)
            return True
        return False


def _alone(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
    return (
        held == Qt.KeyboardModifier.NoModifier and event.text().isprintable() and event.text() != ""
    )


def _moves(event: QKeyEvent) -> bool:
    """Left and right belong to whoever corrects what is typed."""
    return event.key() in _SIDEWAYS and not event.modifiers() & (_CTRL | _ALT)


def _reached(one: Bound) -> bool:
    """Whether the keyboard is where this key works; as Qt decides it."""
    owner, focus = one.parent(), QApplication.focusWidget()
    if not isinstance(owner, QWidget) or not one.isEnabled():
        return False
    if not (owner.isVisible() and owner.isEnabled()) or _covered(owner.window()):
        return False
    match one.context():
        case Qt.ShortcutContext.WidgetShortcut:
            return owner is focus
        case Qt.ShortcutContext.WidgetWithChildrenShortcut:
            return focus is not None and (owner is focus or owner.isAncestorOf(focus))
        case Qt.ShortcutContext.ApplicationShortcut:
            return True
        case _:
            return owner.window() is QApplication.activeWindow()


def _covered(window: QWidget) -> bool:
    """Whether a dialog stands over the window, or over a window that belongs to it."""
    above = QApplication.activeModalWidget()
    while above is not None and above.window() is not window:
        below = above.window().parentWidget()
        if below is None:
            return False
        if below.window() is window:
            return True
        above = below
    return False
