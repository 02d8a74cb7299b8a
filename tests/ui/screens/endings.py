"""A space before its end, and after it."""

from __future__ import annotations

from jitclient.endviews import UnreachedRow
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


@screen("closing")
async def _before(play: Play) -> None:
    frame, _ = await play.frame()
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
