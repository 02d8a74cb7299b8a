"""The overview of a space: what it says, and what an administrator has still to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitclient.views import SpaceDetail, SpaceState, Trust
from protocol.errors import DiskError
from protocol.roles import Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.story import story
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.people.meetingsheet import MeetingSheet
from ui.spaces.opening import open_overview
from ui.spaces.overview import OverviewSheet
from ui.spaces.overviewing import OverviewPresenter
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.widgets.button import Button

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _read(desk: DeskDouble) -> OverviewPresenter:
    tasks = TaskScope(lambda _: None)
    presenter = OverviewPresenter(desk, tasks, desk.details[desk.space_a], lambda: NOW)
    presenter.load()
    await until(lambda: tasks.idle)
    return presenter


def _set(desk: DeskDouble, detail: SpaceDetail) -> None:
    desk.details[desk.space_a] = detail


async def test_it_says_agreement_parties_people_keys_copies_and_room() -> None:
    desk = story()

    state = (await _read(desk)).state

    said = dict(state.facts)
    assert said["JIT agreement"] == "JIT 2026/118"
    assert said["Parties"] == "DE, EL, EU, NL"
    assert said["Keys"] == "2 of 3 verified"
    assert "24 days" in said["Copies"]
    assert "MiB" in said["On this computer"]
    names = [one.name for group in state.groups for one in group.people]
    assert sorted(names) == sorted(one.name for one in desk.details[desk.space_a].members)


async def test_an_administrator_sees_what_is_left_and_others_no_list() -> None:
    desk = story()
    detail = desk.details[desk.space_a]

    left = [one.act for one in (await _read(desk)).state.checks if not one.done]
    _set(desk, replace(detail, row=replace(detail.row, i_administer=False)))

    assert left == ["tab-3", "meeting"]
    assert (await _read(desk)).state.checks == ()


async def test_a_space_that_is_over_has_nothing_left_to_do() -> None:
    desk = story()
    detail = desk.details[desk.space_a]
    _set(desk, replace(detail, row=replace(detail.row, state=SpaceState.WIPED)))

    assert (await _read(desk)).state.checks == ()


async def test_when_all_is_done_one_line_says_so() -> None:
    desk = story()
    detail = desk.details[desk.space_a]
    sure = [one if one.is_me else replace(one, trust=Trust.VERIFIED) for one in detail.members]
    sure[-1] = replace(sure[-1], role=Role.ADMINISTRATOR)
    _set(desk, replace(detail, members=tuple(sure)))

    checks = (await _read(desk)).state.checks

    assert [(one.done, one.act) for one in checks] == [(True, "")]


async def test_a_disk_that_does_not_answer_takes_nothing_else_away() -> None:
    desk = story()
    desk.fail["kept"] = DiskError("The disk does not answer.")

    state = (await _read(desk)).state

    assert state.problem is not None
    assert state.problem.code == "disk"
    assert dict(state.facts)["Parties"] == "DE, EL, EU, NL"


async def test_what_is_left_is_done_from_there(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    open_overview(frame)
    found = await sheet()
    assert isinstance(found, OverviewSheet)
    await until(lambda: _button(found, "Compare…") is not None)

    button = _button(found, "Compare…")
    assert button is not None
    button.click()
    await until(lambda: any(isinstance(one, MeetingSheet) for one in open_dialogs()))

    for one in open_dialogs():
        one.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


def _button(found: OverviewSheet, words: str) -> Button | None:
    buttons = [one for one in found.findChildren(Button) if one.isVisible()]
    return next((one for one in buttons if one.text() == words), None)
