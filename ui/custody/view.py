"""The custody log of a space."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui import words
from ui.custody.filterbar import FilterBar
from ui.custody.lines import LogLine
from ui.custody.presenter import LogPresenter
from ui.custody.state import LogState
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.button import Button, IconButton
from ui.widgets.columns import said, widen, widths
from ui.widgets.elided import Elided
from ui.widgets.empty import Empty
from ui.widgets.glyph import Glyph
from ui.widgets.hover import hover
from ui.widgets.lines import RowHeight
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.saying import clearable
from ui.widgets.skeleton import Skeleton
from ui.widgets.toprow import TopRow

Index = QModelIndex | QPersistentModelIndex
_COLUMNS: Final = ("Entry", "Time", "Who", "What", "Object", "Detail", "Hash")
_PLACE: Final = "log-place"
_WIDTHS: Final = (72, 160, 150, 170, 170, 220, 180)


class LogView(QWidget):
    """Everything of the fourth tab."""

    check = Signal()
    paper = Signal()

    def __init__(self, presenter: LogPresenter) -> None:
        super().__init__()
        self._left, self._state = presenter.left, presenter.state
        self._fresh = True  # of this space nothing was shown yet
        self._make_buttons()
        self._make_filters(presenter)
        self.model = _Model()
        self.table = _table(self.model)
        self.top = TopRow(self.table, self._key_of, self._row_of)
        self.chain = Elided("", "dense")
        self.breach = Notice(closable=False)
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.stack = QStackedWidget()
        nothing = tr("Every act with this space is recorded here.")
        for page in (
            Skeleton(tr("Reading the log…")),
            Empty("history", tr("No entries yet"), nothing),
            self.table,
            self.none,
        ):
            self.stack.addWidget(page)
        ground = Panel("surface")
        ground.column.addLayout(self._head())
        for part in (self.filters, self.breach, self.notice):
            ground.column.addWidget(part)
        ground.column.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ground)
        presenter.attach(self.render_state)

    def _head(self) -> QHBoxLayout:
        self._glyph = Glyph("history", 18)
        shown = (self._glyph, self.chain, None, self.save, self.look, self.query, self.more)
        head = row(*shown, spacing=10)
        head.setStretch(5, 1)  # in a narrow window the filter gives way, not what is said
        head.setContentsMargins(tokens.S5, tokens.S4, tokens.S5, tokens.S3)
        return head

    def _make_filters(self, presenter: LogPresenter) -> None:
        self.query = QLineEdit()
        self.query.setPlaceholderText(tr("Filter the log"))
        self.query.setAccessibleName(tr("Filter the log"))
        clearable(self.query)
        self.query.setMinimumWidth(96)
        self.query.setMaximumWidth(280)
        self.query.textChanged.connect(presenter.filter)
        self.more = IconButton("list", tr("Filters"))
        self.more.setCheckable(True)
        self.filters = FilterBar()
        self.filters.asked.connect(presenter.ask)
        self.filters.cleared.connect(presenter.everything)
        self.more.toggled.connect(self.filters.setVisible)
        reveal(self.filters, yes=False)
        self.none = Empty("history", tr("No entries in this range"), "", tr("Show all"))
        self.none.acted.connect(presenter.everything)

    def _make_buttons(self) -> None:
        self.look = Button(tr("Check this space…"), icon="shield-check")
        self.look.clicked.connect(self.check)
        self.save = Button(tr("Save as PDF…"), icon="file-text")
        self.save.clicked.connect(self.paper)

    def render_state(self, state: LogState) -> None:
        """Show the entries; what is read stays in sight when others come."""
        if state.space != self._state.space:
            self.note_place()
            self._fresh = True
        place = "" if self._fresh else self.top.key()
        if self._fresh and state.lines and state.space is not None:
            self._fresh, place = False, self._left.of(state.space, _PLACE)
        self._state = state
        if self.model.show_lines(state.lines):
            self.top.go(place)
        if self.query.text() != state.query:
            self.query.setText(state.query)
        self.chain.setText(state.chain)
        sure = bool(state.verified)
        self._glyph.show_icon(
            "shield-check" if sure else "history", Tone.VERIFIED if sure else Tone.NEUTRAL
        )
        reveal(self._glyph, bool(state.chain))
        reveal(self.query, bool(state.total))
        reveal(self.look, bool(state.total))
        reveal(self.more, bool(state.total))
        if state.filter.beside:
            self.more.setChecked(True)
        self.filters.render_state(state)
        reveal(self.save, bool(state.total))
        self.save.setEnabled(bool(state.lines))
        self.breach.show_card(state.breach)
        self.notice.show_card(state.problem)
        if state.loading and not state.problem:
            self.stack.setCurrentIndex(0)
        elif not state.total:
            self.stack.setCurrentIndex(1)
        else:
            self.stack.setCurrentIndex(2 if state.lines else 3)

    def columns(self) -> str:
        """How wide they are, as one word."""
        return " ".join(widths(self.table.horizontalHeader(), _COLUMNS))

    def lay_out(self, kept: str) -> None:
        """The columns as they were."""
        widen(self.table.horizontalHeader(), _COLUMNS, said(kept))

    def note_place(self) -> None:
        """Remember which part of the log is read."""
        if self._state.space is not None and self._state.lines:
            self._left.note(self._state.space, _PLACE, self.top.key())

    def _key_of(self, row: int) -> str:
        return str(self.model.lines[row].seq)

    def _row_of(self, key: str) -> int:
        return next((at for at, one in enumerate(self.model.lines) if str(one.seq) == key), -1)


def _table(model: QAbstractTableModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(tr("Log entries"))
    table.setProperty("kind", "lined")
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    RowHeight(table, "entry")
    table.horizontalHeader().setHighlightSections(False)
    for index, width in enumerate(_WIDTHS):
        table.setColumnWidth(index, fonts.px(width))
    table.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
    return table


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[LogLine, ...] = ()

    def show_lines(self, lines: tuple[LogLine, ...]) -> bool:
        """Take over other lines. False: they are the same."""
        if lines == self.lines:
            return False
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        at = index.column()
        cells = (f"{line.seq:,}", line.at, line.actor, line.what, line.subject, line.detail)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return cells[at] if at < len(cells) else words.short(line.hash)
            case Qt.ItemDataRole.ToolTipRole:
                return hover(line.exact if at == 1 else (*cells, line.hash)[at])
            case Qt.ItemDataRole.FontRole:
                strong = tokens.MEDIUM if at == 3 else tokens.REGULAR
                mono = at == len(cells)
                return (
                    fonts.mono(tokens.CAPTION)
                    if mono
                    else fonts.font(tokens.DENSE, strong, tabular=True)
                )
            case Qt.ItemDataRole.ForegroundRole:
                quiet = at in (0, 1, 6)
                return QColor(palette().muted if quiet else palette().text)
            case _:
                return None
