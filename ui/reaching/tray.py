"""An icon among the desktop's status icons, for who wants one: whether the window is locked.

Off by default. It says nothing of what is in the window, and closing the window still ends the
program: nothing stays behind unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from ui.language import tr
from ui.theme import icons
from ui.theme.style import palette

_SIDE: Final = 64


class Tray(QObject):
    """The icon with its menu.

    Args:
        come_to_front: shows the window; lock: locks it.
    """

    def __init__(
        self, parent: QObject, come_to_front: Callable[[], None], lock: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self._show = self.menu.addAction("", come_to_front)
        self._lock = self.menu.addAction("", lock)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(
            lambda why: come_to_front() if why == QSystemTrayIcon.ActivationReason.Trigger else None
        )
        self.locked(yes=True)
        self.icon.show()

    def locked(self, *, yes: bool) -> None:
        """The window is locked, or not any more."""
        self.icon.setIcon(_drawn("lock" if yes else "lock-open"))
        self.icon.setToolTip(tr("JIT Client, locked") if yes else tr("JIT Client, unlocked"))
        self._show.setText(tr("Show"))
        self._lock.setText(tr("Lock"))
        self._lock.setEnabled(not yes)


def _drawn(name: str) -> QIcon:
    """The tile of the program with this sign in it."""
    colours = palette()
    picture = QPixmap(_SIDE, _SIDE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent))
    painter.drawRoundedRect(QRectF(0, 0, _SIDE, _SIDE), _SIDE * 0.24, _SIDE * 0.24)
    inner = round(_SIDE * 0.62)
    at = (_SIDE - inner) // 2
    painter.drawPixmap(at, at, icons.pixmap(name, colours.on_accent, inner, 1.0))
    painter.end()
    return QIcon(picture)
