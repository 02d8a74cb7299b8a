"""Asks whether to quit although something still moves."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.language import tr
from ui.widgets.confirm import confirm


async def sure(window: QWidget) -> bool:
    """Whether the person goes, while transfers run."""
    return await confirm(
        window,
        tr("Quit while transfers run?"),
        (
            tr("They stop where they are and continue by themselves next time."),
            tr("Nothing has to be chosen again, and nothing is sent twice."),
        ),
        action=tr("Quit"),
        kind="primary",
        cancel=tr("Stay"),
    )
