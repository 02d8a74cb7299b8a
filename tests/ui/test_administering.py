"""What an administrator decides for the space: its past, its policy; and the proof of a fork."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.views import AlarmRow
from protocol.errors import NotPermittedError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.people.rule import rule_change
from ui.people.share import SharePresenter
from ui.people.sharesheet import ShareSheet
from ui.room import Room
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.widgets.button import Button

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


async def _sharing(desk: DeskDouble, failures: list[Exception]) -> tuple[SharePresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    user = desk.details[desk.space_a].members[3].user
    share = SharePresenter(desk, tasks, desk.space_a, user)
    share.load()
    await until(lambda: tasks.idle)
    return share, tasks


async def test_the_least_is_chosen_first_and_choosing_shares_nothing(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    share, _ = await _sharing(desk, failures)
    assert share.state.since == 3

    share.choose(0)
    share.choose(99)

    assert share.state.since == 0
    assert share.chosen.startswith("Everything, since the space was opened")
    assert desk.shared == []


async def test_the_past_is_opened_from_the_chosen_entry_on(failures: list[Exception]) -> None:
    desk = DeskDouble()
    share, _ = await _sharing(desk, failures)
    share.choose(1)

    assert await share.share()

    assert [since for _, since in desk.shared] == [1]


async def test_a_refused_sharing_is_a_card(failures: list[Exception]) -> None:
    desk = DeskDouble()
    desk.fail["share_history"] = NotPermittedError("Only an administrator may do this.")
    share, _ = await _sharing(desk, failures)

    assert not await share.share()

    assert share.state.problem is not None


async def test_sharing_is_asked_twice_and_escape_shares_nothing(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.stage.sheets.share(desk.details[desk.space_a].members[3].user)
    found = await sheet()
    assert isinstance(found, ShareSheet)
    await until(found.action.isEnabled)
    found.action.click()
    await until(lambda: len(open_dialogs()) == 2)
    asks = next(one for one in open_dialogs() if one is not found)

    QTest.keyClick(asks, Qt.Key.Key_Escape)
    await until(lambda: len(open_dialogs()) == 1)
    assert desk.shared == []
    found.action.click()
    await until(lambda: len(open_dialogs()) == 2)
    again = next(one for one in open_dialogs() if one is not found)
    again.findChildren(Button)[-1].click()
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert len(desk.shared) == 1


async def test_the_policy_is_switched_by_an_administrator_only() -> None:
    desk = DeskDouble()
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    before = room.people.state
    room.people.rule(verified_only=True)
    await until(lambda: room.tasks.idle)
    assert (before.can_rule, before.verified_only) == (True, False)
    assert room.people.state.verified_only
    desk.set(desk.space_a, i_administer=False)
    room.spaces.refresh()
    await until(lambda: room.tasks.idle)

    assert not room.people.state.can_rule
    assert not any(p.can_share for group in room.people.state.groups for p in group.people)
    room.close()


async def test_both_ways_of_the_policy_are_explained() -> None:
    for way in (True, False):
        title, effects = rule_change(verified_only=way)

        assert title.endswith("?")
        assert len(effects) == 3


async def test_only_a_fork_offers_its_proof_and_the_file_is_written(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    out = tmp_path / "proof"

    async def target(*_: object) -> Path:
        return out

    monkeypatch.setattr("ui.sheets.choose_target", target)
    other = desk.alarm("replay", "An old message was delivered again.")
    forked = replace(other, alarm=99, code="log-fork", space=desk.space_a)
    assert isinstance(forked, AlarmRow)
    await calm(frame)
    assert _exports(frame.stage.alarms) == []
    frame.room.alarms.raised(forked)

    await until(lambda: _exports(frame.stage.alarms) != [])
    (button,) = _exports(frame.stage.alarms)
    button.click()
    await until(out.exists)

    assert desk.calls.count("export_fork_proof") == 1
    frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(frame)


def _exports(root: object) -> list[Button]:
    assert hasattr(root, "findChildren")
    return [
        one
        for one in root.findChildren(Button)
        if one.text() == "Export proof…" and one.isVisible()
    ]
