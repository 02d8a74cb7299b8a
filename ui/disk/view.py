"""The notice above everything while the disk takes no writing."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.binding import choose_folder
from ui.disk.presenter import DiskPresenter
from ui.disk.state import DiskState
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.notice import Notice
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text


class DiskNotice(QWidget):
    """Says what can be read and what not, looks again, and offers a copy elsewhere."""

    def __init__(self, presenter: DiskPresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter, self._tasks = presenter, tasks
        self._said = ""
        self.notice = Notice(retry=tr("Try again"), closable=False)
        self.notice.retry.connect(presenter.again)
        self.copy = Button(tr("Save a copy elsewhere…"), icon="archive")
        self.copy.clicked.connect(self._ask)
        self.stop = Button(tr("Stop"), "quiet")
        self.stop.clicked.connect(presenter.stop)
        self.says = Text("", "caption", wrap=True, selectable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        column.setSpacing(tokens.S2)
        column.addWidget(self.notice)
        column.addLayout(row(self.copy, self.stop, None))
        column.addWidget(self.says)
        presenter.attach(self.render_state)
        self.destroyed.connect(presenter.detach)

    def render_state(self, state: DiskState) -> None:
        """Show how it stands."""
        self.notice.show_card(state.card)
        busy = state.copying is not None
        self.copy.setEnabled(not busy)
        reveal(self.stop, busy)
        said = tr("Copying: {percent} %", percent=state.copying) if busy else state.said
        self.says.setText(said)
        reveal(self.says, bool(said))
        reveal(self, state.card is not None or busy)
        if state.said and state.said != self._said:
            tell(self, state.said)
        self._said = state.said

    def _ask(self) -> None:
        self._tasks.start(self._choose(), name="disk-copy-folder")

    async def _choose(self) -> None:
        folder = await choose_folder(self, tr("Choose a folder on another disk"))
        if folder is not None:
            self._presenter.save_copy(folder)
