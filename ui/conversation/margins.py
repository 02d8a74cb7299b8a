"""The air around and in a message, as the density says; it follows when another one is chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.theme import tokens
from ui.theme.style import density, theme

_SIDE: Final = 14  # left and right of the text in its bubble


class Margins(QObject):
    """Lives with its message.

    Args:
        view: the row, whose layout goes from side to side.
        bubble: what its text stands in.
        heads: whether the author is named above it.
    """

    def __init__(self, view: QWidget, bubble: QWidget, *, heads: bool) -> None:
        super().__init__(view)
        self._view = view
        self._bubble = bubble
        self._heads = heads
        self._set()
        theme().changed.connect(self._set)

    def _set(self) -> None:
        d, across, inner = density(), self._view.layout(), self._bubble.layout()
        if across is not None and inner is not None:
            top = d.before if self._heads else 1
            across.setContentsMargins(tokens.S5, top, tokens.S5, d.between)
            inner.setContentsMargins(_SIDE, d.bubble, _SIDE, d.bubble)
            inner.setSpacing(d.between + 2)
