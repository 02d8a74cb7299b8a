"""The sheet that opens earlier messages to a member."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from ui.language import tr
from ui.people.share import SharePresenter
from ui.people.state import ShareState
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.confirm import confirm
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class ShareSheet(Sheet):
    """From where on; then asked once more."""

    wide = 620

    def __init__(
        self, parent: QWidget, presenter: SharePresenter, tasks: TaskScope, name: str
    ) -> None:
        super().__init__(
            parent,
            tr("Share earlier messages with {name}", name=name),
            lead=tr(
                "{name} reads what is sent since the day of being added, and nothing earlier "
                "unless an administrator opens it.",
                name=name,
            ),
            action=tr("Share…"),
        )
        self._presenter = presenter
        self._name = name
        self.since = QComboBox()
        self.since.setAccessibleName(tr("Beginning with"))
        self.since.activated.connect(lambda at: presenter.choose(self.since.itemData(at)))
        label = Text(tr("Beginning with"), "label")
        label.setBuddy(self.since)
        self.body.addWidget(label)
        self.body.addWidget(self.since)
        for effect in (
            tr("This computer sends the messages it has; exhibits are not shared again."),
            tr(
                "{name} sees them as shared by you: it is your word that they are whole.", name=name
            ),
            tr("Every member sees in the conversation and in the log that you did it."),
        ):
            line = row(Glyph("info", 18), Text(effect, "body", wrap=True), spacing=tokens.S3)
            line.setStretch(1, 1)
            self.body.addLayout(line)
        self.body.addStretch(1)
        self.action.clicked.connect(lambda: tasks.start(self._share(), name="share"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()
        self.since.setFocus()

    def render_state(self, state: ShareState) -> None:
        """Show what can be chosen."""
        if self.since.count() != len(state.points):
            self.since.clear()
            for one in state.points:
                self.since.addItem(one.text, one.seq)
        self.since.setCurrentIndex(self.since.findData(state.since))
        self.notice.show_card(state.problem)
        self.action.setEnabled(bool(state.points) and not state.busy)
        self.busy.setText(tr("Signing…") if state.busy else tr("Reading…") if state.loading else "")

    async def _share(self) -> None:
        sure = await confirm(
            self,
            tr("Open the past to {name}?", name=self._name),
            (self._presenter.chosen, tr("What was read cannot be taken back.")),
            action=tr("Share"),
        )
        if sure and await self._presenter.share():
            self.accept()
