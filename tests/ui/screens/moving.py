"""The palette and the sheet of keys."""

from __future__ import annotations

from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import sheets
from ui.palette.view import PaletteSheet


@screen("palette-jump")
async def _jump(play: Play) -> None:
    frame, _ = await play.frame()
    frame.palettes.jump()
    found = await play.shown(PaletteSheet)
    found.field.setText("a")
    await play.quiet()


@screen("palette-nothing")
async def _nothing(play: Play) -> None:
    await _jump(play)
    found = next(one for one in sheets() if isinstance(one, PaletteSheet))
    found.field.setText("qqqq")
    await play.quiet()


@screen("palette-commands")
async def _commands(play: Play) -> None:
    frame, _ = await play.frame()
    frame.palettes.commands()
    await play.shown(PaletteSheet)
