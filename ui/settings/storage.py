"""The page of storage: the folder, and what each space takes of it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import tr
from ui.ports import DeskPort
from ui.settings.parts import Part, opens
from ui.settings.presenter import StoragePresenter
from ui.settings.state import StorageState, Taken
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.notice import Notice
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class StoragePage(QWidget):
    """Reads when it is made, and when asked again."""

    def __init__(self, desk: DeskPort, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter = StoragePresenter(desk, tasks)
        self.notice = Notice(retry=tr("Try again"), closable=False)
        self.notice.retry.connect(self._presenter.load)
        self.reading = Text(tr("Looking at the folder…"), "caption")
        self.folder = Text("", "mono", wrap=True, selectable=True)
        self.sum = Text("", "body", wrap=True)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(tokens.S2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S4)
        column.addWidget(
            Part(
                tr("Kept on this computer"),
                tr(
                    "Everything is encrypted. What a space keeps here goes when it is closed. "
                    "Your own exhibits stay where they are, as the files they were."
                ),
                self.folder,
            )
        )
        for one in (self.notice, self.reading, self.sum):
            column.addWidget(one)
        column.addLayout(self.lines)
        column.addLayout(row(opens(tr("Look again"), self._presenter.load), None))
        column.addStretch(1)
        self._presenter.attach(self.render_state)
        self.destroyed.connect(self._presenter.detach)
        self._presenter.load()

    def render_state(self, state: StorageState) -> None:
        """Show what was found."""
        reveal(self.reading, state.loading)
        self.notice.show_card(state.problem)
        self.folder.setText(state.folder)
        reveal(self.sum, bool(state.total))
        self.sum.setText(
            tr("{total} in all, {free} free on the disk", total=state.total, free=state.free)
        )
        clear(self.lines)
        for one in state.rows:
            self.lines.addWidget(_Line(one))


class _Line(QWidget):
    def __init__(self, taken: Taken) -> None:
        super().__init__()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Elided(taken.title, "body"))
        names.addWidget(Elided(taken.below, "caption"))
        across = row(spacing=tokens.S4)
        across.addLayout(names, 1)
        across.addWidget(Text(taken.size, "body"))
        self.setLayout(across)
