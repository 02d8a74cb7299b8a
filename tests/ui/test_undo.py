"""What can be taken back is offered for eight seconds, and is then as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.reviewviews import ReviewState
from jitclient.views import AlarmRow, ExhibitRow, ExhibitState
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def chosen(locked: tuple[Shell, DoorDouble]) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.select(desk.files[desk.space_a][0].file)
    await desk.reviewing.tag(desk.space_a, desk.files[desk.space_a][1].file, add=("bank",))
    await calm(frame)
    return frame, desk


def row(desk: DeskDouble) -> ExhibitRow:
    return desk.files[desk.space_a][0]


async def back(frame: Frame) -> None:
    assert frame.strip.undo.isVisible()
    QTest.keyClick(frame, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await calm(frame)
    assert not frame.strip.undo.isVisible()


async def test_a_mark_and_a_tag_are_taken_back(locked: tuple[Shell, DoorDouble]) -> None:
    frame, desk = await chosen(locked)
    before = row(desk)

    frame.room.evidence.reviewing.mark(ReviewState.FLAGGED)
    await calm(frame)
    assert row(desk).review == "flagged"
    await back(frame)
    assert row(desk).review == before.review

    frame.room.evidence.reviewing.turn_tag(1)
    await calm(frame)
    assert row(desk).tags != before.tags
    await back(frame)
    assert row(desk).tags == before.tags


async def test_typed_tags_and_a_note_are_taken_back_one_after_the_other(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await chosen(locked)
    reviewing = frame.room.evidence.reviewing
    reviewing.retag("bank, ship")
    reviewing.note("Ask the bank.")
    await calm(frame)
    assert row(desk).tags == ("bank", "ship")
    before = row(desk)

    frame.room.evidence.refresh()
    await calm(frame)
    reviewing.retag("ship, port")
    await calm(frame)
    assert row(desk).tags == ("port", "ship")
    await back(frame)
    assert row(desk).tags == before.tags
    reviewing.note("Ask the port.")
    await calm(frame)
    await back(frame)
    assert row(desk).note == "Ask the bank."


async def test_a_forgotten_filter_comes_back_with_what_it_filtered(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await chosen(locked)
    frame.room.evidence.filter("server")
    frame.room.evidence.reviewing.save_view("Servers")
    await calm(frame)

    frame.room.evidence.reviewing.drop_view("Servers")
    await calm(frame)
    assert "Servers" not in await desk.reviewing.views(desk.space_a)
    await back(frame)
    assert (await desk.reviewing.views(desk.space_a))["Servers"] == "server"


async def test_only_the_last_is_offered_for_eight_seconds_and_once(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, _ = await enter(shell, door)
    status, taken, clock = frame.room.status, list[str](), [0.0]
    status._clock = lambda: clock[0]
    status.offer("First", lambda: taken.append("first"))
    status.offer("Second", lambda: taken.append("second"))
    clock[0] = 7.9
    status.tick()
    assert frame.strip.undo.isVisible()
    frame.strip.undo.click()
    frame.strip.undo.click()
    assert taken == ["second"]

    status.offer("Third", lambda: taken.append("third"))
    clock[0] = 16.0
    status.tick()
    assert not frame.strip.undo.isVisible()
    status.undo()
    assert taken == ["second"]


async def test_a_pause_in_the_list_is_taken_back(locked: tuple[Shell, DoorDouble]) -> None:
    frame, desk = await chosen(locked)
    rows = desk.files[desk.space_a]
    at = next(at for at, one in enumerate(rows) if one.state is ExhibitState.UPLOADING)
    frame.room.evidence.select(rows[at].file)
    frame.room.evidence.pause()
    await calm(frame)
    assert desk.files[desk.space_a][at].state is ExhibitState.PAUSED

    await back(frame)

    assert desk.files[desk.space_a][at].state is ExhibitState.UPLOADING


async def test_an_alarm_that_was_dismissed_comes_back(locked: tuple[Shell, DoorDouble]) -> None:
    frame, desk = await chosen(locked)
    alarm = AlarmRow(
        alarm=7, space=desk.space_a, code="forged", sentence="Somebody forged.", at=NOW
    )
    desk.alarms = [alarm]
    frame.room.alarms.known((alarm,))
    frame.room.alarms.dismiss("alarm-7")
    await calm(frame)
    assert desk.alarms == []

    await back(frame)

    assert desk.alarms == [alarm]
    assert [one.alarm for one in frame.room.alarms.state.banners] == [7]
