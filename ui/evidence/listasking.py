"""What a hand-over list says beside its lines: asked before it is written. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ui.evidence.handlist import About
from ui.halftyped import HalfTyped
from ui.presenting import Presenter

MAX_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class ListState:
    """The sheet before the list."""

    about: About
    count: int  # of the exhibits that will stand on it

    @property
    def can_write(self) -> bool:
        """Whether the button does something."""
        return self.count > 0


class ListPresenter(Presenter[ListState]):
    """Behind the sheet "Hand-over list". `half`: what was typed when the window locked."""

    def __init__(self, about: About, count: int, half: HalfTyped | None = None) -> None:
        self._half = half
        if half is not None:
            about = replace(
                about,
                number=half.text("number", about.number),
                purpose=half.text("purpose", about.purpose),
                basis=half.text("basis", about.basis),
            )
        super().__init__(ListState(about, count))

    def number(self, text: str) -> None:
        """The number of the list."""
        self._change("number", replace(self.state.about, number=text.strip()), text)

    def purpose(self, text: str) -> None:
        """What the exhibits are handed over for."""
        self._change("purpose", replace(self.state.about, purpose=text.strip()), text)

    def basis(self, text: str) -> None:
        """On which legal basis."""
        self._change("basis", replace(self.state.about, basis=text.strip()), text)

    def _change(self, field: str, about: About, text: str) -> None:
        if self._half is not None:
            self._half.typed(field, text.strip())
        self._show(replace(self.state, about=about))
