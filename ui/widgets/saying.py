"""What readers are told beyond what Qt says by itself: names, and where the keyboard is."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QToolButton, QWidget

from ui.language import tr
from ui.theme import tokens


def about(button: QAbstractButton, what: str) -> None:
    """Name a button by its words and what it is about, in rows of the same button (WCAG 2.5.3)."""
    button.setAccessibleName(f"{button.text().rstrip('…')}, {what}")


def clearable(edit: QLineEdit) -> None:
    """Give a line the small cross that empties it, with a name."""
    edit.setClearButtonEnabled(True)
    for cross in edit.findChildren(QToolButton):
        cross.setAccessibleName(tr("Clear"))
        cross.setToolTip(tr("Clear"))
        cross.setMinimumSize(tokens.TARGET_MIN, tokens.TARGET_MIN)


def hear(row: QWidget) -> None:
    """Have readers say a row that the keyboard came to, though its list keeps the focus."""
    QAccessible.updateAccessibility(QAccessibleEvent(row, QAccessible.Event.Focus))


def tell(source: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have readers say something that changed, without taking the keyboard there (WCAG 4.1.3)."""
    if words:
        event = QAccessibleAnnouncementEvent(source, words)
        how = QAccessible.AnnouncementPoliteness
        event.setPoliteness(how.Assertive if urgent else how.Polite)
        QAccessible.updateAccessibility(event)
