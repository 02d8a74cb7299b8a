"""How the frame gives way: three columns, a rail instead of the list, one column with Back."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from ui.language import tr
from ui.theme import fonts, tokens
from ui.widgets.button import Button
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal

if TYPE_CHECKING:
    from ui.spaces.state import SpacesState
    from ui.spaces.view import SpacesView
    from ui.stage import Stage

LEAST: Final = (640, 600)
"""The smallest window, px at 100 %."""
_RAIL_BELOW: Final = 1000
_ONE_BELOW: Final = 760
_BESIDE: Final = 760  # what a list and an inspector need beside each other


class Fold(Enum):
    """How many columns there are."""

    WIDE = auto()  # list, stage and inspector
    RAIL = auto()  # monograms, and the stage
    ONE = auto()  # the list or the stage


def fold_of(width: int) -> Fold:
    """For a window of so many pixels; larger texts fold earlier."""
    if width < fonts.px(_ONE_BELOW):
        return Fold.ONE
    return Fold.RAIL if width < fonts.px(_RAIL_BELOW) else Fold.WIDE


class Folding:
    """Decides what of the frame is in sight."""

    def __init__(self, sidebar: SpacesView, stage: Stage) -> None:
        self._sidebar = sidebar
        self._stage = stage
        self.fold = Fold.WIDE
        self._list = False
        self._front: object = None
        self.back = Button(tr("Spaces"), "quiet", icon="arrow-left")
        self.back.clicked.connect(self._to_list)
        self.above = Panel("header")
        self.above.column.setContentsMargins(tokens.S3, tokens.S1, tokens.S3, tokens.S1)
        self.above.column.addLayout(row(self.back, None))
        sidebar.opened.connect(self.to_stage)
        self._apply()

    def resized(self, width: int) -> None:
        """The window has another width."""
        fold = fold_of(width)
        left = {Fold.WIDE: self._sidebar.wide, Fold.RAIL: self._sidebar.narrow, Fold.ONE: 0}[fold]
        self._stage.narrow = width - left < fonts.px(_BESIDE)
        if "evidence" in vars(self._stage):  # made when it is first shown
            self._stage.evidence.fold(narrow=self._stage.narrow)
        if fold is not self.fold:
            self.fold, self._list = fold, False
            self._apply()

    def follow(self, state: SpacesState) -> None:
        """Another place came to the front: it is shown, unless a person walks along the list."""
        front = (state.selected, state.tab, state.home)
        if front != self._front and not self._sidebar.list.hasFocus():
            self.to_stage()
        self._front = front

    def to_stage(self) -> None:
        """Show the space."""
        if self._list:
            self._list = False
            self._apply()
            self._stage.take_keyboard()

    def _to_list(self) -> None:
        self._list = True
        self._apply()
        self._sidebar.list.setFocus()

    def _apply(self) -> None:
        one = self.fold is Fold.ONE
        self._sidebar.fold(rail=self.fold is Fold.RAIL, whole=one)
        shown: tuple[tuple[QWidget, bool], ...] = (
            (self.above, one and not self._list),
            (self._sidebar, not one or self._list),
            (self._stage, not (one and self._list)),
        )
        for widget, yes in sorted(shown, key=lambda pair: pair[1]):  # first away, then there
            reveal(widget, yes)
