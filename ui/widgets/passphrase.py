"""A passphrase line with show/hide and a Caps Lock note; pasting is allowed (WCAG 3.3.8)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.language import tr
from ui.theme import tokens
from ui.widgets.button import IconButton
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text


class _Line(QLineEdit):
    caps = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice Caps Lock from what a letter key produced."""
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.upper() != typed.lower():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps.emit(typed.isupper() != shifted)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps.emit(False)
        super().keyPressEvent(event)


class PassphraseField(QWidget):
    """Label, hidden line, show/hide, Caps Lock note, problem line."""

    changed = Signal()
    entered = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = _Line()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setProperty("kind", "large")
        self.edit.setAccessibleName(label)
        self.edit.textChanged.connect(self.changed)
        self.edit.returnPressed.connect(self.entered)
        self.edit.caps.connect(self._caps)
        caption = Text(label, "label")
        caption.setBuddy(self.edit)
        self.eye = IconButton("eye", tr("Show {label}", label=label.lower()))
        self.eye.clicked.connect(self._toggle)
        self.note = Text("", "danger", wrap=True)
        self.note.hide()
        self._problem = ""
        self._caps_on = False
        line = QHBoxLayout()
        line.setSpacing(tokens.S2)
        line.addWidget(self.edit, 1)
        line.addWidget(self.eye)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S1 + 2)
        column.addWidget(caption)
        column.addLayout(line)
        column.addWidget(self.note)
        self._label = label

    def text(self) -> str:
        """What was typed."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget what was typed, and hide again."""
        self.edit.clear()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.eye.rename(tr("Show {label}", label=self._label.lower()), "eye")

    def complain(self, problem: str) -> None:
        """Say what is wrong below the line."""
        self._problem = problem
        self._tell()

    def _caps(self, on: bool) -> None:
        self._caps_on = on
        self._tell()

    def _tell(self) -> None:
        words = self._problem or (tr("Caps Lock is on.") if self._caps_on else "")
        self.note.setText(words)
        reveal(self.note, bool(words))
        if words and words != self.edit.accessibleDescription():
            tell(self.edit, words)
        self.edit.setAccessibleDescription(words)

    def _toggle(self) -> None:
        hidden = self.edit.echoMode() == QLineEdit.EchoMode.Password
        mode = QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        word = tr("Hide") if hidden else tr("Show")
        self.eye.rename(f"{word} {self._label.lower()}", "eye-off" if hidden else "eye")
