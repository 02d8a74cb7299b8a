"""Asks before something that cannot be taken back, naming object and effect."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class Confirm(Sheet):
    """One line per effect, and the button that goes on."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        effects: tuple[str, ...],
        *,
        action: str,
        kind: str = "danger",
        cancel: str = "",
    ) -> None:
        super().__init__(parent, title, action=action, kind=kind, cancel=cancel)
        for effect in effects:
            words = Text(effect, "body", wrap=True)
            mark = Glyph(
                "circle-alert" if kind == "danger" else "info",
                18,
                Tone.DANGER if kind == "danger" else Tone.ACCENT,
            )
            line = row(mark, words, spacing=tokens.S3)
            line.setStretch(1, 1)
            self.body.addLayout(line)
        self.action.clicked.connect(self.accept)
        self.cancel.setFocus()


async def confirm(
    parent: QWidget,
    title: str,
    effects: tuple[str, ...],
    *,
    action: str,
    kind: str = "danger",
    cancel: str = "",
) -> bool:
    """Show a sheet with one line per effect. True when the person went on."""
    sheet = Confirm(parent, title, effects, action=action, kind=kind, cancel=cancel)
    sheet.body.addStretch(1)
    return await sheet.shown()
