"""Pages of what holds other things: rows, frames, sheets; marks and colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QStringListModel, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QListView,
    QMenu,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ui.gallery.specimens import Group, Page, Specimen
from ui.theme import fonts, tokens
from ui.theme.style import palette, theme
from ui.theme.tokens import Palette
from ui.widgets.bounded import Bounded
from ui.widgets.brand import Brand
from ui.widgets.centred import Centred
from ui.widgets.lines import RowHeight
from ui.widgets.monogram import Monogram
from ui.widgets.pages import Pages
from ui.widgets.panel import Panel, Scroll
from ui.widgets.qr import Qr
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_HEAD: Final = ("Exhibit", "Name", "Size")
_ROWS: Final = (
    ("A-1", "2026-11-20_server-01_image.E01", "256 MiB"),
    ("A-2", "Kontoauszüge_Amberlight_Q3.xlsx", "9.4 MiB"),
    ("A-10", "interview-2026-11-02.mp4", "1.8 GiB"),
)
_PANELS: Final = ("card", "surface", "window", "sidebar", "header", "footer", "composer")
_COLOURS: Final = tuple(
    name for name in Palette.__dataclass_fields__ if name not in ("name", "tiles", "edge")
)


def _table(*, rows: int, selected: int = -1) -> QTableView:
    made = QTableView()
    made.setProperty("kind", "lined")
    model = QStandardItemModel(0, len(_HEAD), made)
    model.setHorizontalHeaderLabels(list(_HEAD))
    for row in _ROWS[:rows]:
        model.appendRow([QStandardItem(one) for one in row])
    made.setModel(model)
    made.setShowGrid(False)
    made.verticalHeader().setVisible(False)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.horizontalHeader().setHighlightSections(False)
    made.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    made.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    RowHeight(made, "entry")
    made.setFixedHeight(168)
    if selected >= 0:
        made.selectRow(selected)
    return made


def _list(kind: str, selected: int) -> QListView:
    made = QListView()
    made.setProperty("kind", kind)
    made.setModel(QStringListModel([one[1] for one in _ROWS], made))
    made.setSpacing(tokens.S1)
    made.setCurrentIndex(made.model().index(selected, 0))
    made.setFixedHeight(96)
    return made


def _tabs() -> QTabBar:
    made = QTabBar()
    made.setDrawBase(False)
    for name in ("Conversation", "Evidence", "Closing"):
        made.addTab(name)
    made.setTabEnabled(2, False)
    return made


class MenuPicture(QLabel):
    """A menu as it looks when it is open; taken anew whenever the theme changes."""

    def __init__(self) -> None:
        super().__init__()
        self._menu = QMenu(self)
        for words in ("Comparing…", "Devices…", "Let in again…"):
            self._menu.addAction(words)
        self._menu.addSeparator()
        self._menu.addAction("Remove…").setEnabled(False)
        self._menu.setActiveAction(self._menu.actions()[1])
        theme().changed.connect(self._take)
        self._take()

    def _take(self) -> None:
        self._menu.ensurePolished()
        self._menu.resize(self._menu.sizeHint())
        self.setPixmap(self._menu.grab())


def _rows() -> Sequence[Group]:
    tables = [
        Specimen("A row selected", _table(rows=3, selected=1)),
        Specimen("Empty", _table(rows=0)),
    ]
    lists = [
        Specimen("boxed", _list("boxed", 0)),
        Specimen("sidebar", _list("sidebar", 1)),
    ]
    return [
        Group("QTableView, its rows by density", tables, across=2),
        Group("QListView", lists, across=2),
        Group("QTabBar, QMenu", [Specimen("", _tabs()), Specimen("", MenuPicture())], across=4),
    ]


def _panel(kind: str) -> Panel:
    made = Panel(kind, margin=tokens.S3)
    made.column.addWidget(Text(kind, "dense"))
    made.setMinimumWidth(100)
    return made


def _words(count: int) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    for at in range(count):
        column.addWidget(Text(f"Line {at + 1}", "body"))
    return body


def _scroll() -> Scroll:
    made = Scroll("Lines", margin=tokens.S2)
    made.column.addWidget(_words(8))
    made.setFixedHeight(120)
    return made


def _pages() -> Pages:
    made = Pages()
    made.addWidget(Text("The first of two", "body"))
    made.addWidget(Text("The second", "body"))
    return made


def _centred() -> Centred:
    made = Centred("Card", _panel("card"))
    made.setFixedHeight(120)
    return made


def _sheet(kind: str) -> QWidget:
    host = QWidget()
    made = Sheet(
        host, "Remove Jan de Vries?", lead="Of Operation Amberlight.", action="Remove", kind=kind
    )
    made.setWindowFlags(Qt.WindowType.Widget)
    made.body.addWidget(Text("Nothing from now on reaches him.", "body", wrap=True))
    made.setMinimumWidth(300)
    host.setObjectName("scrollBody")
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(made)
    return host


def _frames() -> Sequence[Group]:
    holders: list[QWidget] = [_scroll(), Bounded(_words(8), lambda: 120), _centred(), _pages()]
    named = [Specimen(type(one).__name__, one) for one in holders]
    sheets = [Specimen(kind, _sheet(kind)) for kind in ("primary", "danger")]
    return [
        Group("Panel", [Specimen("", _panel(kind)) for kind in _PANELS], across=7),
        Group("Scroll, Bounded, Centred", named[:3], across=3),
        Group("Pages", named[3:], across=3),
        Group("Sheet", sheets, across=2),
    ]


class Swatches(QWidget):
    """Every colour of the scheme with its name and value."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(fonts.px(44) * -(-len(_COLOURS) // 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them; the names are written beside, in the ink of the scheme."""
        painter, p = QPainter(self), palette()
        painter.setFont(fonts.font(tokens.CAPTION))
        wide, high = self.width() / 6, fonts.px(44)
        for at, name in enumerate(_COLOURS):
            corner = QPointF(round(at % 6 * wide), at // 6 * high)
            box = QRectF(corner, corner + QPointF(28, 28))
            painter.fillRect(box, QColor(p.border))
            painter.fillRect(box.adjusted(1, 1, -1, -1), QColor(getattr(p, name)))
            painter.setPen(QColor(p.text))
            painter.drawText(corner + QPointF(36, fonts.px(12)), name)
            painter.setPen(QColor(p.muted))
            painter.drawText(corner + QPointF(36, fonts.px(28)), getattr(p, name))
        painter.end()


def _marks() -> Sequence[Group]:
    tiles = [
        Specimen("", Monogram("CW", seed, 40, circle=at % 2 == 0))
        for at, seed in enumerate((b"a", b"b", b"c", b"d", b"e", b"k", b"m", b"n"))
    ]
    code = Qr("Code", 120)
    code.show_modules(tuple(tuple((x * y + x + y) % 3 == 0 for x in range(21)) for y in range(21)))
    brands = [Specimen("", Brand(size)) for size in (16, 28, 56)]
    return [
        Group("Monogram", tiles, across=8),
        Group("Brand, Qr", [*brands, Specimen("Always dark on light", code)], across=8),
        Group("Tokens", [Specimen("", Swatches())], across=1),
    ]


PAGES: Final = (Page("rows", _rows), Page("frames", _frames), Page("marks", _marks))
