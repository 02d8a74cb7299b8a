"""What Alt+Enter shows of what is in front of a window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.binding import bind
from ui.language import tr
from ui.spaces.state import Tab

if TYPE_CHECKING:
    from ui.frame import Frame


def bind_details(frame: Frame) -> None:
    """Give the row of the table its act."""
    bind(frame, "details", partial(turn_details, frame), why_not=partial(_nothing, frame))


def turn_details(frame: Frame) -> None:
    """Of an exhibit beside the list, shown or put away; of a message in a sheet."""
    if _nothing(frame):
        return
    if frame.room.spaces.state.tab is Tab.EVIDENCE:
        frame.stage.evidence.aside.turn()
        return
    view = frame.stage.conversation.timeline.current()
    if view is not None:
        frame.stage.sheets.details(view.item.message)


def _nothing(frame: Frame) -> str:
    state = frame.room.spaces.state
    if state.home or state.detail is None:
        return tr("No space is in front.")
    if state.tab is Tab.EVIDENCE:
        return "" if frame.room.evidence.state.total else tr("There is nothing of it here.")
    if state.tab is Tab.CONVERSATION:
        current = frame.stage.conversation.timeline.current()
        return "" if current is not None else tr("No message is selected.")
    return tr("There is nothing of it here.")
