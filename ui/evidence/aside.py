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
        self.away = False  # a person put the inspector away, where there is room for both
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

    def turn(self) -> None:
        """Show the details, or put them away."""
        if self._narrow:
            (self._to_list if self._inside else self._to_details)()
        else:
            self.away = not self.away
            self._arrange()

    def put(self, *, away: bool) -> None:
        """As it was left."""
        self.away = away
        self._arrange()

    def _to_details(self) -> None:
        if not self._narrow:
            self.turn()
            return
        self._inside = True
        self._arrange()
        self.back.setFocus()

    def _to_list(self) -> None:
        self._inside = False
        self._arrange()
        self.open.setFocus()

    def _arrange(self) -> None:
        inside = self._narrow and self._inside and self._some
        reveal(self.open, (self._narrow or self.away) and self._some)
        reveal(self.back, self._narrow)
        if self._list is not None and inside:
            reveal(self._list, False)
        beside = not self._narrow and not self.away
        reveal(self._inspector, self._some and (inside or beside))
        if self._list is not None and not inside:
            reveal(self._list, True)
