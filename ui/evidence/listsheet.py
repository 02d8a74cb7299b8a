"""The sheet before a hand-over list is written: its number, what for, on which legal basis."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.evidence.listasking import MAX_CHARS, ListPresenter, ListState
from ui.language import tr, trn
from ui.widgets.field import Field
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class ListSheet(Sheet):
    """All of it may stay empty; what is empty is a line to write on by hand."""

    def __init__(self, parent: QWidget, presenter: ListPresenter) -> None:
        count = presenter.state.count
        super().__init__(
            parent,
            tr("Hand-over list"),
            lead=trn(
                "{count} exhibit stands on it: what the list shows and was handed over. What you "
                "leave empty is a line to write on by hand.",
                "{count} exhibits stand on it: what the list shows and was handed over. What you "
                "leave empty is a line to write on by hand.",
                count,
            ),
            action=tr("Choose where to…"),
        )
        self._make_fields(presenter)
        self.none = Text(tr("Nothing that is shown was handed over."), "danger", wrap=True)
        self.body.addWidget(self.none)
        self.body.addStretch(1)
        self.action.clicked.connect(self.accept)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.purpose.edit.setFocus()

    def _make_fields(self, presenter: ListPresenter) -> None:
        about = presenter.state.about
        self.number = Field(tr("List number"))
        self.purpose = Field(tr("Purpose"), placeholder=tr("What the exhibits are handed over for"))
        self.basis = Field(
            tr("Legal basis"),
            hint=tr(
                "An article of the JIT agreement, material from before it, or the consent of a "
                "third state."
            ),
        )
        for field, text in (
            (self.number, about.number),
            (self.purpose, about.purpose),
            (self.basis, about.basis),
        ):
            field.edit.setMaxLength(MAX_CHARS)
            field.edit.setText(text)
            self.body.addWidget(field)
        self.number.edit.textChanged.connect(presenter.number)
        self.purpose.edit.textChanged.connect(presenter.purpose)
        self.basis.edit.textChanged.connect(presenter.basis)

    def render_state(self, state: ListState) -> None:
        """Show whether there is anything to write."""
        reveal(self.none, not state.can_write)
        self.action.setEnabled(state.can_write)
