"""The field above the list of exhibits, and the filters that are kept under names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLineEdit, QMenu, QWidget

from ui.language import tr
from ui.widgets.button import IconButton
from ui.widgets.saying import clearable

PICKS = (
    ("New, and in review", "review:new review:in-review"),
    ("Flagged", "review:flagged"),
    ("Reviewed", "review:reviewed"),
    ("Without a tag", "tag:none"),
)


class FilterField(QWidget):
    """`changed` carries what is typed; `saved` a name for it, `dropped` one to forget."""

    changed = Signal(str)
    saved = Signal(str)
    dropped = Signal(str)
    filled = Signal(QMenu)
    narrowed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._views: Mapping[str, str] = {}
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(tr("Filter by number, name, hash, facts, tag:…"))
        self.edit.setAccessibleName(tr("Filter exhibits"))
        clearable(self.edit)
        self._showing = False
        self.narrowing, self.can_narrow = False, True
        self.edit.textChanged.connect(self._typed)
        self.views = IconButton("list", tr("Views: filters to pick, and your own"))
        self.views.setPopupMode(self.views.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.views)
        self.menu.aboutToShow.connect(self.fill)
        self.views.setMenu(self.menu)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.edit, 1)
        across.addWidget(self.views)
        self.setMaximumWidth(330)

    def text(self) -> str:
        """What is typed."""
        return self.edit.text()

    def show_filter(self, query: str, views: Mapping[str, str]) -> None:
        """Show what the list is filtered by."""
        self._views = views
        if self.edit.text() != query:
            self._showing = True  # the list shows that already
            self.edit.setText(query)
            self._showing = False

    def _typed(self, text: str) -> None:
        if not self._showing:
            self.changed.emit(text)

    def fill(self) -> None:
        """What the menu offers now."""
        self.menu.clear()
        for old in self.menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.deleteLater()  # Qt clears actions, and keeps the menus behind them
        for name, query in PICKS:
            self.menu.addAction(tr(name)).triggered.connect(partial(self._pick, query))
        self.menu.addSeparator()
        for name, query in self._views.items():
            self.menu.addAction(_plain(name)).triggered.connect(partial(self._pick, query))
        keep = self.menu.addAction(tr("Keep this filter as…"))
        keep.setEnabled(bool(self.text().strip()))
        keep.triggered.connect(self.ask_name)
        if self._views:
            gone = self.menu.addMenu(tr("Forget"))
            for name in self._views:
                gone.addAction(_plain(name)).triggered.connect(partial(self._drop, name))
        self.menu.addSeparator()
        narrow = self.menu.addAction(tr("Narrow the list"))
        narrow.setCheckable(True)
        narrow.setChecked(self.narrowing)
        narrow.setEnabled(self.can_narrow)
        narrow.triggered.connect(self.narrowed)
        self.filled.emit(self.menu)

    def ask_name(self) -> None:
        """Ask for the name of the filter."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("Keep this filter"))
        dialog.setLabelText(tr("What it is called"))
        dialog.textValueSelected.connect(self.saved)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _pick(self, query: str, _checked: bool = False) -> None:
        self.edit.setText(query)
        self.edit.setFocus()

    def _drop(self, name: str, _checked: bool = False) -> None:
        self.dropped.emit(name)


def _plain(name: str) -> str:
    """A menu reads & as the mark of a key."""
    return name.replace("&", "&&")
