"""Opens the palette over a window, and carries out what was chosen when it is closed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.binding import bind
from ui.language import tr
from ui.palette.entries import Places, commands
from ui.palette.presenter import PalettePresenter
from ui.palette.view import PaletteSheet

if TYPE_CHECKING:
    from ui.room import Room
    from ui.stage import Stage


class Palettes:
    """The two faces of the palette in one window.

    Args:
        arrive: brings the stage to the front, where a narrow window shows one part at a time.
    """

    def __init__(
        self, frame: QWidget, room: Room, stage: Stage, arrive: Callable[[], None]
    ) -> None:
        self._frame = frame
        self._room = room
        self._arrive = arrive
        self._places = Places(room, stage)
        bind(frame, "jump", self.jump)
        bind(frame, "commands", self.commands)

    def jump(self) -> None:
        """Go anywhere."""
        self._room.tasks.start(self._jump(), name="palette-sheet")

    async def _jump(self) -> None:
        places = self._places
        presenter = PalettePresenter(
            self._room.tasks, places.known(), more=places.others, find=places.find
        )
        hint = tr("A space, a room, a person, an exhibit, a message")
        if await self._chosen(presenter, tr("Go to"), hint):
            self._arrive()

    def commands(self) -> None:
        """Do anything that can be done here."""
        self._room.tasks.start(self._commands(), name="palette-sheet")

    async def _commands(self) -> None:
        presenter = PalettePresenter(self._room.tasks, commands(self._frame.window()))
        await self._chosen(presenter, tr("Commands"), tr("What to do"))

    async def _chosen(self, presenter: PalettePresenter, title: str, hint: str) -> bool:
        sheet = PaletteSheet(self._frame.window(), presenter, title, hint)
        if not await sheet.shown() or sheet.chosen is None:
            return False
        sheet.chosen.act()
        return True
