"""The sheet that designates the controller of what a member from outside hands over."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from protocol.ids import UserId
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
            "Designate a controller",
            lead=f"{name} comes from a third country or an international authority. Before one of "
            f"the administrators is designated controller of such data, {name} can hand over "
            "nothing.",
            action="Designate…",
        )
        self._presenter = presenter
        self._name = name
        self.who = QComboBox()
        self.who.setAccessibleName("Controller")
        for one in presenter.state.named:
            self.who.addItem(one.text, bytes(one.user))
        self.who.activated.connect(lambda at: presenter.choose(UserId(self.who.itemData(at))))
        self.reason = QLineEdit()
        self.reason.setAccessibleName("Decided by")
        self.reason.setPlaceholderText("The clause of the agreement, or a reference")
        self.reason.textChanged.connect(presenter.reason_changed)
        for text, field in (("Controller", self.who), ("Decided by", self.reason)):
            label = Text(text, "label")
            label.setBuddy(field)
            self.body.addWidget(label)
            self.body.addWidget(field)
        for effect in (
            "The software records the decision; whether the agreement allows it, it does not know.",
            "It ends when the controller leaves or administers no more, or when you name another.",
            "Every member sees whom you designated and why. The store sees whom, not why.",
        ):
            line = row(Glyph("info", 18), Text(effect, "body", wrap=True), spacing=tokens.S3)
            line.setStretch(1, 1)
            self.body.addLayout(line)
        self.body.addStretch(1)
        self.action.clicked.connect(lambda: tasks.start(self._sure(), name="designate"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.reason.setFocus()

    def render_state(self, state: DesignateState) -> None:
        """Show whether it can be signed."""
        self.notice.show_card(state.problem)
        self.action.setEnabled(state.ready)
        self.busy.setText("Signing…" if state.busy else "")

    async def _sure(self) -> None:
        sure = await confirm(
            self,
            f"Let {self._name} hand over evidence?",
            (
                f"Controller of it: {self._presenter.chosen}.",
                f"Decided by: {self._presenter.state.reason.strip()}.",
                "What members receive from then on cannot be taken back.",
            ),
            action="Designate",
            kind="primary",
        )
        if sure and await self._presenter.designate():
            self.accept()
