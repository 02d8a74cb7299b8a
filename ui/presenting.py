"""What every presenter shares: one frozen state, one view that renders it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")


class Presenter(Generic[S]):
    """Holds a state and shows it to one view.

    A presenter decides and never draws. The view calls its methods and draws what it is shown.
    """

    def __init__(self, state: S) -> None:
        self._state = state
        self._render: Callable[[S], None] | None = None
        self._watchers: list[Callable[[S], None]] = []

    @property
    def state(self) -> S:
        """What is shown now."""
        return self._state

    def attach(self, render: Callable[[S], None]) -> None:
        """Connect the view; it is shown the present state at once."""
        self._render = render
        render(self._state)

    def detach(self) -> None:
        """Disconnect the view."""
        self._render = None

    def watch(self, look: Callable[[S], None]) -> None:
        """Show every further state to somebody else, too, who only looks."""
        self._watchers.append(look)

    def _show(self, state: S) -> None:
        if state == self._state:
            return
        self._state = state
        if self._render is not None:
            self._render(state)
        for look in self._watchers:
            look(state)
