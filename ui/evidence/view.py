"""The evidence of a space: toolbar, table, inspector."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from protocol.ids import ID_BYTES, FileId, from_hex
from ui import binding
from ui.evidence import asleft
from ui.evidence.aside import Aside
from ui.evidence.cancelling import ask_cancel
from ui.evidence.filterfield import FilterField
from ui.evidence.inspector import Inspector
from ui.evidence.model import COLUMNS, ExhibitModel
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.reviewkeys import bind_review
from ui.evidence.reviewpanel import ReviewPanel
from ui.evidence.state import EvidenceState
from ui.evidence.table import ExhibitTable
from ui.evidence.uses import ExportPresenter
from ui.evidence.usesheets import ExportSheet, PermissionSheet
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


class EvidenceView(QWidget):
    """Everything of the second tab. `add` carries the paths that were dropped, if any."""

    add = Signal(list)
    print_list = Signal()
    transfers = Signal()
    look = Signal(bytes)
    review_all = Signal()
    detect = Signal()

    def __init__(self, presenter: EvidencePresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter, self._tasks = presenter, tasks
        self._rendering, self._fresh = False, True
        self._state = presenter.state
        self.setAcceptDrops(True)
        self.model = ExhibitModel()
        self.table = ExhibitTable(self.model, presenter)
        self.top = TopRow(self.table, lambda at: self.model.items[at].file.hex(), self._row_of)
        self.table.selectionModel().currentRowChanged.connect(self._picked)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.review = ReviewPanel(presenter.reviewing)
        self.review.following.clicked.connect(presenter.reviewing.next)
        self.review.look.clicked.connect(self.review_all)
        self.inspector = Inspector(self.review, presenter.history)
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
        presenter.attach(self.render_state)

    def fold(self, *, narrow: bool) -> None:
        """The inspector in place of the list, where there is no room beside it."""
        self.aside.fold(narrow=narrow)

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
        self.pause = Button(tr("Pause"), icon="pause")
        self.resume = Button(tr("Resume"), icon="play")
        self.cancel = Button(tr("Cancel…"), icon="x")
        self.export = Button(tr("Save as…"), icon="download")
        self.verify = Button(tr("Verify"), icon="shield-check")
        self.look_button = Button(tr("View safely"), icon="eye", hint=named(tr("View"), "view"))
        self.look_button.clicked.connect(self._look)
        self.permit = Button(tr("Permission…"), icon="flag")
        self.permit.clicked.connect(lambda: self._tasks.start(self._permit(), name="ask-permit"))
        self.pause.clicked.connect(self._presenter.pause)
        self.resume.clicked.connect(self._presenter.resume)
        self.verify.clicked.connect(self._presenter.verify)
        self.cancel.clicked.connect(lambda: self._tasks.start(self._cancel(), name="ask-cancel"))
        self.export.clicked.connect(self.save_as)
        self.busy = Text("", "caption")
        self.inspector.set_actions(
            (
                *(self.look_button, self.export, self.verify, self.pause, self.resume),
                *(self.cancel, self.permit),
            )
        )
        below = QVBoxLayout()
        below.setContentsMargins(tokens.S5, 0, tokens.S5, tokens.S2)
        below.addWidget(self.notice)
        below.addWidget(self.busy)
        left = Panel("surface")
        left.column.addLayout(self._make_tools())
        left.column.addLayout(below)
        left.column.addWidget(self.stack, 1)
        return left

    def _filter(self) -> FilterField:
        made, reviewing = FilterField(), self._presenter.reviewing
        made.changed.connect(self._presenter.filter)
        made.saved.connect(reviewing.save_view)
        made.dropped.connect(reviewing.drop_view)
        made.filled.connect(self.table.offer_order)
        return made

    def render_state(self, state: EvidenceState) -> None:
        """Show table, buttons and inspector."""
        self._rendering = True
        if state.space != self._state.space:
            self.note_place()
            self._fresh = True
        self._state = state
        asleft.note(self._presenter.left, state)
        self.model.show_items(state.items)
        self.query.show_filter(state.query, state.views)
        self._select(state)
        self.stack.setCurrentIndex(0 if state.loading else 1 if not state.total else 2)
        self._say_empty(state)
        self.notice.show_card(state.problem)
        self.busy.setText(state.busy)
        reveal(self.busy, bool(state.busy))
        self.inspector.show_details(state.details)
        self.review.show_row(state.row)
        self.review.show_tags(state.tags)
        self.aside.show(some=bool(state.total))
        reveal(self.query, bool(state.total))
        reveal(self.printing, bool(state.items))
        self._enable(state)
        if self._fresh and state.items and state.space is not None:
            self._fresh = False
            self.top.go(self._presenter.left.of(state.space, _PLACE))
        self._rendering = False

    def note_place(self) -> None:
        """Remember which part of the list is looked at."""
        space = self._state.space
        if space is not None and self._state.items:
            self._presenter.left.note(space, _PLACE, self.top.key())

    def _row_of(self, key: str) -> int:
        file = from_hex(key, ID_BYTES)
        return self._state.places.get(FileId(file), -1) if file is not None else -1

    def _enable(self, state: EvidenceState) -> None:
        self.add_button.setEnabled(state.can_add)
        self.detection.setEnabled(state.can_add)
        self.add_button.setToolTip(state.why_not or named(tr("Hand over evidence"), "evidence-add"))
        item = state.current
        for button, able in (
            (self.look_button, item is not None and item.can_export and state.can_look),
            (self.export, item is not None and item.can_export),
            (self.verify, item is not None and item.can_verify),
            (self.pause, item is not None and item.can_pause),
            (self.resume, item is not None and item.can_resume),
            (self.cancel, item is not None and item.can_cancel),
            (self.permit, item is not None and item.can_permit),
        ):
            reveal(button, able)
            button.setEnabled(able and not state.busy)
        self.inspector.say_unshown(yes=item is not None and item.can_export and not state.can_look)
        reveal(self.review.look, state.can_look)
        self.inspector.arrange()

    def _say_empty(self, state: EvidenceState) -> None:
        if state.can_add:
            self.empty.say("inbox", tr("No evidence yet"), tr(_DROP), tr("Hand over evidence…"))
        else:
            self.empty.say("inbox", tr("No evidence yet"), state.why_not)

    def _select(self, state: EvidenceState) -> None:
        at = state.place
        if at < 0:
            self.table.selectionModel().clear()
        elif self.table.currentIndex().row() != at:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            rows = QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(at, 0), flags | rows)

    def _picked(self, now: QModelIndex) -> None:
        if not self._rendering:
            file = self.model.items[now.row()].file if now.isValid() else None
            self._presenter.select(file)

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        self._presenter.sort_by(COLUMNS[section], descending=order == Qt.SortOrder.DescendingOrder)

    async def _cancel(self) -> None:
        item = self._state.current
        if item is None:
            return
        gone, reason = await ask_cancel(self, item)
        if gone:
            self._presenter.cancel(reason)

    def _look(self) -> None:
        item = self._state.current
        if item is not None and item.can_export and self._state.can_look:
            self.look.emit(item.file)

    def save_as(self) -> None:
        """Begin to export the selected exhibit."""
        self._tasks.start(self._export(), name="ask-export")

    async def _export(self) -> None:
        row_ = self._presenter.row(self._state.selected) if self._state.selected else None
        if row_ is None:
            return
        asked = ExportPresenter(row_)
        if not await ExportSheet(self.window(), asked).shown():
            return
        out = await binding.choose_target(self, tr("Save a verified copy as"), Path(row_.name).name)
        if out is not None:
            self._presenter.export(out, asked.state.purpose)

    async def _permit(self) -> None:
        row_ = self._presenter.row(self._state.selected) if self._state.selected else None
        if row_ is None or not row_.in_force:
            return
        asked = self._presenter.permission(row_)
        if await PermissionSheet(self.window(), asked, self._tasks).shown():
            self._presenter.renew()
        asked.half.over()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome where handing over is allowed."""
        if self._state.can_add:
            binding.accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the sheet with them."""
        paths: Iterable[Path] = binding.dropped_files(event)
        self.add.emit(list(paths))
