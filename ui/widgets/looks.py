"""The button that changes how the window looks: light or dark, contrast, density."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.language import tr
from ui.theme.style import APPEARANCE, CHOICES, CONTRAST, DENSITY, TEXT, theme
from ui.widgets.button import IconButton
from ui.widgets.choice import offer


class LooksIcon(IconButton):
    """A menu of every choice of the theme; `picked` says which of them, and what."""

    picked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("sun", tr("Appearance, contrast and density"))
        self.setPopupMode(self.ToolButtonPopupMode.InstantPopup)
        self.setMenu(self._looks())

    def _looks(self) -> QMenu:
        menu = QMenu(self)
        (what, _, choices), *more = looks()
        self._offer(menu, what, choices)
        menu.addSeparator()
        for further, title, others in more:
            under = QMenu(title, menu)
            self._offer(under, further, others)
            menu.addMenu(under)
        return menu

    def _offer(self, menu: QMenu, what: str, choices: tuple[tuple[str, str], ...]) -> QWidget:
        return offer(
            menu,
            choices,
            lambda: theme().chosen(what),
            lambda value: self.picked.emit(what, value),
        )


def looks() -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """What of the theme can be chosen, its title, and each choice with its words."""
    return (
        (APPEARANCE, tr("Light or dark"), _appearances()),
        (CONTRAST, tr("High contrast"), _contrasts()),
        (DENSITY, tr("Height of rows"), _densities()),
        (TEXT, tr("Size of text"), _sizes()),
    )


def _appearances() -> tuple[tuple[str, str], ...]:
    return ("system", tr("Like the desktop")), ("light", tr("Light")), ("dark", tr("Dark"))


def _contrasts() -> tuple[tuple[str, str], ...]:
    return ("system", tr("Like the desktop")), ("high", tr("On")), ("normal", tr("Off"))


def _densities() -> tuple[tuple[str, str], ...]:
    return ("comfortable", tr("Comfortable")), ("compact", tr("Compact"))


def _sizes() -> tuple[tuple[str, str], ...]:
    held = [(one, tr("{percent} %", percent=one)) for one in CHOICES[TEXT][1:]]
    return ("system", tr("Like the desktop")), *held
