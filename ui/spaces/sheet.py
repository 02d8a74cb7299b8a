"""The sheet that opens a space."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QCheckBox, QDateEdit, QGridLayout, QSpinBox, QVBoxLayout, QWidget

from protocol.ids import SpaceId
from ui.language import tr
from ui.spaces.create import NewSpacePresenter
from ui.spaces.state import NewSpaceState
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.field import Field, indent
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class NewSpaceSheet(Sheet):
    """Agreement, date, title, retention, verified members only."""

    wide = 560

    def __init__(
        self,
        parent: QWidget,
        presenter: NewSpacePresenter,
        tasks: TaskScope,
        on_made: Callable[[SpaceId], None],
    ) -> None:
        super().__init__(
            parent,
            tr("New space"),
            lead=tr(
                "One space for one joint investigation team. You will be its administrator; "
                "the store learns neither its title nor its agreement."
            ),
            action=tr("Open the space"),
        )
        self._presenter = presenter
        self._tasks = tasks
        self._on_made = on_made
        self.title_field = Field(tr("Title"), placeholder=tr("A name your team recognises"))
        self.agreement = Field(tr("Agreement reference"), placeholder="JIT 2026/118")
        self.signed_on = QDateEdit(QDate.currentDate())
        self.retention = QSpinBox()
        self.verified = QCheckBox(tr("Hand evidence to verified members only"))
        self._build()
        self.action.clicked.connect(lambda: tasks.start(self._create(), name="create-space"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.title_field.edit.setFocus()

    def _build(self) -> None:
        self.signed_on.setLocale(QLocale())
        self.signed_on.setDisplayFormat("d MMMM yyyy")
        self.signed_on.setAccessibleName(tr("Signed on"))
        self.signed_on.setMaximumDate(QDate.currentDate())
        self.retention.setRange(0, 3650)
        self.retention.setSuffix(" " + tr("days"))
        self.retention.setSpecialValueText(tr("Until the space is closed"))
        self.retention.setAccessibleName(tr("Keep copies on members' computers"))
        indent(self.signed_on)
        indent(self.retention)
        pair = QGridLayout()
        pair.setHorizontalSpacing(tokens.S4)
        pair.addWidget(self.agreement, 0, 0)
        pair.addLayout(_labelled(tr("Signed on"), self.signed_on), 0, 1)
        pair.setAlignment(self.agreement, Qt.AlignmentFlag.AlignTop)
        pair.setColumnStretch(0, 3)
        pair.setColumnStretch(1, 2)
        self.body.addWidget(self.title_field)
        self.body.addLayout(pair)
        keep = _labelled(tr("Keep copies on members' computers"), self.retention)
        keep.addWidget(
            Text(
                tr("After that many days every member's copies are wiped, even offline."), "caption"
            )
        )
        self.body.addLayout(keep)
        self.body.addWidget(self.verified)

    def render_state(self, state: NewSpaceState) -> None:
        """Show problems and progress."""
        self.title_field.complain(state.title_problem)
        self.agreement.complain(state.agreement_problem)
        self.notice.show_card(state.problem)
        self.action.setEnabled(not state.busy)
        self.busy.setText(tr("Signing and opening…") if state.busy else "")

    async def _create(self) -> None:
        made = await self._presenter.create(
            self.agreement.text(),
            self.signed_on.date().toString("yyyy-MM-dd"),
            self.title_field.text(),
            self.retention.value(),
            self.verified.isChecked(),
        )
        if made is not None:
            self._on_made(made)
            self.accept()


def _labelled(label: str, widget: QWidget) -> QVBoxLayout:
    caption = Text(label, "label")
    caption.setBuddy(widget)
    column = QVBoxLayout()
    column.setSpacing(tokens.S1 + 2)
    column.addWidget(caption)
    column.addWidget(widget)
    column.addStretch(1)
    return column
