"""The sheet that writes the log: how many entries, how far it is, and Stop."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui import binding
from ui.custody.logsaving import LogSaving, SavingState
from ui.language import tr, trn
from ui.tasks import TaskScope
from ui.widgets.bar import Bar
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class LogSheet(Sheet):
    """Closes by itself when the file stands; closing it before stops the writing."""

    def __init__(self, parent: QWidget, presenter: LogSaving, tasks: TaskScope) -> None:
        super().__init__(
            parent,
            tr("Save the log as PDF"),
            lead=trn(
                "{count} entry stands on it: what the log shows. Filter the log first for fewer.",
                "{count} entries stand on it: what the log shows. Filter the log first for fewer.",
                presenter.state.count,
            ),
            action=tr("Choose where to…"),
            cancel=tr("Close"),
        )
        self._presenter, self._tasks = presenter, tasks
        self.bar = Bar(tr("How much is written"))
        self.progress = Text("", "caption")
        self.body.addWidget(self.bar)
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        self.follow()
        self.action.clicked.connect(self._act)
        self.finished.connect(presenter.stop)
        self.finished.connect(presenter.detach)
        presenter.attach(self.render_state)

    def _act(self) -> None:
        if self._presenter.state.running:
            self._presenter.stop()
        else:
            self._tasks.start(self._choose(), name="log-target")

    async def _choose(self) -> None:
        path = await binding.choose_target(self, tr("Save the log as PDF"), "log.pdf")
        if path is not None:
            self._presenter.save(path)

    def render_state(self, state: SavingState) -> None:
        """Show how far it is."""
        reveal(self.bar, state.running)
        self.bar.show_percent(state.percent)
        reveal(self.progress, bool(state.progress))
        self.progress.setText(state.progress)
        self.notice.show_card(state.problem)
        self.action.setText(tr("Stop") if state.running else tr("Choose where to…"))
        if state.name:
            self.accept()
