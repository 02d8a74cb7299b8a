"""The title of a window: the strictest marking of what it shows, in text, and nothing else.

Titles are seen by screen sharing and by lists of windows, so they bear only codes of closed lists
(handling codes, TLP). A marking that somebody typed could name a case, and stays inside (ADR 69).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QMainWindow, QWidget

from jitclient import factviews
from ui.spaces.state import SpacesState, Tab

if TYPE_CHECKING:
    from ui.conversation.state import ConversationState
    from ui.evidence.state import EvidenceState
    from ui.room import Room

_BEFORE: Final = " — "
Marks = Iterable[Iterable[str]]


def said(marks: Marks) -> str:
    """The strictest marking of all of them, as it stands in a title; empty where there is none."""
    return "  ·  ".join(factviews.codes(marks))


def titled(codes: str, title: str) -> str:
    """A title with the marking before it."""
    return f"{codes}{_BEFORE}{title}" if codes else title


class Titling:
    """Follows the room in front of one window."""

    def __init__(self, frame: QWidget, room: Room) -> None:
        self._frame, self._room = frame, room
        self._said = ""
        self._on = True
        room.evidence.watch(self._changed)
        room.conversation.watch(self._changed)

    def follow(self, _state: SpacesState) -> None:
        """Another place is in front."""
        self._tell()

    def stop(self) -> None:
        """The window locks: nothing is shown any more."""
        self._on = False
        self._put("")

    def _changed(self, _state: ConversationState | EvidenceState) -> None:
        self._tell()

    def _tell(self) -> None:
        if self._on:
            self._put(said(self._marks()))

    def _marks(self) -> Marks:
        spaces, evidence = self._room.spaces.state, self._room.evidence.state
        if spaces.home or spaces.detail is None:
            return ()
        match spaces.tab:
            case Tab.EVIDENCE:
                details = evidence.details
                return [*evidence.marks, *([details.marks] if details is not None else [])]
            case Tab.CONVERSATION:
                return _announced(self._room.conversation.state)
            case _:
                return ()

    def _put(self, codes: str) -> None:
        """Before what stands there already, which may say that this is a training."""
        window = self._frame.window()
        if not isinstance(window, QMainWindow):
            return
        rest = window.windowTitle().removeprefix(self._said)
        self._said = titled(codes, "")
        if window.windowTitle() != self._said + rest:
            window.setWindowTitle(self._said + rest)


def _announced(state: ConversationState) -> Marks:
    """Of every exhibit that stands among the messages that are loaded."""
    shown = (getattr(one, "exhibit", None) for one in state.rows)
    return {one.marks for one in shown if one is not None}
