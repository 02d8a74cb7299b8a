"""Where a message is written: plain text, in which a mention stands as one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    Qt,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit

from jitclient.mentionviews import MARK, Target, parts
from ui.theme.style import palette, theme

_TOKEN: Final = QTextFormat.Property.UserProperty.value + 1
_LABEL: Final = _TOKEN + 1
_TURN: Final = _TOKEN + 2  # two equal mentions side by side stay two


class Writing(QPlainTextEdit):
    """`label_of` says what a mention is called.

    `key` may take a key press before the text does.
    """

    moved = Signal()

    def __init__(self, label_of: Callable[[Target], str]) -> None:
        super().__init__()
        self._label_of = label_of
        self._turn = 0
        self.key: Callable[[QKeyEvent], bool] = lambda _event: False
        self.cursorPositionChanged.connect(self.moved)
        theme().changed.connect(self._recolour)

    def _recolour(self) -> None:
        self.show_written(self.written())

    def grow(self, most: int) -> None:
        """As high as what is written in it, from two lines to `most`."""
        lines = min(most, max(2, self.document().blockCount()))
        self.setFixedHeight(lines * QFontMetrics(self.font()).lineSpacing() + 18)

    def written(self) -> str:
        """The text as it is written down, mentions by their ids."""
        lines = []
        block = self.document().firstBlock()
        while block.isValid():
            lines.append("".join(self._piece(*one) for one in _fragments(block)))
            block = block.next()
        return "\n".join(lines)

    def _piece(self, text: str, look: QTextCharFormat) -> str:
        token, label = look.property(_TOKEN), look.property(_LABEL)
        clean = text.replace(MARK, "").replace("\u2028", "\n").replace("\u2029", "\n")
        if not token or not text.startswith(label):
            return clean
        return str(token) + clean[len(label) :]

    def show_written(self, text: str) -> None:
        """Show another text, the caret at its end; told of as one change, also to other windows."""
        with QSignalBlocker(self):
            self.clear()
            cursor = self.textCursor()
            for part in parts(text):
                if isinstance(part, str):
                    cursor.insertText(part, QTextCharFormat())
                else:
                    label = self._label_of(part)
                    cursor.insertText(label, self._look(part, label))
            self.setTextCursor(cursor)
            self.setCurrentCharFormat(QTextCharFormat())
        self.textChanged.emit()
        self.cursorPositionChanged.emit()

    def relabel(self) -> None:
        """Call mentions what they are called by now: names and exhibits come after a draft."""
        text = self.written()
        made = "".join(
            part if isinstance(part, str) else self._label_of(part) for part in parts(text)
        )
        if made != self.toPlainText():
            self.show_written(text)

    def before(self) -> str:
        """What stands before the caret in its line, from the last mention on."""
        cursor = self.textCursor()
        text = ""
        for piece, look in _fragments(cursor.block(), cursor.positionInBlock()):
            text = "" if look.property(_TOKEN) else text + piece
        return text

    def put(self, target: Target, label: str, instead: int) -> None:
        """Put a mention in the place of the `instead` characters before the caret."""
        cursor = self.textCursor()
        for _ in range(instead):
            cursor.deletePreviousChar()
        cursor.insertText(label, self._look(target, label))
        cursor.insertText(" ", QTextCharFormat())
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(QTextCharFormat())

    def _look(self, target: Target, label: str) -> QTextCharFormat:
        self._turn += 1
        look = QTextCharFormat()
        look.setProperty(_TOKEN, target.token)
        look.setProperty(_LABEL, label)
        look.setProperty(_TURN, self._turn)
        look.setForeground(QColor(palette().accent))
        look.setBackground(QColor(palette().selection))
        return look

    def event(self, event: QEvent) -> bool:
        """In an empty text Up is the window's, which has something to do with it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Up
            and self.document().isEmpty()
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A mention goes as a whole; what is typed behind one is not of it."""
        if self.key(event):
            return
        cursor = self.textCursor()
        look = cursor.charFormat()
        if look.property(_TOKEN) and not cursor.hasSelection():
            if event.key() == Qt.Key.Key_Backspace:
                self._remove(cursor, str(look.property(_LABEL)))
                return
            if event.text().isprintable() and event.text():
                cursor.insertText(event.text(), QTextCharFormat())
                self.setTextCursor(cursor)
                return
        super().keyPressEvent(event)

    def _remove(self, cursor: QTextCursor, label: str) -> None:
        back = QTextCursor.MoveOperation.PreviousCharacter
        keep = QTextCursor.MoveMode.KeepAnchor
        units = len(label.encode("utf-16-le")) // 2
        cursor.movePosition(back, keep, units)
        if cursor.selectedText() != label:  # the caret stands inside of it
            cursor.setPosition(self.textCursor().position())
            cursor.movePosition(back, keep)
        cursor.removeSelectedText()
        self.setTextCursor(cursor)


def _fragments(block: object, upto: int = -1) -> Iterator[tuple[str, QTextCharFormat]]:
    """The pieces of a line with how each looks; of the first `upto` characters only."""
    at = block.begin()  # type: ignore[attr-defined]
    start = block.position()  # type: ignore[attr-defined]
    while not at.atEnd():
        piece = at.fragment()
        text = piece.text()
        if upto >= 0:
            left = upto - (piece.position() - start)
            text = text.encode("utf-16-le")[: 2 * max(0, left)].decode("utf-16-le", "ignore")
        if text:
            yield text, piece.charFormat()
        at += 1
