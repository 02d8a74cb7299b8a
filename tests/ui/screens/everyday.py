"""What is open all day: the five rooms of a space, the sheets of every day, and leaving."""

from __future__ import annotations

from jitclient.events import TransferMoved
from jitclient.housekeeping import broken_at
from jitclient.views import ExhibitState
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import calm, until
from ui.custody.lines import LogFilter
from ui.help.opening import open_help
from ui.help.page import Place
from ui.keysheet import KeySheet
from ui.people.sheets import AddMemberSheet
from ui.spaces.opening import open_overview
from ui.spaces.overview import OverviewSheet
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import Tab
from ui.widgets.chip import Chip
from ui.widgets.sheet import Sheet


async def _room(play: Play, tab: Tab) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(tab)
    await calm(frame)


@screen("conversation")
async def _conversation(play: Play) -> None:
    await _room(play, Tab.CONVERSATION)


@screen("evidence")
async def _evidence(play: Play) -> None:
    await _room(play, Tab.EVIDENCE)


@screen("people")
async def _people(play: Play) -> None:
    await _room(play, Tab.PEOPLE)


@screen("log")
async def _log(play: Play) -> None:
    await _room(play, Tab.LOG)


@screen("log-filtered")
async def _log_filtered(play: Play) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    frame.stage.log.more.setChecked(True)
    frame.room.log.ask(LogFilter(about="a"))


@screen("log-broken")
async def _log_broken(play: Play) -> None:
    frame, desk = await play.frame()
    desk.fail["custody_chain"] = broken_at(3)
    frame.room.spaces.show_tab(Tab.LOG)
    frame.room.log.refresh()
    await calm(frame)


@screen("overview")
async def _overview(play: Play) -> None:
    frame, desk = await play.frame()
    open_overview(frame)
    sheet = await play.shown(OverviewSheet)
    await until(lambda: "kept" in desk.calls and len(sheet.findChildren(Chip)) > 1)


@screen("new-space")
async def _new_space(play: Play) -> None:
    frame, _ = await play.frame()
    frame.new_space()
    await play.shown(NewSpaceSheet)


@screen("add-member")
async def _add_member(play: Play) -> None:
    frame, _ = await play.frame()
    frame.stage.sheets.add_member()
    await play.shown(AddMemberSheet)


@screen("keys")
async def _keys(play: Play) -> None:
    frame, _ = await play.frame()
    frame.show_keys()
    await play.shown(KeySheet)


@screen("help")
async def _help(play: Play) -> None:
    await play.frame()
    open_help(Place("messages"))


@screen("quit-moving")
async def _quit(play: Play) -> None:
    frame, desk = await play.frame()
    moving = next(one for one in desk.files[desk.space_a] if one.state is ExhibitState.UPLOADING)
    frame.room.status.moved(TransferMoved(desk.space_a, moving.file, 1, 2, 1.0))
    play.shell.close()
    await play.shown(Sheet)
