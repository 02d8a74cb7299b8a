"""A row of the table of keys at work; letters and digits alone can be switched off (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakSet

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ui.language import tr
from ui.shortcuts import Key


class Letters:
    """Whether letters and digits act alone, in every window of the program."""

    def __init__(self) -> None:
        self.on = True

    def switch(self, *, on: bool) -> None:
        """From now on they act, or do not."""
        self.on = on
        for one in alive():
            if one.row.alone:
                one.setEnabled(on)


letters = Letters()
_ALL: WeakSet[Bound] = WeakSet()


def alive() -> tuple[Bound, ...]:
    """Every row that is at work somewhere."""
    return tuple(one for one in tuple(_ALL) if isValid(one))


class Bound(QShortcut):
    """The keys of one row, their act, and why it cannot be carried out now.

    A row without a key is a command only: `activated` carries it out.
    """

    def __init__(
        self,
        owner: QWidget,
        row: Key,
        act: Callable[[], None],
        context: Qt.ShortcutContext,
        why_not: Callable[[], str] = str,
        says: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(owner)
        self.row = row
        self.act = act
        self.why_not = why_not
        self._says = says
        self.setKeys([QKeySequence(one) for one in (row.sequence, row.twin) if one])
        self.setContext(context)
        self.setAutoRepeat(row.repeats)
        self.setObjectName(row.name)
        self.activated.connect(act)
        self.setEnabled(letters.on or not row.alone)
        _ALL.add(self)

    def said(self) -> str:
        """What it does, in words."""
        return self._says() if self._says is not None else tr(self.row.words)

    def has(self, wanted: QKeySequence) -> bool:
        """Whether it is one of its keys."""
        return wanted in list(self.keys())
