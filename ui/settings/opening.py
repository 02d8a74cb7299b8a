"""What the pages of the settings can ask of a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.memory import Memory
from ui.settings.switches import Switches

if TYPE_CHECKING:
    from ui.frame import Frame


def switches_of(frame: Frame, memory: Memory) -> Switches:
    """Every act is the frame's own, or one that it asks of its window."""
    return Switches(
        desk=frame.room.desk,
        tasks=frame.room.tasks,
        memory=memory,
        appearance=frame.appearance.emit,
        language=frame.language.emit,
        locks_after=frame.locks_after.emit,
        carries=frame.carries.emit,
        change_passphrase=frame.change_passphrase,
        recovery_sheet=frame.recovery_sheet,
        devices=frame.show_devices,
        keys=frame.show_keys,
    )
