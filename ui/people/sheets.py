"""The sheets of the people screen: add a member, compare safety numbers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from protocol.roles import Role
from ui.people.add import AddMemberPresenter
from ui.people.state import AddMemberState, Candidate
from ui.tasks import TaskScope
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.monogram import paint_monogram
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

Index = QModelIndex | QPersistentModelIndex


class AddMemberSheet(Sheet):
    """Directory on the left of the eye, role below."""

    wide = 560

    def __init__(
        self, parent: QWidget, presenter: AddMemberPresenter, tasks: TaskScope, title: str
    ) -> None:
        super().__init__(
            parent,
            "Add a member",
            lead=f"To “{title}”. The new member reads what is sent from now on, nothing earlier.",
            action="Add",
        )
        self._presenter = presenter
        self._rendering = False
        self.query = QLineEdit()
        self.query.setPlaceholderText("Search by name, authority or country")
        self.query.setAccessibleName("Search the directory")
        self.query.setClearButtonEnabled(True)
        self.query.textChanged.connect(presenter.filter)
        self.model = _Candidates()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_CandidatePainter(self.model, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setProperty("kind", "boxed")
        self.list.setAccessibleName("People")
        self.list.setMinimumHeight(240)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self._build()
        self.action.clicked.connect(lambda: tasks.start(self._add(), name="add-member"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()
        self.query.setFocus()

    def _build(self) -> None:
        self.nobody = Text("", "secondary", wrap=True)
        self.role = QComboBox()
        self.role.setAccessibleName("Role")
        self.role.setMinimumWidth(220)
        self.role.activated.connect(self._role)
        label = Text("Role", "label")
        label.setBuddy(self.role)
        self.note = Text("", "caption", wrap=True)
        self.body.addWidget(self.query)
        self.body.addWidget(self.nobody)
        self.body.addWidget(self.list, 1)
        across = row(label, self.role, None, spacing=tokens.S3)
        self.body.addLayout(across)
        self.body.addWidget(self.note)

    def render_state(self, state: AddMemberState) -> None:
        """Show candidates and the roles the chosen one may hold."""
        self._rendering = True
        self.model.show_candidates(state.candidates)
        at = state.candidates.index(state.chosen) if state.chosen in state.candidates else -1
        chosen = self.list.selectionModel()  # Tab makes a row current without selecting it.
        if at >= 0 and not chosen.isSelected(self.model.index(at)):
            chosen.setCurrentIndex(
                self.model.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self.nobody.setText(_nobody(state))
        reveal(self.nobody, bool(self.nobody.text()))
        self._roles(state)
        self.notice.show_card(state.problem)
        self.action.setEnabled(state.chosen is not None and not state.busy)
        self.busy.setText("Signing…" if state.busy else "")
        self._rendering = False

    def _roles(self, state: AddMemberState) -> None:
        roles = state.chosen.roles if state.chosen is not None else ()
        if [self.role.itemData(i) for i in range(self.role.count())] != [
            one.role.value for one in roles
        ]:
            self.role.clear()
            for one in roles:
                self.role.addItem(one.word, one.role.value)
        self.role.setEnabled(len(roles) > 1)
        if state.role is not None:
            self.role.setCurrentIndex(self.role.findData(state.role.value))
        chosen = state.chosen
        self.note.setText(
            f"The roles a representative of “{chosen.party}” may hold." if chosen else ""
        )

    def _picked(self, now: QModelIndex) -> None:
        if not self._rendering and now.isValid():
            self._presenter.choose(self.model.candidates[now.row()].user)

    def _role(self, at: int) -> None:
        self._presenter.give(Role(self.role.itemData(at)))

    async def _add(self) -> None:
        if await self._presenter.add():
            self.accept()


def _nobody(state: AddMemberState) -> str:
    if state.loading:
        return "Reading the directory…"
    if not state.total:
        return "Everybody in the directory is a member already."
    return "" if state.candidates else "Nobody has all these words."


class _Candidates(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.candidates: tuple[Candidate, ...] = ()

    def show_candidates(self, candidates: tuple[Candidate, ...]) -> None:
        if candidates != self.candidates:
            self.beginResetModel()
            self.candidates = candidates
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.candidates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.candidates[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{one.name}, {one.place}, {one.party}, {one.badge.word}"
        return None


class _CandidatePainter(QStyledItemDelegate):
    def __init__(self, model: _Candidates, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, fonts.px(56))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one = self._model.candidates[index.row()]
        p = palette()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(p.selection))
        tile = QRectF(box.left() + 12, box.center().y() - 17, 34, 34)
        paint_monogram(painter, tile, one.letters, one.user, circle=True)
        left = tile.right() + 12
        painter.setPen(QColor(p.text))
        painter.setFont(fonts.font(tokens.BODY, tokens.MEDIUM))
        painter.drawText(QRectF(left, box.top() + 8, box.width(), 20), one.name)
        painter.setPen(QColor(p.muted))
        painter.setFont(fonts.font(tokens.CAPTION))
        painter.drawText(
            QRectF(left, box.top() + 29, box.width(), 20), f"{one.place}  ·  {one.party}"
        )
        painter.setPen(QColor(p.tone(one.badge.tone)[0]))
        painter.drawText(
            box.adjusted(0, 0, -16, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            one.badge.word,
        )
        painter.restore()
