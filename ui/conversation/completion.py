"""What can be meant by what is typed after @ or #: a list above the composer, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.conversation.pointing import Choice, asked
from ui.conversation.writing import Writing
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_ground

_ROW = 44
_WIDE = 380


class Completion(QListWidget):
    """Lies over the window at the caret; the keyboard stays in the text.

    Args:
        choices: what is offered for a sign and what was typed after it.
    """

    def __init__(self, edit: Writing, choices: Callable[[str, str], tuple[Choice, ...]]) -> None:
        super().__init__(edit)
        self._edit = edit
        self._choices = choices
        self._typed = ""
        self._closed_at = ""
        self.setProperty("kind", "boxed")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("People, roles and exhibits that fit"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Painter(self))
        self.itemClicked.connect(lambda _item: self.take())
        edit.textChanged.connect(self.look)
        edit.moved.connect(self.look)
        self.hide()

    def look(self) -> None:
        """Offer what fits what stands before the caret, if it begins a mention."""
        found = asked(self._edit.before()) if self._edit.hasFocus() else None
        if found is None:
            self._closed_at = ""
            self.hide()
            return
        sign, self._typed = found
        offered = self._choices(sign, self._typed)
        if not offered or self._closed_at == sign:
            self.hide()
            return
        self.clear()
        for choice in offered:
            item = QListWidgetItem(choice.label)
            item.setData(Qt.ItemDataRole.UserRole, choice)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{choice.label}, {choice.note}")
            self.addItem(item)
        self.setCurrentRow(0)
        self._stand(len(offered))

    def _stand(self, count: int) -> None:
        window = self._edit.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        height = count * fonts.px(_ROW) + 8
        wide = fonts.px(_WIDE)
        corner = self._edit.viewport().mapTo(window, self._edit.cursorRect().topLeft())
        x = max(tokens.S2, min(corner.x() - tokens.S4, window.width() - wide - tokens.S2))
        self.setGeometry(x, max(tokens.S2, corner.y() - height - 6), wide, height)
        self.show()
        self.raise_()

    def key(self, event: QKeyEvent) -> bool:
        """Keys that are the list's while it is there; True: taken."""
        if not self.isVisible():
            return False
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.setCurrentRow((self.currentRow() + step) % self.count())
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab:
                if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    return False
                self.take()
            case Qt.Key.Key_Escape:
                found = asked(self._edit.before())
                self._closed_at = found[0] if found is not None else ""
                self.hide()
            case _:
                return False
        return True

    def take(self) -> None:
        """Put the chosen line into the text."""
        if self.currentRow() < 0:
            return
        choice: Choice = self.currentItem().data(Qt.ItemDataRole.UserRole)
        self.hide()
        self._edit.put(choice.target, choice.label, len(self._typed) + 1)
        self._edit.setFocus()


class _Painter(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(100, fonts.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)  # type: ignore[attr-defined]
        painter.save()
        box = paint_ground(painter, option).adjusted(tokens.S3, 4, -tokens.S3, -4)
        half = box.height() / 2
        upper, lower = box.adjusted(0, 0, 0, -half), box.adjusted(0, half, 0, 0)
        for room, text, face, ink in (
            (upper, choice.label, fonts.font(tokens.BODY, tokens.MEDIUM), palette().text),
            (lower, choice.note, fonts.font(tokens.CAPTION), palette().muted),
        ):
            painter.setFont(face)
            painter.setPen(ink)
            short = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), short)
        painter.restore()
