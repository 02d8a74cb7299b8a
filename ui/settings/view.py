"""The sheet of settings: pages by name on the left, the one that is open beside them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget, QWidget

from ui.language import tr
from ui.settings.pages import PAGES
from ui.settings.switches import Switches
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette, theme
from ui.widgets.panel import Scroll, row
from ui.widgets.sheet import Sheet

_HIGH = 420


class SettingsSheet(Sheet):
    """Every change is in force at once; there is nothing to confirm."""

    wide = 760

    def __init__(self, parent: QWidget, switches: Switches, page: str = "") -> None:
        super().__init__(parent, tr("Settings"))
        self._switches = switches
        self.names = QListWidget()
        self.names.setProperty("kind", "pages")
        self.names.setAccessibleName(tr("Pages"))
        self.names.setIconSize(QSize(tokens.ICON_SMALL, tokens.ICON_SMALL))
        self.pages = QStackedWidget()
        self._made: dict[int, QWidget] = {}
        for one in PAGES:
            item = QListWidgetItem(tr(one.title))
            item.setSizeHint(QSize(100, max(tokens.S6 + tokens.S1, fonts.px(36))))
            self.names.addItem(item)
            self.pages.addWidget(Scroll(tr(one.title), margin=0))
        self.names.setFixedWidth(max(190, self.names.sizeHintForColumn(0) + tokens.S6))
        self._recolour()
        theme().changed.connect(self._recolour)
        across = row(self.names, self.pages, spacing=tokens.S5)
        across.setStretch(1, 1)
        self.body.addLayout(across, 1)
        self.pages.setMinimumHeight(_HIGH)
        self.names.currentRowChanged.connect(self._go)
        known = [one.name for one in PAGES]
        self.names.setCurrentRow(known.index(page) if page in known else 0)
        self.names.setFocus()

    @property
    def page(self) -> str:
        """The name of the page that is open."""
        return PAGES[self.names.currentRow()].name

    def shown_page(self) -> QWidget:
        """The widget of the page that is open."""
        return self._made[self.names.currentRow()]

    def _go(self, at: int) -> None:
        holder = self.pages.widget(at)
        if at not in self._made and isinstance(holder, Scroll):
            self._made[at] = made = PAGES[at].make(self._switches)
            holder.column.addWidget(made)
        self.pages.setCurrentIndex(at)

    def _recolour(self) -> None:
        p = palette()
        for at, one in enumerate(PAGES):
            picture = icons.icon(one.icon, p.secondary, tokens.ICON_SMALL, p.border)
            item = self.names.item(at)
            item.setIcon(picture)
            item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter)
