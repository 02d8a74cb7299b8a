"""R23.2 on the screen: who waits for a controller, and the act that designates one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitclient.views import SpaceDetail
from protocol.errors import StoreUnreachableError
from protocol.ids import UserId
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.screens.people import outsider
from tests.ui.screens.stagecraft import reloaded
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.evidence.items import may_add
from ui.people.designate import DesignatePresenter
from ui.people.designatesheet import DesignateSheet
from ui.people.presenter import PeoplePresenter
from ui.people.state import Person
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.widgets.button import Button

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


def shown(desk: DeskDouble, user: UserId, failures: list[Exception]) -> Person:
    """How the people screen has somebody."""
    people = PeoplePresenter(desk, TaskScope(failures.append))
    people.open(desk.details[desk.space_a])
    return next(one for g in people.state.groups for one in g.people if one.user == user)


def behind(desk: DeskDouble) -> DesignatePresenter:
    """The sheet for somebody who waits."""
    user = outsider(desk)
    return DesignatePresenter(desk, desk.details[desk.space_a], user)


async def test_who_waits_is_shown_and_an_administrator_may_designate(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    user = outsider(desk)
    waits = shown(desk, user, failures)
    assert (waits.waits, waits.can_designate) == (True, True)
    assert waits.standing == "Hands over nothing yet: no controller is designated."
    assert not shown(desk, desk.me.user, failures).can_designate

    outsider(desk, waits=False, may_upload=True, controller="Clara Weiss")
    assert shown(desk, user, failures).standing.endswith("Clara Weiss")
    desk.set(desk.space_a, i_administer=False)
    assert not shown(desk, user, failures).can_designate


async def test_nothing_is_signed_without_a_reason() -> None:
    desk = DeskDouble()
    sheet_ = behind(desk)
    assert not await sheet_.designate()
    sheet_.reason_changed("   ")
    assert not await sheet_.designate()
    assert desk.named == []

    sheet_.reason_changed(" Clause 12.4 ")
    assert await sheet_.designate()

    (named,) = desk.named
    assert named[1:] == (desk.me.user, "Clause 12.4")


async def test_a_designation_that_failed_is_a_card() -> None:
    desk = DeskDouble()
    desk.fail["designate"] = StoreUnreachableError("No connection.")
    sheet_ = behind(desk)
    sheet_.reason_changed("Clause 12.4")

    assert not await sheet_.designate()

    assert sheet_.state.problem is not None


async def test_who_waits_is_told_why_nothing_can_be_added() -> None:
    desk = DeskDouble()
    user = outsider(desk)

    def mine(detail: SpaceDetail) -> SpaceDetail:
        members = tuple(replace(m, is_me=m.user == user) for m in detail.members)
        return replace(detail, members=members)

    may, why = may_add(mine(desk.details[desk.space_a]))
    assert not may
    assert "controller" in why
    outsider(desk, waits=False, may_upload=True)
    assert may_add(mine(desk.details[desk.space_a])) == (True, "")


async def test_the_button_asks_twice_and_then_the_row_says_who(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    outsider(desk)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await reloaded(frame)
    buttons = frame.stage.people.findChildren(Button)
    next(one for one in buttons if one.text() == "Designate…").click()
    found = await sheet()
    assert isinstance(found, DesignateSheet)
    assert not found.action.isEnabled()
    found.reason.setText("Clause 12.4")
    found.action.click()
    await until(lambda: len(open_dialogs()) == 2)
    asks = next(one for one in open_dialogs() if one is not found)
    assert desk.named == []

    next(b for b in asks.findChildren(Button) if b.text() == "Designate").click()

    await until(lambda: len(desk.named) == 1)
    await calm(frame)
