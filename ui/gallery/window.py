"""The gallery's window: its pages, and the switches of the theme above them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, QStringListModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListView,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.gallery import controls, holding, reading
from ui.gallery.specimens import Page, laid
from ui.theme import tokens
from ui.theme.style import theme
from ui.widgets.brand import window_icon
from ui.widgets.looks import looks
from ui.widgets.panel import Panel
from ui.widgets.text import Text

PAGES: Final[tuple[Page, ...]] = (*controls.PAGES, *reading.PAGES, *holding.PAGES)


class Gallery(QMainWindow):
    """One page at a time; it is made when it is asked for, and anew when the theme changes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("JIT Client: gallery")
        self.setWindowIcon(window_icon())
        self.setMinimumSize(QSize(1080, 660))
        self.resize(1240, 820)
        self.names = QListView()
        self.names.setProperty("kind", "sidebar")
        self.names.setAccessibleName("Pages")
        self.names.setModel(QStringListModel([one.name for one in PAGES], self))
        self.names.setSpacing(tokens.S1)
        self.names.setFixedWidth(140)
        self.area = QScrollArea()
        self.area.setAccessibleName("Specimens")
        self.area.setWidgetResizable(True)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._switches())
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.names)
        across.addWidget(self.area, 1)
        column.addLayout(across, 1)
        self.setCentralWidget(body)
        self.names.selectionModel().currentChanged.connect(self.show_page)
        theme().changed.connect(self.show_page)
        self.names.setCurrentIndex(self.names.model().index(0, 0))

    def _switches(self) -> Panel:
        made = Panel("header", margin=tokens.S3)
        across = QHBoxLayout()
        across.setSpacing(tokens.S3)
        self.switches: dict[str, QComboBox] = {}
        for what, title, choices in looks():
            box = QComboBox()
            box.setAccessibleName(title)
            for value, words in choices:
                box.addItem(words, value)
            box.setCurrentIndex(max(0, box.findData(theme().chosen(what))))
            box.currentIndexChanged.connect(
                lambda _at, one=box, of=what: theme().choose(of, one.currentData())
            )
            label = Text(title, "label")
            label.setBuddy(box)
            across.addWidget(label)
            across.addWidget(box)
            self.switches[what] = box
        across.addStretch(1)
        made.column.addLayout(across)
        return made

    def show_page(self) -> None:
        """Show the page that is chosen."""
        at = self.names.currentIndex().row()
        if at >= 0:
            self.area.setWidget(laid(PAGES[at].groups()))
