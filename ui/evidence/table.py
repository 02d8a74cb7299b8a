"""The table of exhibits as a widget: columns, their widths, the copy mark."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from ui.copying import copy
from ui.evidence.columnchoice import ColumnChoice
from ui.evidence.model import COLUMNS, ExhibitModel, ExhibitPainter, copy_mark
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import Column
from ui.language import tr
from ui.widgets.lines import RowHeight


class ExhibitTable(QTableView):
    """Virtual rows; a click on the copy mark copies the hash."""

    def __init__(self, model: ExhibitModel, presenter: EvidencePresenter) -> None:
        super().__init__()
        self._items = model
        self._presenter = presenter
        self.setModel(model)
        self.setItemDelegate(ExhibitPainter(model, self))
        self.setAccessibleName(tr("Exhibits"))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        down = self.verticalHeader()
        down.setVisible(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        RowHeight(self, "exhibit")
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        # Of its own, and empty: a head that is painted asks of each row whether it is selected.
        across.setSelectionModel(QItemSelectionModel(model, across))
        across.setSectionsClickable(True)
        across.setSortIndicatorShown(True)
        across.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setMinimumSectionSize(64)
        self.choice = ColumnChoice(self)

    @property
    def narrowing(self) -> bool:
        """Whether what there is to narrow the list by stands beside it."""
        return self._presenter.state.narrowing

    def narrow(self, *, shown: bool) -> None:
        """Show that, or put it away."""
        self._presenter.narrow(shown=shown)

    def columns_shown(self) -> tuple[Column, ...]:
        """Those that are in sight, in order."""
        return tuple(one for at, one in enumerate(COLUMNS) if not self.isColumnHidden(at))

    def offer_order(self, menu: QMenu) -> None:
        """Into a menu, what a click on the head of a column does."""
        orders, now = menu.addMenu(tr("Order by")), self.horizontalHeader().sortIndicatorSection()
        for at, column in enumerate(COLUMNS):
            one = orders.addAction(tr(column.value))
            one.setCheckable(True)
            one.setChecked(at == now)
            one.triggered.connect(partial(self._order, at))

    def _order(self, at: int, _checked: bool = False) -> None:
        header, up = self.horizontalHeader(), Qt.SortOrder.AscendingOrder
        again = header.sortIndicatorSection() == at and header.sortIndicatorOrder() == up
        header.setSortIndicator(at, Qt.SortOrder.DescendingOrder if again else up)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What a person did not choose comes and goes with the room there is."""
        self.choice.fit()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the copy mark copies the hash."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or COLUMNS[index.column()] is not Column.NAME:
            return
        room = QRectF(self.visualRect(index)).adjusted(12, 0, -12, -1)
        mark = copy_mark(room, self._items.items[index.row()].sha256)
        if QRectF(mark.x() - 6, mark.y() - 6, 26, 26).contains(event.position()):
            self.copy_hash(index.row())

    def copy_hash(self, at: int) -> None:
        """Put the SHA-256 of a row on the clipboard."""
        digest = self._items.items[at].sha256
        if digest:
            copy(digest)
            self._presenter.copied()
