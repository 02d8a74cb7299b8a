"""Every window of a training says that it is one, whoever opens it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from ui.language import tr
from ui.training.presenter import TrainingPresenter
from ui.training.view import Band, TrainingView, said
from ui.training.words import groups

_COMPARES = ("VerifySheet", "MeetingSheet")
_LOG = "LogView"


class Marking(QObject):
    """Puts the band over sheets and further windows, and sees when the log is on the screen.

    It watches what is opened, so that no screen has to know of trainings.

    Args:
        first: the first window; with it the training ends.
    """

    def __init__(self, first: QMainWindow, presenter: TrainingPresenter) -> None:
        super().__init__(first)
        self._presenter = presenter
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)  # until `first`, whose child this is, is gone

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before a window is shown for the first time."""
        kind = event.type()
        if kind == QEvent.Type.Polish and isinstance(watched, QWidget) and watched.isWindow():
            self._mark(watched)
        elif kind == QEvent.Type.Show and type(watched).__name__ == _LOG:
            self._presenter.saw_log()
        return False

    def _mark(self, window: QWidget) -> None:
        layout = window.layout()
        if isinstance(window, QMainWindow):
            if window.menuWidget() is None:
                window.setMenuWidget(Band(said))
        elif window.parentWidget() is not None and isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, Band(partial(self._words, window)))
        else:
            return
        window.setWindowTitle(tr("{title} (training)", title=window.windowTitle()))

    def _words(self, window: QWidget) -> str:
        if type(window).__name__ not in _COMPARES:
            return said()
        reads = self._presenter.state.ready.reads
        heard = [
            tr("{name} reads out: {digits}", name=one.name, digits=groups(one.digits))
            for one in reads
        ]
        return "\n".join([said(), *heard])


def dress(window: QMainWindow, presenter: TrainingPresenter) -> TrainingView:
    """Put the band with the tasks over the first window."""
    view = TrainingView(presenter)
    window.setMenuWidget(view)
    window.setWindowTitle(tr("{title} (training)", title=window.windowTitle()))
    return view
