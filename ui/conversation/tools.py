"""Reply, change and copy beside the message under the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.conversation.rowviews import MessageView
from ui.language import tr
from ui.theme import tokens
from ui.widgets.button import IconButton
from ui.widgets.reveal import reveal


class Tools(QFrame):
    """For the mouse; the keyboard has R, E and Ctrl+C. `over`: the message it stands beside."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.over: MessageView | None = None
        self.setProperty("panel", "card")
        self.reply = IconButton("message-square", tr("Reply"), size=tokens.ICON_SMALL)
        self.edit = IconButton("pencil", tr("Change"), size=tokens.ICON_SMALL)
        self.copy = IconButton("copy", tr("Copy the text"), size=tokens.ICON_SMALL)
        across = QHBoxLayout(self)
        across.setContentsMargins(2, 2, 2, 2)
        across.setSpacing(0)
        for one in (self.reply, self.edit, self.copy):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            across.addWidget(one)
        self.adjustSize()
        self.hide()

    def wire(self, *acts: Callable[[MessageView], None]) -> None:
        """What each button does to the message it stands beside, from left to right."""
        for button, act in zip((self.reply, self.edit, self.copy), acts, strict=True):
            button.clicked.connect(partial(self._act, act))

    def _act(self, act: Callable[[MessageView], None], _checked: bool = False) -> None:
        if self.over is not None:
            act(self.over)

    def beside(self, view: MessageView, inside: QWidget) -> None:
        """Stand beside a message of the column `inside`."""
        self.over = view
        mine = view.item.mine
        reveal(self.edit, mine and bool(view.item.text))
        self.adjustSize()
        corner = view.bubble.mapTo(inside, QPoint(0, 0))
        wide = self.sizeHint().width()
        x = corner.x() - wide - 6 if mine else corner.x() + view.bubble.width() + 6
        self.move(max(4, min(x, inside.width() - wide - 4)), corner.y() + 2)
        self.raise_()
        self.show()

    def away(self, _value: int = 0) -> None:
        """The mouse is over no message."""
        self.over = None
        self.hide()
