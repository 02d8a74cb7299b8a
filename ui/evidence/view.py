"""The evidence of a space: toolbar, table, inspector."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from protocol.ids import ID_BYTES, FileId, from_hex
from ui import binding
from ui.evidence import asleft
from ui.evidence.acts import Acts
from ui.evidence.aside import Aside
from ui.evidence.batchline import BatchLine
from ui.evidence.facetpart import FacetPart
from ui.evidence.filterfield import FilterField
from ui.evidence.inspector import Inspector
from ui.evidence.listkeys import bind_list
from ui.evidence.model import COLUMNS, ExhibitModel
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.reviewkeys import bind_review
from ui.evidence.reviewpanel import ReviewPanel
from ui.evidence.selecting import Selecting
from ui.evidence.severalpart import SeveralPart
from ui.evidence.state import EvidenceState
from ui.evidence.table import ExhibitTable
from ui.language import tr
from ui.shortcuts import named
from ui.tasks import TaskScope
from ui.theme import fonts, tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.empty import Empty
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text
from ui.widgets.toprow import TopRow

_PLACE = "exhibits-place"
_DROP = "Drop files or folders here. Nothing leaves this computer before you press the button."


class EvidenceView(Acts):
    """Everything of the second tab. `add` carries the paths that were dropped, if any."""

    add = Signal(list)
    print_list = Signal()
    transfers = Signal()
    review_all = Signal()
    detect = Signal()

    def __init__(self, presenter: EvidencePresenter, tasks: TaskScope) -> None:
        super().__init__(presenter, tasks)
        self._fresh = True
        self.setAcceptDrops(True)
        self.model = ExhibitModel()
        self.table = ExhibitTable(self.model, presenter)
        self.top = TopRow(self.table, lambda at: self.model.items[at].file.hex(), self._row_of)
        self.selecting = Selecting(self.table, self.model, presenter.choose)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.review = ReviewPanel(presenter.reviewing)
        self.review.following.clicked.connect(presenter.reviewing.next)
        self.review.look.clicked.connect(self.review_all)
        self.several = SeveralPart(presenter.several, presenter.reviewing)
        self.inspector = Inspector(self.review, presenter.history, self.several)
        self.aside = Aside(self.inspector)
        self.empty = Empty("inbox", tr("No evidence yet"), tr(_DROP), tr("Hand over evidence…"))
        self.empty.acted.connect(lambda: self.add.emit([]))
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.stack = QStackedWidget()
        self.stack.addWidget(Skeleton(tr("Reading the exhibits…")))
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(left := self._left())
        self.splitter.addWidget(self.inspector)
        self.aside.beside(left)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([800, fonts.px(tokens.INSPECTOR_WIDTH)])
        self.splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)
        bind_review(self, presenter, lambda: self._state, self._look, self.review_all.emit)
        bind_list(self, self.table, self._presenter, self.aside.turn)
        presenter.attach(self.render_state)

    def fold(self, *, narrow: bool) -> None:
        """The inspector in place of the list, where there is no room beside it."""
        self.aside.fold(narrow=narrow)
        self.query.can_narrow = not narrow
        self._reveal_facets()

    def _reveal_facets(self) -> None:
        state = self._state
        reveal(self.facets, state.narrowing and bool(state.total) and self.query.can_narrow)

    def _make_tools(self) -> QHBoxLayout:
        """What stands above the list."""
        about_add = named(tr("Hand over evidence"), "evidence-add")
        self.add_button = Button(tr("Hand over…"), "primary", icon="plus", hint=about_add)
        self.add_button.clicked.connect(lambda: self.add.emit([]))
        self.printing = IconButton("file-text", tr("Hand-over list of what is shown, as PDF"))
        self.printing.clicked.connect(self.print_list)
        self.detection = IconButton("landmark", tr("Customs detection: fill in the form"))
        self.detection.clicked.connect(self.detect)
        self.queue = IconButton("arrow-up-down", tr("Transfers: order, pauses, limits"))
        self.queue.clicked.connect(self.transfers)
        self.query = self._filter()
        tools = row(
            self.add_button, self.detection, self.queue, self.printing, None, self.query,
            self.aside.open, spacing=tokens.S3,
        )  # fmt: skip
        tools.setStretch(5, 2)
        tools.setContentsMargins(tokens.S5, tokens.S4, tokens.S5, tokens.S3)
        return tools

    def _left(self) -> Panel:
        self._make_acts()
        self.busy = Text("", "caption")
        below = QVBoxLayout()
        below.setContentsMargins(tokens.S5, 0, tokens.S5, tokens.S2)
        below.addWidget(self.notice)
        below.addWidget(self.busy)
        self.batch = BatchLine(self._presenter.several.batch)
        below.addWidget(self.batch)
        left = Panel("surface")
        left.column.addLayout(self._make_tools())
        left.column.addLayout(below)
        self.facets = FacetPart(self._presenter)
        across = row(self.facets, self.stack, spacing=0)
        across.setStretch(1, 1)
        left.column.addLayout(across, 1)
        return left

    def _filter(self) -> FilterField:
        made, reviewing = FilterField(), self._presenter.reviewing
        made.changed.connect(self._presenter.filter)
        made.saved.connect(reviewing.save_view)
        made.dropped.connect(reviewing.drop_view)
        made.narrowed.connect(self._narrow)
        made.filled.connect(self.table.offer_order)
        made.filled.connect(self.table.choice.offer)
        return made

    def render_state(self, state: EvidenceState) -> None:
        """Show table, buttons and inspector."""
        if state.space != self._state.space:
            self.note_place()
            self._fresh = True
        self._state = state
        asleft.note(self._presenter.left, state)
        self.model.show_items(state.items)
        self.query.show_filter(state.query, state.views)
        self.facets.show_groups(state.facets)
        self.query.narrowing = state.narrowing
        self._reveal_facets()
        self.selecting.show(state)
        self.stack.setCurrentIndex(0 if state.loading else 1 if not state.total else 2)
        self._say_empty(state)
        self.notice.show_card(state.problem)
        self.busy.setText(state.busy)
        reveal(self.busy, bool(state.busy))
        self.inspector.show_details(state.details, several=bool(state.several))
        self.review.show_row(None if state.several else state.row)
        self.review.show_tags(state.tags)
        self.several.show_tags(state.tags)
        self.batch.show_in(state.space)
        self.aside.show(some=bool(state.total))
        reveal(self.query, bool(state.total))
        reveal(self.printing, bool(state.items))
        self._enable_acts(state)
        self.add_button.setEnabled(state.can_add)
        self.detection.setEnabled(state.can_add)
        self.add_button.setToolTip(state.why_not or named(tr("Hand over evidence"), "evidence-add"))
        if self._fresh and state.items and state.space is not None:
            self._fresh = False
            self.top.go(self._presenter.left.of(state.space, _PLACE))

    def note_place(self) -> None:
        """Remember which part of the list is looked at."""
        space = self._state.space
        if space is not None and self._state.items:
            self._presenter.left.note(space, _PLACE, self.top.key())

    def _row_of(self, key: str) -> int:
        file = from_hex(key, ID_BYTES)
        return self._state.places.get(FileId(file), -1) if file is not None else -1

    def _narrow(self) -> None:
        self._presenter.narrow(shown=not self._state.narrowing)

    def _say_empty(self, state: EvidenceState) -> None:
        if state.can_add:
            self.empty.say("inbox", tr("No evidence yet"), tr(_DROP), tr("Hand over evidence…"))
        else:
            self.empty.say("inbox", tr("No evidence yet"), state.why_not)

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        self._presenter.sort_by(COLUMNS[section], descending=order == Qt.SortOrder.DescendingOrder)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome where handing over is allowed."""
        if self._state.can_add:
            binding.accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the sheet with them."""
        paths: Iterable[Path] = binding.dropped_files(event)
        self.add.emit(list(paths))
