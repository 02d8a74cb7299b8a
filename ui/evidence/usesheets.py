"""The sheets before an exhibit is used: what a copy is for, and what was permitted."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from jitclient.factviews import HANDLING
from jitclient.views import Purpose
from ui.evidence.uses import ExportPresenter, PermissionPresenter
from ui.evidence.usestate import ExportState, PermissionState
from ui.language import tr
from ui.tasks import TaskScope
from ui.widgets.field import Field
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

PURPOSES = {
    Purpose.WORK: "Working on the case",
    Purpose.COURT: "Judicial proceedings",
}


class ExportSheet(Sheet):
    """Asked before every copy; the answer is on record with it."""

    def __init__(self, parent: QWidget, presenter: ExportPresenter) -> None:
        super().__init__(
            parent,
            tr("Save a copy of each") if presenter.state.several else tr("Save a copy"),
            lead=_lead(presenter.state),
            action=tr("Choose where to…"),
        )
        self.purpose = QComboBox()
        self.purpose.setAccessibleName(tr("What for"))
        for one, text in PURPOSES.items():
            self.purpose.addItem(tr(text), one)
        self.purpose.activated.connect(lambda at: presenter.choose(self.purpose.itemData(at)))
        label = Text(tr("What for"), "label")
        label.setBuddy(self.purpose)
        self.forbidden = Text("", "danger", wrap=True)
        self.body.addWidget(label)
        self.body.addWidget(self.purpose)
        self.body.addWidget(self.forbidden)
        self.body.addStretch(1)
        self.action.clicked.connect(self.accept)
        self.follow()
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.purpose.setFocus()

    def render_state(self, state: ExportState) -> None:
        """Show what is chosen and whether it may be."""
        self.purpose.setCurrentIndex(self.purpose.findData(state.purpose))
        self.forbidden.setText(state.forbidden)
        reveal(self.forbidden, bool(state.forbidden))
        self.action.setEnabled(state.can_go_on)


def _lead(state: ExportState) -> str:
    if state.several:
        return tr(
            "Copies of {exhibits} leave this program and are readable for whoever has them. What "
            "is stated of each goes with it on a sheet of its own. Everybody concerned is told "
            "by signed receipts.",
            exhibits=state.name,
        )
    return tr(
        "{name} leaves this program and is readable for whoever has the copy. What is "
        "stated of it goes with it on a sheet of its own. Everybody concerned is told "
        "by a signed receipt.",
        name=state.name,
    )


class PermissionSheet(Sheet):
    """Who permitted it, and where that is written."""

    def __init__(self, parent: QWidget, presenter: PermissionPresenter, tasks: TaskScope) -> None:
        state = presenter.state
        super().__init__(
            parent,
            tr("Record a permission for {name}", name=state.name),
            lead=tr(
                "Only the permission of {originator}, who handed it over, lifts a handling "
                "code. What you record here is your word that it was given; it stays in the log "
                "of this computer and cannot be taken back.",
                originator=state.originator,
            ),
            action=tr("Record the permission"),
        )
        self._presenter = presenter
        self.code = QComboBox()
        self.code.setAccessibleName(tr("Handling code"))
        for one in state.codes:
            self.code.addItem(f"{one}: {tr(HANDLING[one])}", one)
        self.code.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.code.activated.connect(lambda at: presenter.choose(str(self.code.itemData(at))))
        label = Text(tr("Handling code"), "label")
        label.setBuddy(self.code)
        self.given_by = Field(tr("Who gave it"))
        self.given_by.edit.setText(state.given_by)
        self.given_by.edit.textChanged.connect(lambda text: presenter.type(given_by=text))
        self.reference = Field(
            tr("Where it is written"), placeholder=tr("Letter, e-mail or record; date")
        )
        self.reference.edit.setText(state.reference)
        self.reference.edit.textChanged.connect(lambda text: presenter.type(reference=text))
        for part in (label, self.code, self.given_by, self.reference):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.action.clicked.connect(lambda: tasks.start(self._record(), name="permission"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.reference.edit.setFocus()

    def render_state(self, state: PermissionState) -> None:
        """Show what is chosen."""
        self.code.setCurrentIndex(self.code.findData(state.code))
        self.notice.show_card(state.problem)
        self.action.setEnabled(state.can_record)
        self.busy.setText(tr("Recording…") if state.busy else "")

    async def _record(self) -> None:
        if await self._presenter.record():
            self.accept()
