"""A line for a number or a code: typed, pasted as text, or given as a picture of the code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtGui import QKeySequence as Keys
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui import scanning
from ui.binding import accept_files, choose_files, dropped_files
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import row


class Reads(Protocol):
    """What the field needs of a presenter."""

    def typed(self, text: str) -> None: ...
    def compare(self) -> None: ...
    def picture(self, read: Callable[[], Awaitable[str]]) -> None: ...


class _Edit(QLineEdit):
    image = Signal(QImage)
    files = Signal(list)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste takes the picture in the clipboard, if there is one and no text."""
        if event.matches(Keys.StandardKey.Paste):
            board = QGuiApplication.clipboard()
            if not board.text() and not (image := board.image()).isNull():
                self.image.emit(image)
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file is welcome; anything else goes the way of a line of text."""
        if event.mimeData().hasUrls():
            accept_files(event)
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped file is a picture; its name is never typed into the line."""
        if event.mimeData().hasUrls():
            self.files.emit(list(dropped_files(event)))
        else:
            super().dropEvent(event)


class CodeField(QWidget):
    """Line, "Compare", and "Picture…" beside it."""

    def __init__(self, label: str, hint: str, presenter: Reads, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self.edit = _Edit()
        self.field = Field(
            label, placeholder=tr("60 digits, or jit-verify:…"), hint=hint, edit=self.edit
        )
        self.check = Button(tr("Compare"))
        self.check.clicked.connect(presenter.compare)
        self.choose = Button(tr("Picture…"), icon="image", hint=tr("Choose a picture of the code"))
        self.choose.setAccessibleName(tr("Choose a picture of the code"))
        self.choose.clicked.connect(lambda: tasks.start(self._choose(), name="code-picture"))
        self.edit.textChanged.connect(presenter.typed)
        self.edit.returnPressed.connect(presenter.compare)
        self.edit.image.connect(self._image)
        self.edit.files.connect(self.take)
        side = QVBoxLayout()
        side.addSpacing(22)  # the height of the label, so that the buttons stand beside the line
        side.addLayout(row(self.check, self.choose))
        side.addStretch(1)
        line = row(self.field, spacing=tokens.S3)
        line.setStretch(0, 1)
        line.setAlignment(self.field, Qt.AlignmentFlag.AlignTop)
        line.addLayout(side)
        self.setLayout(line)

    def clear(self) -> None:
        """Empty the line without asking anything."""
        if self.edit.text():
            self.edit.blockSignals(True)
            self.edit.clear()
            self.edit.blockSignals(False)

    def take(self, files: list[Path]) -> None:
        """Read the first of some dropped files."""
        if files:
            self._presenter.picture(partial(scanning.read_file, files[0]))

    def _image(self, image: QImage) -> None:
        self._presenter.picture(partial(scanning.read_image, image))

    async def _choose(self) -> None:
        self.take(list(await choose_files(self.window(), tr("A picture of the code"))))
