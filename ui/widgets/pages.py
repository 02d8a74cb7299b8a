"""Pages of which one is shown, as high as that one."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.reveal import reveal


class Pages(QWidget):
    """Unlike `QStackedWidget`, which is as high as its highest page."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._pages: list[QWidget] = []
        self._at = 0

    def addWidget(self, page: QWidget) -> None:
        """One more page; the first is shown."""
        self._column.addWidget(page)
        reveal(page, len(self._pages) == self._at)
        self._pages.append(page)

    def currentIndex(self) -> int:
        """Which page is shown, from 0."""
        return self._at

    def setCurrentIndex(self, at: int) -> None:
        """Show another page."""
        self._at = at
        for number, page in enumerate(self._pages):  # first away, then there: never both
            if number != at:
                page.hide()
        self._pages[at].show()
