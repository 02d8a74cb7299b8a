"""F6: from one part of the window to the next, each time to where the keyboard was in it last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from weakref import ref

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class Landmarks:
    """The parts of one window.

    Args:
        parts: in order; what lies in another one stands behind it. Asked each time, since some
            are made when they are first shown.
    """

    def __init__(self, parts: Callable[[], Sequence[QWidget]]) -> None:
        self._parts = parts
        self._last: dict[int, ref[QWidget]] = {}

    def step(self, by: int) -> None:
        """Give the keyboard to the next part that is shown and can take it."""
        parts = [one for one in self._parts() if one.isVisible()]
        focus = QApplication.focusWidget()
        inside = [at for at, one in enumerate(parts) if focus is not None and _has(one, focus)]
        if inside and focus is not None:
            self._last[id(parts[inside[-1]])] = ref(focus)
        start = inside[-1] if inside else -1 if by > 0 else 0
        for turn in range(1, len(parts) + 1):
            at = (start + by * turn) % len(parts)
            target = self._target(parts, at)
            if target is not None:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _target(self, parts: list[QWidget], at: int) -> QWidget | None:
        kept = self._last.get(id(parts[at]))
        before = kept() if kept is not None else None
        nested = [one for one in parts if one is not parts[at] and parts[at].isAncestorOf(one)]
        if before is not None and isValid(before) and _takes(before) and _has(parts[at], before):
            return before
        return next(
            (
                one
                for one in (parts[at], *parts[at].findChildren(QWidget))
                if _takes(one) and not any(_has(other, one) for other in nested)
            ),
            None,
        )


def _has(part: QWidget, one: QWidget) -> bool:
    return part is one or part.isAncestorOf(one)


def _takes(one: QWidget) -> bool:
    tab = one.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(tab) and one.isVisible() and one.isEnabled() and one.focusProxy() is None
