"""The sheet on which the facts of exhibits are stated, group by group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from jitclient.factviews import STARRED
from protocol.facts import FIELDS, Field, Form, Group
from ui.evidence.facts import FactsPresenter
from ui.evidence.state import FactsState
from ui.evidence.stated import said
from ui.language import told, tr
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_LINES = 64  # pixels of a field for several lines


class FactsSheet(Sheet):
    """Two columns of fields under each heading. Nothing is stated that is left empty."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: FactsPresenter) -> None:
        super().__init__(
            parent,
            tr("What it is: {whose}", whose=presenter.state.whose),
            lead=tr(
                "Stated in the signed manifest, for the persons who receive it. The store never "
                "sees it. What is left empty is not stated; what is marked * must be, of every "
                "file."
            ),
            action=tr("Keep"),
        )
        self._presenter = presenter
        self._fields: dict[str, FactField] = {}
        self._make_templates(presenter)
        for group in Group:
            self.body.addWidget(Text(tr(group.value), "overline"))
            self.body.addLayout(self._group(group, presenter))
        self.problem = Text("", "danger", wrap=True)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self.action.clicked.connect(self.accept)
        presenter.attach(self.render_state)
        presenter.load()
        self.finished.connect(presenter.detach)
        next(iter(self._fields.values())).edit.setFocus()

    def _make_templates(self, presenter: FactsPresenter) -> None:
        """Choose a template, forget it, or keep what was typed as one."""
        self.template = QComboBox()
        self.template.setAccessibleName(tr("Template"))
        self.template.setMinimumWidth(180)
        self.template.activated.connect(
            lambda at: presenter.use(str(self.template.itemData(at) or ""))
        )
        self.remove = Button(tr("Remove"), "quiet")
        self.remove.clicked.connect(presenter.remove)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Name of a template"))
        self.name.setAccessibleName(tr("Name of a template"))
        self.keep = Button(tr("Keep as template"))
        self.keep.clicked.connect(lambda: presenter.keep(self.name.text()))
        self.said = Text("", "caption", wrap=True)
        across = row(self.template, self.remove, None, self.name, self.keep)
        across.setStretch(2, 1)
        self.body.addLayout(across)
        self.body.addWidget(self.said)

    def _show_templates(self, state: FactsState) -> None:
        names = [self.template.itemData(at) for at in range(1, self.template.count())]
        if names != list(state.templates) or not self.template.count():
            self.template.clear()
            self.template.addItem(
                tr("No template") if state.templates else tr("No templates yet"), ""
            )
            for name in state.templates:
                self.template.addItem(name, name)
        self.template.setCurrentIndex(max(0, self.template.findData(state.chosen)))
        self.template.setEnabled(bool(state.templates))
        reveal(self.remove, bool(state.chosen))
        self.keep.setEnabled(bool(state.values) and state.can_keep)
        self.said.setText(state.said)
        reveal(self.said, bool(state.said))
        self.notice.show_card(state.problem)

    def _group(self, group: Group, presenter: FactsPresenter) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S4)
        grid.setVerticalSpacing(tokens.S3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        at = 0
        typed = (one for one in FIELDS if one.group is group and one.form is not Form.PATH)
        for field in typed:
            made = FactField(field, partial(presenter.type, field.name))
            self._fields[field.name] = made
            wide = field.form is Form.LINES
            at += at % 2 if wide else 0
            span = 2 if wide else 1
            grid.addWidget(made, at // 2, at % 2, 1, span, Qt.AlignmentFlag.AlignTop)
            at += span
        return grid

    def render_state(self, state: FactsState) -> None:
        """Show values and what is wrong with them."""
        self._show_templates(state)
        values, problems = dict(state.values), dict(state.problems)
        for name, field in self._fields.items():
            field.show_text(values.get(name, ""))
            field.complain(problems.get(name, ""))
        self.problem.setText(state.contradiction)
        reveal(self.problem, bool(state.contradiction))
        self.action.setEnabled(state.can_keep)


class FactField(QWidget):
    """A label above a line, a choice or a text, with room below for what is wrong."""

    def __init__(
        self, field: Field, typed: Callable[[str], None], starred: tuple[str, ...] = STARRED
    ) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.edit = _edit(field, typed)
        name = tr(field.label)
        self.edit.setAccessibleName(name)
        needed = field.name in starred
        label = Text(f"{name} *" if needed else name, "label")
        label.setBuddy(self.edit)
        self.below = Text("", "danger", wrap=True)
        reveal(self.below, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S1 + 2)
        column.addWidget(label)
        column.addWidget(self.edit)
        column.addWidget(self.below)

    def show_text(self, text: str) -> None:
        """Show a value; what is being typed is left alone."""
        match self.edit:
            case QComboBox() as box:
                box.setCurrentIndex(max(0, box.findData(text)))
            case QPlainTextEdit() as lines:
                if lines.toPlainText() != text:
                    lines.setPlainText(text)
            case QLineEdit() as line:
                if line.text() != text:
                    line.setText(text)

    def complain(self, problem: str) -> None:
        """Say what is wrong, or with an empty text that nothing is."""
        self.below.setText(problem)
        reveal(self.below, bool(problem))
        self.edit.setAccessibleDescription(problem)


def _edit(field: Field, typed: Callable[[str], None]) -> QComboBox | QPlainTextEdit | QLineEdit:
    if field.form is Form.CHOICE:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)  # The longest choice is not to widen the sheet.
        box.addItem(tr("Not stated"), "")
        for choice in field.choices:
            box.addItem(said(field.name, choice), choice)
        box.activated.connect(lambda at: typed(str(box.itemData(at))))
        return box
    if field.form is Form.LINES:
        lines = QPlainTextEdit()
        lines.setTabChangesFocus(True)
        lines.setFixedHeight(_LINES)
        lines.textChanged.connect(lambda: typed(lines.toPlainText()))
        return lines
    line = QLineEdit()
    line.setPlaceholderText(placeholder(field))
    line.textChanged.connect(typed)
    return line


def placeholder(field: Field) -> str:
    """How a value is written, where that is not free."""
    match field.form:
        case Form.MOMENT:
            return "2026-11-02T14:05+01:00, or 2026-11-02"
        case Form.DAY:
            return "2026-11-02"
        case _:
            return told(field.example)
