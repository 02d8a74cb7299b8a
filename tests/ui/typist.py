"""A window of its own for `test_layouts_x11.py`: says what was pressed, and what was typed."""

from __future__ import annotations

import sys
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QVBoxLayout, QWidget

from ui.bound import Bound
from ui.layouts import Layouts
from ui.shortcuts import Key


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class _Seen(QWidget):
    """Tells its number when it is on the screen: a window that is not cannot get the keyboard."""

    told = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt names it
        """Once."""
        super().paintEvent(event)
        if not self.told:
            self.told = True
            _say(f"window {int(self.winId())}")


def main() -> int:
    """Shortcuts are the arguments; the list has the keyboard first. Ends when Escape is pressed."""
    app = QApplication(sys.argv[:1])
    filters = Layouts(app)
    window = _Seen()
    column, items, line = QVBoxLayout(window), QListWidget(), QLineEdit()
    column.addWidget(items)
    column.addWidget(line)
    everywhere = Qt.ShortcutContext.WindowShortcut
    for one in sys.argv[1:]:
        Bound(window, Key(one, one, "", ""), partial(_say, one), everywhere)
    Bound(window, Key("F2", "F2", "", ""), line.setFocus, everywhere)
    Bound(window, Key("Esc", "Esc", "", ""), app.quit, everywhere)
    line.textChanged.connect(lambda text: _say(f"text {text}"))
    window.show()
    items.setFocus()
    app.focusWindowChanged.connect(lambda now: _say("ready") if now is not None else None)
    app.exec()
    del filters
    return 0


if __name__ == "__main__":
    sys.exit(main())
