"""Reply and copy beside the message under the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.language import tr
from ui.theme import tokens
from ui.widgets.button import IconButton


class Tools(QFrame):
    """Reply and copy, for the mouse; the keyboard has R and Ctrl+C."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.reply = IconButton("message-square", tr("Reply"), size=tokens.ICON_SMALL)
        self.copy = IconButton("copy", tr("Copy the text"), size=tokens.ICON_SMALL)
        across = QHBoxLayout(self)
        across.setContentsMargins(2, 2, 2, 2)
        across.setSpacing(0)
        for one in (self.reply, self.copy):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            across.addWidget(one)
        self.adjustSize()
        self.hide()
