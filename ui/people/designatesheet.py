"""The sheet that designates the controller of what a member from outside hands over."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from protocol.ids import UserId
from ui.language import tr
from ui.people.designate import DesignatePresenter
from ui.people.state import DesignateState
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.confirm import confirm
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class DesignateSheet(Sheet):
    """Who, and why; then asked once more."""

    wide = 620

    def __init__(
        self, parent: QWidget, presenter: DesignatePresenter, tasks: TaskScope, name: str
    ) -> None:
        super().__init__(
            parent,
            tr("Designate a controller"),
            lead=tr(
                "{name} comes from a third country or an international authority. Before one of "
                "the administrators is designated controller of such data, {name} can hand over "
                "nothing.",
                name=name,
            ),
            action=tr("Designate…"),
        )
        self._presenter = presenter
        self._name = name
        self.who = QComboBox()
        self.who.setAccessibleName(tr("Controller"))
        for one in presenter.state.named:
            self.who.addItem(one.text, bytes(one.user))
        self.who.activated.connect(lambda at: presenter.choose(UserId(self.who.itemData(at))))
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Decided by"))
        self.reason.setPlaceholderText(tr("The clause of the agreement, or a reference"))
        self.reason.setText(presenter.state.reason)
        self.reason.textChanged.connect(presenter.reason_changed)
        for text, field in ((tr("Controller"), self.who), (tr("Decided by"), self.reason)):
            label = Text(text, "label")
            label.setBuddy(field)
            self.body.addWidget(label)
            self.body.addWidget(field)
        self._effects()
        self.body.addStretch(1)
        self.action.clicked.connect(lambda: tasks.start(self._sure(), name="designate"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.reason.setFocus()

    def _effects(self) -> None:
        for effect in (
            tr(
                "The software records the decision; whether the agreement allows it, it does "
                "not know."
            ),
            tr(
                "It ends when the controller leaves or administers no more, or when you name "
                "another."
            ),
            tr("Every member sees whom you designated and why. The store sees whom, not why."),
        ):
            line = row(Glyph("info", 18), Text(effect, "body", wrap=True), spacing=tokens.S3)
            line.setStretch(1, 1)
            self.body.addLayout(line)

    def render_state(self, state: DesignateState) -> None:
        """Show whether it can be signed."""
        self.notice.show_card(state.problem)
        self.action.setEnabled(state.ready)
        self.busy.setText(tr("Signing…") if state.busy else "")

    async def _sure(self) -> None:
        sure = await confirm(
            self,
            tr("Let {name} hand over evidence?", name=self._name),
            (
                tr("Controller of it: {chosen}.", chosen=self._presenter.chosen),
                tr("Decided by: {reason}.", reason=self._presenter.state.reason.strip()),
                tr("What members receive from then on cannot be taken back."),
            ),
            action=tr("Designate"),
            kind="primary",
        )
        if sure and await self._presenter.designate():
            self.accept()
