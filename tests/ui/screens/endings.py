"""A space before its end, and after it."""

from __future__ import annotations

from typing import Final

from jitclient.endviews import Outstanding, UnreachedRow
from tests.ui.desk_rows import NOW
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import calm
from ui.spaces.state import Tab

_LEFT = (
    ("exhibit", "/home/ana/Documents/court/Kontoauszüge_Amberlight_Q3.xlsx"),
    ("sheet", "/home/ana/Documents/court/Kontoauszüge_Amberlight_Q3.xlsx.facts.txt"),
    ("list", "/home/ana/Documents/court/hand-over-list.pdf"),
    ("source", "/media/ana/SEIZURE-7"),
    ("member", "Carla Rossi"),
)


OPEN: Final = Outstanding(
    unsaved=7,
    unsaved_names=("B-2 Kontoauszüge_Q3.xlsx", "B-3 phone.ufdr", "B-4", "B-5", "B-6 call.wav"),
    moving=1,
    moving_names=("A-1 Laptop_Schiphol_image.E01",),
    messages=2,
    owing=(("Κώστας Παπαδόπουλος", 3), ("Jan de Vries", 1)),
)


@screen("closing")
async def _before(play: Play) -> None:
    frame, desk = await play.frame()
    desk.endings.open[desk.space_a] = OPEN
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)


@screen("closing-receipts")
async def _after(play: Play) -> None:
    frame, desk = await play.frame()
    desk.endings.rows[desk.space_a] = tuple(
        UnreachedRow(what=what, name=name, at=NOW) for what, name in _LEFT
    )
    await desk.close_space(desk.space_a, "Judgment final")
    desk.receipt(desk.space_a, 1)
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)
