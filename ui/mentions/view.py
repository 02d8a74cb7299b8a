"""The sheet that lists who pointed to this person; Enter goes there."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from ui.language import tr, trn
from ui.mentions.presenter import InboxPresenter
from ui.mentions.state import InboxState, Which
from ui.search.hits import HitsModel, hit_list
from ui.search.state import HitItem
from ui.theme import fonts
from ui.widgets.empty import Empty
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.skeleton import Skeleton


class InboxSheet(Sheet):
    """Accepted when a mention was opened: then `chosen` is it."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: InboxPresenter) -> None:
        super().__init__(parent, tr("Mentions"))
        self._presenter = presenter
        self.chosen: HitItem | None = None
        self.filter = self._filters()
        self.model = HitsModel()
        self.list = hit_list(self.model, tr("Messages that mention you"), self._open)
        self.empty = Empty("at-sign", "", "")
        self.stack = QStackedWidget()
        for page in (Skeleton(tr("Reading your mentions…")), self.empty, self.list):
            self.stack.addWidget(page)
        self.stack.setMinimumHeight(fonts.px(360))
        self.body.addLayout(row(self.filter, None))
        self.body.addWidget(self.stack, 1)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.refresh()

    def _filters(self) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(tr("Which mentions to show"))
        for which in Which:
            made.addItem(tr(which.value), which)
        made.currentIndexChanged.connect(lambda at: self._presenter.pick(made.itemData(at)))
        return made

    def render_state(self, state: InboxState) -> None:
        """Show the rows, or that nobody waits."""
        self.filter.setCurrentIndex(self.filter.findData(state.which))
        self.model.show_items(state.items)
        if state.items and self.list.currentIndex().row() < 0:
            self.list.setCurrentIndex(self.model.index(0, 0))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.notice.show_card(state.problem)
        waiting = state.which is Which.UNREAD
        self.empty.say(
            "at-sign",
            tr("No one is waiting for you") if waiting else tr("No mentions"),
            tr("When somebody writes @ and your name or your role, it is listed here."),
        )
        self.stack.setCurrentIndex(0 if state.loading else 2 if state.items else 1)
        self.busy.setText(
            trn("{count} unread", "{count} unread", state.unread) if state.unread else ""
        )

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen = self.model.items[index.row()]
            self.accept()
