"""What all windows of an unlocked profile hold in common. No Qt."""

from __future__ import annotations

from ui.conversation.composing import Composing
from ui.leftoff import LeftOff
from ui.ports import DeskPort


class Common:
    """Made with the first room of a desk, handed to every further one."""

    def __init__(self, desk: DeskPort) -> None:
        self.composing = Composing()
        self.left = LeftOff(desk)
