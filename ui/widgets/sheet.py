"""A dialog of the house: title, body, buttons; opened, never executed."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class Sheet(QDialog):
    """Window-modal. Escape closes it; `done_` resolves when it is closed.

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
        cancel: str = "Cancel",
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
        outer.addWidget(top, 1)
        foot = Panel("footer", margin=tokens.S4)
        foot.column.setContentsMargins(tokens.S5, tokens.S3, tokens.S5, tokens.S3)
        self.cancel = Button(cancel if action else "Close")
        self.cancel.clicked.connect(self.reject)
        self.action = Button(action or "Done", kind)
        reveal(self.action, bool(action))
        self.action.setDefault(bool(action) and kind == "primary")
        self.busy = Text("", "caption")
        foot.column.addLayout(row(self.busy, None, self.cancel, self.action, spacing=tokens.S3))
        outer.addWidget(foot)

    async def shown(self) -> bool:
        """Open, and wait until it is closed. True when it was accepted."""
        closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def settle(result: int) -> None:
            if not closed.done():
                closed.set_result(result)

        self.finished.connect(settle)
        self.open()
        return await closed == QDialog.DialogCode.Accepted
