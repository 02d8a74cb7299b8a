"""Today: with everything that can wait, with nothing, with a disk that fails."""

from __future__ import annotations

from dataclasses import replace

from jitclient.views import ExhibitState, Trust
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from tests.ui.screens.stagecraft import Play, member, screen
from tests.ui.waiting import calm, until


def everything(desk: DeskDouble) -> None:
    """A team leader's Monday."""
    desk.set(desk.space_a, deadline=NOW + DAY // 2)
    desk.set(desk.space_b, deadline=NOW + 6 * DAY)
    desk.change_key(desk.space_a, member(desk, 3))
    desk.exhibit(desk.space_a, "seized.img", "A-9", 10**9, ExhibitState.FAILED)
    desk.exhibit(desk.space_b, "phone.tar", "B-2", 10**8, ExhibitState.PAUSED)
    desk.today.mentioned[desk.space_a] = 2
    desk.exhibit(desk.space_a, "disk.img", "A-10", 10**8, ExhibitState.PAUSED)
    for at in range(6):
        space = desk.add_space(f"Coordination centre {at + 1}", f"JIT 2026/{200 + at}", members=3)
        desk.set(space, unread=at + 1)


@screen("home")
async def _home(play: Play) -> None:
    frame, desk = await play.frame()
    everything(desk)
    frame.room.spaces.refresh()
    await calm(frame)
    await desk.close_space(desk.space_b, "Judgment final")
    frame.show_home()
    await calm(frame)
    await until(lambda: bool(frame.stage.home.rows()) and frame.stage.home.built)


@screen("home-nothing")
async def _nothing(play: Play) -> None:
    frame, desk = await play.frame()
    quiet(desk)
    frame.room.spaces.refresh()
    frame.show_home()
    await calm(frame)


def quiet(desk: DeskDouble) -> None:
    """Nobody waits for anything."""
    for space, detail in desk.details.items():
        sure = tuple(
            one if one.is_me else replace(one, trust=Trust.VERIFIED) for one in detail.members
        )
        desk.details[space] = replace(detail, members=sure)
        desk.set(space, unread=0, deadline=None)
        desk.files[space] = []


@screen("home-broken")
async def _broken(play: Play) -> None:
    frame, desk = await play.frame()
    desk.today.broken = True
    frame.show_home()
    await calm(frame)
