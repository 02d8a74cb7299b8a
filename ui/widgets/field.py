"""A labelled line to type in, with room below for a hint or what is wrong."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QDateEdit, QLineEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from ui.theme import tokens
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text


class Field(QWidget):
    """Label, line edit, hint. `edit` is the line edit itself."""

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        placeholder: str = "",
        edit: QLineEdit | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.edit = edit or QLineEdit()
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(label)
        self.label = Text(label, "label")
        self.label.setBuddy(self.edit)
        self.below = Text(hint, "caption", wrap=True)
        reveal(self.below, bool(hint))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S1 + 2)
        column.addWidget(self.label)
        column.addWidget(self.edit)
        column.addWidget(self.below)

    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def complain(self, problem: str) -> None:
        """Say what is wrong, or with an empty text that nothing is."""
        self.below.setText(problem or self._hint)
        self.below.restyle("danger" if problem else "caption")
        reveal(self.below, bool(problem or self._hint))
        if problem and problem != self.edit.accessibleDescription():
            tell(self.edit, problem)
        self.edit.setAccessibleDescription(problem or self._hint)
        if self.edit.property("state") != ("wrong" if problem else ""):
            self.edit.setProperty("state", "wrong" if problem else "")
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)


S = TypeVar("S", QSpinBox, QDateEdit)


def indent(box: S) -> S:
    """Begin where other fields begin: paddings of the sheet do not reach the line in these."""
    box.lineEdit().setTextMargins(tokens.S2, 0, 0, 0)
    return box
