"""What is thrown away: nothing is destroyed while it is shown, however much goes at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.widgets.bin import Bin

MANY = 120


class Row(QWidget):
    """Notes when it goes out of sight."""

    def __init__(self, parent: QWidget, hidden: list[int], at: int) -> None:
        super().__init__(parent)
        self._hidden, self._at = hidden, at

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """A destroyed one hears nothing any more."""
        self._hidden.append(self._at)
        super().hideEvent(event)


@pytest.mark.usefixtures("qapp")
def test_of_many_that_go_at_once_none_is_destroyed_while_it_is_shown() -> None:
    ground, hidden = QWidget(), list[int]()
    rows = [Row(ground, hidden, at) for at in range(MANY)]
    ground.show()
    gone = Bin(ground)

    for one in rows:
        gone.throw(one)
    for _ in range(MANY):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    assert not any(isValid(one) for one in rows)
    assert sorted(hidden) == list(range(MANY))
    ground.deleteLater()
