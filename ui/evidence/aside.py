"""The inspector beside the list; where there is no room beside it, in its place, with Back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.evidence.inspector import Inspector
from ui.language import tr
from ui.theme import tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.panel import row
from ui.widgets.reveal import reveal


class Aside:
    """Decides which of list and inspector is in sight. `open` stands above the list."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector
        self._list: QWidget | None = None
        self._narrow = self._inside = self._some = False
        self.open = IconButton("panel-right", tr("Details of the exhibit"))
        self.open.clicked.connect(self._to_details)
        self.back = Button(tr("Evidence"), "quiet", icon="arrow-left")
        self.back.clicked.connect(self._to_list)
        above = row(self.back, None)
        above.setContentsMargins(tokens.S3, tokens.S2, tokens.S3, 0)
        inspector.column.insertLayout(0, above)

    def beside(self, listed: QWidget) -> None:
        """What is the list."""
        self._list = listed
        self._arrange()

    def fold(self, *, narrow: bool) -> None:
        """There is room for one of them, or for both."""
        self._narrow, self._inside = narrow, False
        self._arrange()

    def show(self, *, some: bool) -> None:
        """Whether there is anything to have details of."""
        self._some = some
        self._arrange()

    def _to_details(self) -> None:
        self._inside = True
        self._arrange()
        self.back.setFocus()

    def _to_list(self) -> None:
        self._inside = False
        self._arrange()
        self.open.setFocus()

    def _arrange(self) -> None:
        inside = self._narrow and self._inside and self._some
        reveal(self.open, self._narrow and self._some)
        reveal(self.back, self._narrow)
        if self._list is not None and inside:
            reveal(self._list, False)
        reveal(self._inspector, self._some and (inside or not self._narrow))
        if self._list is not None and not inside:
            reveal(self._list, True)
