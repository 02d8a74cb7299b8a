"""The button that changes the language; each stands in the menu by the name it gives itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.language import chosen, tr
from ui.language.known import NAMES, offered
from ui.widgets.button import Button
from ui.widgets.choice import offer
from ui.widgets.reveal import reveal

_ENGLISH: Final = "Language"


class LanguageButton(Button):
    """Shows the language in use, for screens before anything is unlocked."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__(NAMES[chosen()], "quiet", icon="globe")
        self.setAccessibleName(f"{label()}: {NAMES[chosen()]}")
        self.setMenu(language_menu(self, self.picked.emit))
        reveal(self, len(offered()) > 1)


def label() -> str:
    """In two languages: who cannot read the one that is shown still finds the button."""
    return " / ".join(dict.fromkeys((tr(_ENGLISH), _ENGLISH)))


def language_menu(parent: QWidget, picked: Callable[[str], None]) -> QMenu:
    """Every offered language."""
    return offer(QMenu(parent), offered(), chosen, picked)
