"""The window of the safe viewer: pages, how they lie, and where to go when there is nothing."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from jitclient.pageviews import Encoding
from ui.binding import bind
from ui.evidence.reviewkeys import bind_noting
from ui.evidence.reviewpanel import ReviewPanel
from ui.evidence.stated import shown_marks
from ui.language import tr
from ui.shortcuts import named
from ui.theme import fonts, tokens
from ui.titling import said, titled
from ui.viewing.canvas import Canvas
from ui.viewing.presenter import ViewPresenter
from ui.viewing.state import Fit, ViewState
from ui.widgets.button import Button, IconButton
from ui.widgets.elided import Elided
from ui.widgets.field import indent
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reading import InOrder, first_stop
from ui.widgets.reveal import reveal
from ui.widgets.screenroom import screen_room
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

_WALLS: Final = (
    "Shown by a process without network, files or other programs. That you looked is in the log."
)
_SIZE: Final = QSize(1120, 820)
_SIDE: Final = 272
ENCODINGS: Final = (
    (Encoding.UTF8, "UTF-8"),
    (Encoding.UTF16_LE, "UTF-16 LE"),
    (Encoding.UTF16_BE, "UTF-16 BE"),
    (Encoding.WINDOWS_1250, "Windows-1250"),
    (Encoding.WINDOWS_1251, "Windows-1251"),
    (Encoding.WINDOWS_1252, "Windows-1252"),
    (Encoding.WINDOWS_1253, "Windows-1253"),
    (Encoding.WINDOWS_1257, "Windows-1257"),
)


class ViewerWindow(InOrder, QWidget):
    """One exhibit at a time; closing it ends the process that shows it."""

    export = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget, presenter: ViewPresenter) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._presenter = presenter
        self._rendering = False
        self._begun = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Safe viewer"))  # and codes: titles are seen by screen sharing
        self.setMinimumSize(QSize(640, 480))
        self.resize(_SIZE.boundedTo(screen_room(self).size()))
        self.canvas = Canvas()
        self.canvas.room.connect(presenter.resized)
        self.stack = QStackedWidget()
        self.stack.addWidget(Skeleton(tr("Opening in the safe viewer…")))
        self.stack.addWidget(self.canvas)
        self.stack.addWidget(self._instead())
        self.trouble = Notice()
        self.trouble.dismissed.connect(presenter.dismiss)
        self.review = ReviewPanel(presenter.noting, queue=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top())
        column.addWidget(self.trouble)
        column.addLayout(self._middle(), 1)
        column.addWidget(self._foot())
        self._bind()
        presenter.attach(self.render_state)

    def _bind(self) -> None:
        """Escape closes it, as a sheet."""
        presenter = self._presenter
        for name, act in (
            ("view-next", partial(presenter.step, 1)),
            ("view-previous", partial(presenter.step, -1)),
            ("view-page", self._ask_page),
            ("view-larger", partial(presenter.zoom, 1)),
            ("view-smaller", partial(presenter.zoom, -1)),
            ("view-fit", partial(presenter.fit, Fit.PAGE)),
            ("view-width", partial(presenter.fit, Fit.WIDTH)),
            ("view-close", self._away),
            ("view-forth", partial(presenter.turn, 1)),
            ("view-back", partial(presenter.turn, -1)),
            ("view-review", self._note),
        ):
            bind(self, name, act)
        bind_noting(self, presenter.noting, lambda: presenter.state.tags, self._unknown)

    def _unknown(self) -> str:
        here = self._presenter.here
        return "" if here is not None else tr("No exhibit is selected.")

    def _middle(self) -> QHBoxLayout:
        """The page, and beside it what a person notes of the exhibit."""
        self.side = Panel("inspector")
        self.side.setFixedWidth(fonts.px(_SIDE))
        self.side.column.addWidget(self.review)
        self.side.column.addStretch(1)
        return row(self.stack, self.side, spacing=0)

    def _top(self) -> Panel:
        presenter = self._presenter
        self.name = Elided("", "strong")
        self.previous = IconButton("chevron-left", named(tr("Previous page"), "view-previous"))
        self.previous.clicked.connect(partial(presenter.step, -1))
        self.next = IconButton("chevron-right", named(tr("Next page"), "view-next"))
        self.next.clicked.connect(partial(presenter.step, 1))
        self.number = indent(QSpinBox())
        self.number.setAccessibleName(named(tr("Page"), "view-page"))
        self.number.setToolTip(named(tr("Go to page"), "view-page"))
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self._go)
        self.of = Text("", "secondary")
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(tr("Read the text as"))
        self.encoding.setToolTip(tr("Read the text as"))
        for one, words in ENCODINGS:
            self.encoding.addItem(words, one)
        self.encoding.activated.connect(self._read_as)
        top = Panel("header")
        self.marks = Text("", "strong")
        self.beside = IconButton("panel-right", tr("Your review"))
        self.beside.clicked.connect(self._beside)
        above = row(*self._others(), self.name, self.marks, self.beside, spacing=tokens.S2)
        above.setStretch(3, 1)
        above.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S1)
        turning = (self.previous, self.number, self.of, self.next)
        across = row(*turning, None, *self._zooms(), self.encoding)
        across.setContentsMargins(tokens.S3, 0, tokens.S4, tokens.S2)
        top.column.addLayout(above)
        top.column.addLayout(across)
        return top

    def _others(self) -> tuple[QWidget, ...]:
        """From one exhibit to the next."""
        self.back = IconButton("chevron-up", named(tr("Previous exhibit"), "view-back"))
        self.back.clicked.connect(partial(self._presenter.turn, -1))
        self.forth = IconButton("chevron-down", named(tr("Next exhibit"), "view-forth"))
        self.forth.clicked.connect(partial(self._presenter.turn, 1))
        self.place = Text("", "secondary")
        return (self.back, self.place, self.forth)

    def _zooms(self) -> tuple[QWidget, ...]:
        presenter = self._presenter
        smaller = IconButton("minus", named(tr("Smaller"), "view-smaller"))
        smaller.clicked.connect(partial(presenter.zoom, -1))
        larger = IconButton("plus", named(tr("Larger"), "view-larger"))
        larger.clicked.connect(partial(presenter.zoom, 1))
        self.zoom = Text("", "secondary")
        page = Button(tr("Page"), hint=named(tr("Whole page"), "view-fit"))
        page.clicked.connect(partial(presenter.fit, Fit.PAGE))
        width = Button(tr("Width"), hint=named(tr("Width of the window"), "view-width"))
        width.clicked.connect(partial(presenter.fit, Fit.WIDTH))
        self._paging = (smaller, self.zoom, larger, page, width)
        return self._paging

    def _instead(self) -> QWidget:
        self.notice = Notice(retry=tr("Open it all the same"), closable=False)
        self.notice.retry.connect(partial(self._presenter.begin, again=True))
        self.save = Button(tr("Save as…"), icon="download")
        self.save.clicked.connect(self.export)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(tokens.S6, tokens.S6, tokens.S6, tokens.S6)
        column.setSpacing(tokens.S4)
        column.addWidget(self.notice)
        self.on = Button(tr("Next exhibit"), icon="chevron-down")
        self.on.clicked.connect(partial(self._presenter.turn, 1))
        column.addLayout(row(self.save, self.on, None))
        column.addStretch(1)
        return page

    def _foot(self) -> Panel:
        self.what = Text("", "caption")
        self.walls = Text(tr(_WALLS), "caption")
        self.foot = foot = Panel("footer")
        column = QVBoxLayout()
        column.setContentsMargins(tokens.S4, tokens.S2, tokens.S4, tokens.S2)
        column.setSpacing(0)
        column.addWidget(self.what)
        column.addWidget(self.walls)
        foot.column.addLayout(column)
        return foot

    def render_state(self, state: ViewState) -> None:
        """Show the page, or why there is none."""
        self._rendering = True
        self.name.setText(state.name)
        self.marks.setText(state.marks)
        self.setWindowTitle(
            titled(said([shown_marks(state.row.facts)] if state.row else []), tr("Safe viewer"))
        )
        self.stack.setCurrentIndex(2 if state.problem else 0 if state.loading else 1)
        self.canvas.show_page(state.pixels, state.mark, state.pages)
        self.number.setRange(1, max(1, state.pages))
        self.number.setValue(state.page + 1)
        self.of.setText(tr("of {pages}", pages=state.pages) if state.pages else "")
        self.previous.setEnabled(state.page > 0)
        self.next.setEnabled(state.page + 1 < state.pages)
        self.zoom.setText(f"{round(100 * state.zoom)} %")
        for part in (self.previous, self.number, self.of, self.next, *self._paging):
            reveal(part, bool(state.pages))
        reveal(self.encoding, bool(state.text and state.pages))
        self.encoding.setCurrentIndex(self.encoding.findData(state.encoding))
        self.what.setText(" · ".join(one for one in (state.what, state.cut) if one))
        reveal(self.foot, bool(state.pages))
        self._go_through(state)
        self.trouble.show_card(state.trouble)
        self.notice.show_card(state.problem)
        self.notice.offer_retry(yes=state.insists)
        reveal(self.save, state.export)
        self._rendering = False
        self._take_keyboard()

    def _go_through(self, state: ViewState) -> None:
        """Where among the others it stands, and what was noted of it."""
        self.place.setText(state.place)
        self.back.setEnabled(state.before)
        self.forth.setEnabled(state.after)
        alone = not (state.before or state.after)
        for part in (self.back, self.place, self.forth):
            reveal(part, not alone)
        reveal(self.on, state.after)
        self.review.show_tags(state.tags)
        self.review.show_row(state.row)

    def _beside(self) -> None:
        reveal(self.side, self.side.isHidden())

    def _note(self) -> None:
        reveal(self.side, True)
        if self.review.isVisible():
            self.review.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take_keyboard(self) -> None:
        """What is shown has the keyboard, at first and where nothing else has it."""
        if not self._begun and self.canvas.isVisible():
            self._begun = True
            self.canvas.setFocus()
        now = self.focusWidget()
        page = self.stack.currentWidget()
        first = first_stop(page) if page is not None else None
        if first is not None and (now in (None, self) or not now.isVisible()):
            first.setFocus()

    def _go(self, page: int) -> None:
        if not self._rendering:
            self._presenter.go(page - 1)
            self.canvas.setFocus()

    def _ask_page(self) -> None:
        if self.number.isVisible():
            self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.number.selectAll()

    def _read_as(self, at: int) -> None:
        self._presenter.read_as(self.encoding.itemData(at))

    def _away(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Blank, and end the process."""
        self._presenter.close()
        self.canvas.show_page(None, "", 0)
        self.closed.emit()
        super().closeEvent(event)
