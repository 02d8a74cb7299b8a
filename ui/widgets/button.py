"""Buttons with words, and buttons with an icon and an accessible name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from ui.theme import fonts, icons, tokens
from ui.theme.style import palette, theme
from ui.widgets.crisp import in_whole_pixels
from ui.widgets.hover import hover

_GAP: Final = 4
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WITH: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Button(QPushButton):
    """A button with words. `kind` is "primary", "danger", "quiet", "strip" or "" (ordinary)."""

    def __init__(
        self,
        words: str,
        kind: str = "",
        *,
        icon: str = "",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._kind = kind
        self._icon = icon
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if hint:
            self.setToolTip(hint)
        if icon:
            self.setIconSize(QSize(fonts.px(tokens.ICON_SMALL) + _GAP, fonts.px(tokens.ICON_SMALL)))
            self._recolour()
            theme().changed.connect(self._recolour)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard; Qt does that in dialogs only."""
        plain = not event.modifiers() & _WITH and not event.isAutoRepeat()
        if event.key() in _ENTER and plain:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As the sheet says, with a border of whole pixels."""
        if float(self.devicePixelRatioF()).is_integer():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        whole, style = self.rect(), self.style()
        with in_whole_pixels(painter, whole) as exact:
            option.rect = exact
            style.drawControl(style.ControlElement.CE_PushButtonBevel, option, painter, self)
        option.rect = whole
        inner = style.subElementRect(style.SubElement.SE_PushButtonContents, option, self)
        option.rect = inner
        style.drawControl(style.ControlElement.CE_PushButtonLabel, option, painter, self)
        painter.end()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._recolour()

    def _recolour(self) -> None:
        p = palette()
        of = {"primary": p.on_accent, "danger": p.on_danger, "quiet": p.accent, "strip": p.warn}
        colour = of.get(self._kind, p.secondary)
        self.setIcon(icons.icon(self._icon, colour, fonts.px(tokens.ICON_SMALL), p.muted, gap=_GAP))


class IconButton(QToolButton):
    """A square button with an icon; its name is its tooltip and its accessible name."""

    def __init__(
        self, icon: str, name: str, *, size: int = tokens.ICON, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._size = size = fonts.px(size)
        self.setAccessibleName(name)
        self.setToolTip(hover(name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(size, size))
        edge = max(tokens.TARGET_MIN, size + 12)
        self.setFixedSize(edge, edge)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._recolour()
        theme().changed.connect(self._recolour)

    def rename(self, name: str, icon: str = "") -> None:
        """Change what it says it does."""
        self._icon = icon or self._icon
        self.setAccessibleName(name)
        self.setToolTip(hover(name))
        self._recolour()

    def _recolour(self) -> None:
        p = palette()
        self.setIcon(icons.icon(self._icon, p.secondary, self._size, p.border))
