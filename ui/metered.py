"""Whether the system calls the line metered, where it knows (`jitclient.metering`)."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QNetworkInformation

from ui.ports import DeskPort


def prepare() -> None:
    """Let Qt ask the system, where it has words for it. Once, when the window starts."""
    QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Metered)


def is_metered() -> bool:
    """As the system says now; False where it does not know."""
    known = QNetworkInformation.instance()
    return known is not None and known.isMetered()


def follow(timer: QTimer, desk: DeskPort) -> None:
    """Tell the desk with each tick."""
    timer.timeout.connect(lambda: desk.line_is_metered(yes=is_metered()))
