"""The last window of a training: what of it was erased."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from jitclient.training.views import Erased
from ui import words
from ui.language import tr, trn
from ui.theme import fonts, tokens
from ui.widgets.brand import window_icon
from ui.widgets.button import Button
from ui.widgets.panel import Panel, row
from ui.widgets.reading import InOrder
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text


class FarewellWindow(InOrder, QDialog):
    """Stands alone; `ended` when it is closed, and `again` before that for another training."""

    ended = Signal()
    again = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(tr("The training is over"))
        self.setWindowIcon(window_icon())
        self.setFixedWidth(min(fonts.px(520), 1000))
        self.gone = Text(tr("Erasing what the training made…"), "body", wrap=True)
        self.left = Text("", "danger", wrap=True, selectable=True)
        self.elsewhere = Text(
            tr("Files that you saved elsewhere yourself stay where you put them."),
            "secondary",
            wrap=True,
        )
        self.repeat = Button(tr("Try again from the beginning"), "quiet", icon="refresh-cw")
        self.repeat.clicked.connect(self._repeat)
        self.close_it = Button(tr("Close"), "primary")
        self.close_it.clicked.connect(self.close)
        ground = Panel("window", margin=tokens.S6, spacing=tokens.S4)
        for one in (Text(tr("The training is over"), "title", wrap=True), self.gone, self.left):
            ground.column.addWidget(one)
        ground.column.addWidget(self.elsewhere)
        ground.column.addLayout(row(self.repeat, None, self.close_it))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ground)
        self._later: tuple[QWidget, ...] = (self.elsewhere, self.repeat, self.close_it)
        for later in (self.left, *self._later):
            reveal(later, False)

    def show_gone(self, gone: Erased | None) -> None:
        """Say what was erased; None: the other process did not say."""
        said = _erased(gone) if gone is not None else _unknown()
        self.gone.setText(said)
        left = gone.left if gone is not None else ()
        reveal(self.left, bool(left))
        if left:
            self.left.setText(tr("Still there: {paths}", paths=words.plain(", ".join(left))))
        for later in self._later:
            reveal(later, True)
        self.close_it.setFocus()
        self.adjustSize()
        tell(self, said)

    def _repeat(self) -> None:
        self.again.emit()
        self.close()

    def reject(self) -> None:
        """Escape closes it, once it has said what it has to say."""
        if self.close_it.isVisible():
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The program ends."""
        event.accept()
        self.ended.emit()


def _erased(gone: Erased) -> str:
    profiles = trn("{count} profile", "{count} profiles", gone.profiles)
    files = trn("{count} file", "{count} files", gone.files)
    return tr(
        "Erased: {profiles} with their keys, the store of the training and everything in it; "
        "{files}, {size}. Your own profiles were not touched.",
        profiles=profiles,
        files=files,
        size=words.size(gone.bytes),
    )


def _unknown() -> str:
    return tr(
        "It ended without saying what was erased. The next training erases what is left of it."
    )
