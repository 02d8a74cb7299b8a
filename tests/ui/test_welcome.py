"""The first minutes: nobody meets a form that ends in a refusal, and keys are enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from protocol.roles import Party
from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.help.page import Place
from ui.help.topics import topic_of
from ui.people.sheets import AddMemberSheet
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("party", "words"),
    [(Party.MEMBER_STATE, "New space…"), (Party.UNION_BODY, "Synchronise now")],
)
async def test_only_who_may_open_a_space_is_offered_to(
    party: Party, words: str, failures: list[Exception]
) -> None:
    def made() -> DeskDouble:
        desk = DeskDouble()
        desk.details.clear()
        desk.me = replace(desk.me, party=party)
        return desk

    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    door = DoorDouble(make=made)
    shell.open_gate(door)
    shell.enter(door.open())
    frame = shell.frame
    assert frame is not None
    await until(frame.stage.empty.isVisible)

    assert topic_of(frame.stage.conversation) == Place("first-steps")  # not shown yet
    assert frame.stage.empty.action.text() == words
    frame.stage.empty.action.click()
    if party is Party.MEMBER_STATE:
        (await sheet()).reject()
        await until(lambda: open_dialogs() == [])
    else:
        await until(lambda: "sync_now" in door.desks[-1].calls)
        assert open_dialogs() == []
    await put_away(shell)


async def test_a_member_is_found_chosen_and_added_without_the_mouse(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    frame.stage.go(Tab.PEOPLE)
    before = len(desk.details[desk.space_a].members)
    frame.stage.sheets.add_member()
    found = await sheet()
    assert isinstance(found, AddMemberSheet)
    await until(lambda: bool(found._presenter.state.candidates))

    name = found._presenter.state.candidates[-1].name
    QTest.keyClicks(found.query, name)
    assert _chosen(found) == ""
    QTest.keyClick(found.query, Qt.Key.Key_Down)
    assert _chosen(found) == name
    assert found.action.isEnabled()
    found.query.setFocus()
    QTest.keyClick(found.query, Qt.Key.Key_Return)
    await until(lambda: open_dialogs() == [])
    await calm(frame)
    assert len(desk.details[desk.space_a].members) == before + 1


def _chosen(found: AddMemberSheet) -> str:
    one = found._presenter.state.chosen
    return "" if one is None else one.name
