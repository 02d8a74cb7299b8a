"""A dialog of the house: title, body, buttons; opened, never executed."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ui.asking import ask_help
from ui.binding import bind
from ui.language import tr
from ui.theme import tokens
from ui.widgets.bounded import Bounded
from ui.widgets.button import Button
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reading import InOrder
from ui.widgets.reveal import reveal
from ui.widgets.screenroom import screen_room
from ui.widgets.text import Text

_DIRECT: Final = Qt.FindChildOption.FindDirectChildrenOnly
LOWEST: Final = 660  # the smallest window; no sheet is higher than the window it stands over


class Sheet(InOrder, QDialog):
    """Window-modal. Escape closes it; `shown` returns when it is closed.

    It is as high as what it holds, and no higher than its window: what does not fit scrolls.

    Args:
        action: words of the button that does it, empty for a sheet that only shows.
        kind: "primary" or "danger".
    """

    wide: ClassVar[int] = 520

    def __init__(
        self,
        parent: QWidget,
        title: str,
        *,
        lead: str = "",
        action: str = "",
        kind: str = "primary",
        cancel: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(self.wide)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = Panel("window", margin=tokens.S5, spacing=tokens.S4)
        top.column.addWidget(Text(title, "title", wrap=True))
        self.lead = Text(lead, "secondary", wrap=True)
        reveal(self.lead, bool(lead))
        top.column.addWidget(self.lead)
        self.body = QVBoxLayout()
        self.body.setSpacing(tokens.S4)
        top.column.addLayout(self.body, 1)
        self.notice = Notice(closable=False)
        top.column.addWidget(self.notice)
        self._middle = Bounded(top, self._room)
        outer.addWidget(self._middle, 1)
        self.notice.installEventFilter(self)
        self.cancel = Button(cancel or tr("Cancel") if action else tr("Close"))
        self.cancel.clicked.connect(self.reject)
        self.action = Button(action or tr("Done"), kind)
        reveal(self.action, bool(action))
        self.action.setDefault(bool(action) and kind == "primary")
        self.busy = Text("", "caption")
        self._foot = self._below()
        outer.addWidget(self._foot)

    def _widen(self) -> None:
        """Other languages have longer words: wide enough for what cannot be wrapped."""
        needed = max(self._middle.minimumSizeHint().width(), self._foot.minimumSizeHint().width())
        if needed > self.minimumWidth():
            self.setMinimumWidth(needed)

    def _below(self) -> Panel:
        self._middle.changed.connect(self._widen)
        bind(self, "help", ask_help)
        foot = Panel("footer", margin=tokens.S4)
        foot.column.setContentsMargins(tokens.S5, tokens.S3, tokens.S5, tokens.S3)
        foot.column.addLayout(row(self.busy, None, self.cancel, self.action, spacing=tokens.S3))
        return foot

    def follow(self) -> None:
        """Always be as high as what is shown: for a sheet with steps, of different heights."""
        fit = QTimer(self)
        fit.setSingleShot(True)
        fit.timeout.connect(lambda: self.resize(self.width(), self.sizeHint().height()))
        self._middle.changed.connect(fit.start)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A card that says what went wrong is never out of sight."""
        if watched is self.notice and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, lambda: self._middle.ensureWidgetVisible(self.notice))
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Grown with what it holds, it is still on the screen."""
        super().resizeEvent(event)
        if self.isVisible():
            QTimer.singleShot(0, self, self._in_sight)

    def _in_sight(self) -> None:
        screen, frame = screen_room(self), self.frameGeometry()
        lower = min(frame.top(), screen.bottom() - frame.height())
        wanted = max(screen.top(), lower)
        if wanted != frame.top():
            self.move(frame.left(), wanted)

    def _room(self) -> int:
        """Pixels for what stands above the foot."""
        root: QWidget = self
        while (above := root.parentWidget()) is not None:
            root = above.window()
        beside = [one for one in self.findChildren(QWidget, options=_DIRECT) if self._stands(one)]
        taken = sum(one.sizeHint().height() for one in beside)
        return max(root.height() if root is not self else 0, LOWEST) - taken

    def _stands(self, one: QWidget) -> bool:
        """Whether it has a place of its own above or below what scrolls: the foot, and a band."""
        layout = self.layout()
        return one is not self._middle and layout is not None and layout.indexOf(one) >= 0

    async def shown(self) -> bool:
        """Open, and wait until it is closed. True when it was accepted."""
        closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def settle(result: int) -> None:
            if not closed.done():
                closed.set_result(result)

        self.finished.connect(settle)
        self._widen()
        self.open()
        return await closed == QDialog.DialogCode.Accepted
