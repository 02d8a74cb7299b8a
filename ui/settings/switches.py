"""What the pages of the settings can ask for, and what they find chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.memory import Memory
from ui.ports import DeskPort
from ui.tasks import TaskScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Handed to every page; each act is that of the window itself."""

    desk: DeskPort
    tasks: TaskScope
    memory: Memory
    appearance: Callable[[str, str], None]
    language: Callable[[str], None]
    locks_after: Callable[[int], None]
    carries: Callable[[bool], None]
    change_passphrase: Callable[[], None]
    recovery_sheet: Callable[[], None]
    devices: Callable[[], None]
    keys: Callable[[], None]
