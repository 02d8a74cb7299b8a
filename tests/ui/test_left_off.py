"""What was begun is there again after locking, and in another space, as it was left."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QTableView

from jitclient.views import ExhibitState
from protocol.errors import DiskError, NotFoundError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.conversation.pages import PLACE
from ui.conversation.state import ConversationState
from ui.frame import Frame
from ui.leftoff import LeftOff
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.widgets.toprow import TopRow

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def relock(shell: Shell, door: DoorDouble, desk: DeskDouble) -> Frame:
    """Lock, and unlock the same profile."""
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)
    door._make = lambda: desk
    return (await enter(shell, door))[0]


async def changing(locked: Locked) -> tuple[Frame, DeskDouble]:
    """An own message, of which another version is half typed over half a draft."""
    frame, desk = await enter(*locked)
    desk.say(desk.space_a, 0, "At five.", at=NOW)
    frame.room.conversation.refresh()
    await calm(frame)
    frame.room.conversation.draft_changed("half a sent")
    frame.room.conversation.changing.last()
    frame.room.conversation.draft_changed("At six, or")
    return frame, desk


def begun(state: ConversationState) -> tuple[str, str, str]:
    return state.draft, state.changes.text if state.changes else "", state.before[0]


async def test_a_change_of_a_message_that_was_begun_is_gone_on_with_after_locking(
    locked: Locked,
) -> None:
    frame, desk = await changing(locked)

    frame = await relock(*locked, desk)
    await calm(frame)

    talk = frame.room.conversation
    assert begun(talk.state) == ("At six, or", "At five.", "half a sent")
    talk.send()
    await calm(frame)
    assert desk.rows[desk.space_a][-1].text == "At six, or"
    assert talk.state.draft == "half a sent"
    frame = await relock(*locked, desk)
    assert begun(frame.room.conversation.state) == ("half a sent", "", "")


async def test_it_waits_while_another_space_is_in_front(locked: Locked) -> None:
    frame, desk = await changing(locked)

    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    assert frame.room.conversation.state.draft == ""
    frame.room.spaces.select(desk.space_a)
    await calm(frame)

    assert begun(frame.room.conversation.state) == ("At six, or", "At five.", "half a sent")


async def test_its_text_is_not_lost_where_the_message_is_gone(locked: Locked) -> None:
    frame, desk = await changing(locked)
    frame.room.conversation.changing.cancel()
    frame.room.conversation.draft_changed("")
    frame.room.conversation.changing.last()
    frame.room.conversation.draft_changed("At six, or")
    desk.fail["message"] = NotFoundError("There is no such message here.")

    frame = await relock(*locked, desk)
    await calm(frame)

    assert begun(frame.room.conversation.state) == ("At six, or", "", "")


async def test_it_is_not_lost_where_it_fails_behind_another_space(locked: Locked) -> None:
    frame, desk = await changing(locked)
    desk.fail["edit"] = DiskError("The disk is full.")

    frame.room.conversation.send()
    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    frame.room.spaces.select(desk.space_a)
    await calm(frame)

    assert begun(frame.room.conversation.state) == ("At six, or", "At five.", "half a sent")


async def test_what_answers_a_message_says_so_again(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    row = desk.rows[desk.space_a][-1]
    frame.room.conversation.reply_to(row.message)
    frame.room.conversation.draft_changed("half")

    frame = await relock(*locked, desk)
    await calm(frame)

    state = frame.room.conversation.state
    assert state.draft == "half"
    assert state.reply is not None
    assert state.reply.message == row.message


async def far_up(frame: Frame, desk: DeskDouble) -> str:
    """Scroll up in a long conversation; the first message in sight."""
    for number in range(60):
        desk.say(desk.space_a, 1, f"Line {number}", at=NOW + number)
    frame.room.conversation.refresh()
    await calm(frame)
    view = frame.stage.conversation
    await until(lambda: view.timeline.verticalScrollBar().maximum() > 900)
    laid_out()
    view.timeline.verticalScrollBar().setValue(700)
    first = in_sight(frame)
    row = next(one for one in view.timeline.message_views() if one.item.text == first)
    # Well within a row: at its very edge a point decides which one is the first in sight.
    view.timeline.verticalScrollBar().setValue(row.geometry().top() + 4)
    return in_sight(frame)


def laid_out() -> None:
    """Every row has its true height: what is laid out in later turns is laid out now."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def in_sight(frame: Frame) -> str:
    line = frame.stage.conversation.timeline
    at = line.verticalScrollBar().value()
    return next(one.item.text for one in line.message_views() if one.geometry().bottom() > at)


@pytest.mark.parametrize("how", ["lock", "space", "room"])
async def test_one_reads_on_where_one_was_reading(locked: Locked, how: str) -> None:
    frame, desk = await enter(*locked)
    first = await far_up(frame, desk)

    if how == "lock":
        frame = await relock(*locked, desk)
    elif how == "space":
        frame.room.spaces.select(desk.space_b)
        await calm(frame)
        assert frame.stage.conversation.timeline.at_end
        frame.room.spaces.select(desk.space_a)
    else:
        frame.room.spaces.show_tab(Tab.EVIDENCE)
        await calm(frame)
        frame = await relock(*locked, desk)
        assert frame.room.spaces.state.tab is Tab.CONVERSATION  # nothing remembers it here
    await calm(frame)

    await until(lambda: not frame.stage.conversation.timeline.waits)
    await until(lambda: in_sight(frame) == first)
    laid_out()
    assert in_sight(frame) == first
    assert not frame.stage.conversation.timeline.at_end


async def test_what_was_read_stays_in_place_until_somebody_scrolls(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    first = await far_up(frame, desk)
    frame = await relock(*locked, desk)
    await calm(frame)
    await until(lambda: in_sight(frame) == first)
    line = frame.stage.conversation.timeline
    bar = line.verticalScrollBar()

    line.message_views()[0].setFixedHeight(400)  # as a long text that is laid out later
    laid_out()
    assert in_sight(frame) == first
    bar.setValue(bar.value() + 3)
    line.message_views()[1].setFixedHeight(400)
    before, end = bar.value(), bar.maximum()
    laid_out()

    assert bar.maximum() > end
    assert bar.value() == before


async def test_at_the_end_it_stays_at_the_end_whatever_came(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    await far_up(frame, desk)
    frame.stage.conversation.timeline.to_end()

    frame = await relock(*locked, desk)
    await calm(frame)
    await until(lambda: frame.stage.conversation.timeline.verticalScrollBar().maximum() > 900)

    assert frame.stage.conversation.timeline.at_end


async def test_what_is_new_goes_before_where_one_was_reading(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    await far_up(frame, desk)
    shell, door = locked
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)
    desk.say(desk.space_a, 1, "The ship is in.")
    desk.set(desk.space_a, unread=1)
    door._make = lambda: desk

    frame, _ = await enter(shell, door)
    await calm(frame)

    assert frame.room.conversation.state.goal is None
    assert frame.stage.conversation.timeline.at_end


async def test_a_place_that_is_gone_is_no_failure(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.left.texts[desk.space_a] = {PLACE: "ab" * 16, "exhibit": "zz", "exhibits-place": "-"}
    desk.fail["message"] = NotFoundError("There is no such message here.")

    frame = await relock(*locked, desk)
    await calm(frame)

    assert frame.room.conversation.state.problem is None
    assert frame.room.evidence.state.problem is None


async def test_lists_are_filtered_as_they_were_in_each_space(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.stage.evidence.query.edit.setText("server")
    frame.stage.log.query.setText("opened")
    await calm(frame)
    shown = [one.number for one in frame.room.evidence.state.items]
    assert 0 < len(shown) < frame.room.evidence.state.total

    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    assert frame.stage.evidence.query.text() == frame.stage.log.query.text() == ""
    frame.room.spaces.select(desk.space_a)
    await calm(frame)
    assert frame.stage.evidence.query.text() == "server"
    frame = await relock(*locked, desk)
    await calm(frame)

    assert [one.number for one in frame.room.evidence.state.items] == shown
    assert frame.stage.evidence.query.text() == "server"
    assert frame.stage.log.query.text() == "opened"
    assert all("opened" in one.what.casefold() for one in frame.room.log.state.lines)


async def test_the_exhibit_that_was_looked_at_is_selected_again(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    await calm(frame)
    file = frame.room.evidence.state.items[2].file
    frame.room.evidence.select(file)

    frame = await relock(*locked, desk)
    await calm(frame)

    assert frame.room.evidence.state.selected == file
    assert frame.room.evidence.state.details is not None


async def many(locked: Locked, tab: Tab) -> tuple[Frame, DeskDouble]:
    """More exhibits and entries than the window shows at once."""
    frame, desk = await enter(*locked)
    for number in range(60):
        name, verified = f"scan-{number:02}.pdf", ExhibitState.VERIFIED
        desk.exhibit(desk.space_a, name, f"C-{number + 1}", 1000, verified)
        desk.log(desk.space_a, "Message read", f"Line {number}", "")
    frame.room.evidence.refresh()
    frame.room.spaces.show_tab(tab)
    await calm(frame)
    return frame, desk


@pytest.mark.parametrize("tab", [Tab.EVIDENCE, Tab.LOG])
async def test_a_list_stands_where_it_stood(locked: Locked, tab: Tab) -> None:
    frame, desk = await many(locked, tab)
    table, top = at_top(frame, tab)
    await until(lambda: table.verticalScrollBar().maximum() > 700)
    table.verticalScrollBar().setValue(600)
    first = top.key()
    assert first

    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    frame.room.spaces.select(desk.space_a)
    await until(lambda: top.key() == first and not top.waits)
    frame = await relock(*locked, desk)
    frame.room.spaces.show_tab(tab)
    await calm(frame)

    table, top = at_top(frame, tab)
    await until(lambda: table.verticalScrollBar().value() > 0)
    assert top.key() == first


def at_top(frame: Frame, tab: Tab) -> tuple[QTableView, TopRow]:
    room = frame.stage.evidence if tab is Tab.EVIDENCE else frame.stage.log
    return room.table, room.top


async def test_a_new_entry_of_the_log_does_not_move_what_is_read(locked: Locked) -> None:
    frame, desk = await many(locked, Tab.LOG)
    table, top = at_top(frame, Tab.LOG)
    await until(lambda: table.verticalScrollBar().maximum() > 700)
    table.verticalScrollBar().setValue(600)
    first = top.key()

    desk.log(desk.space_a, "Message read", "One more", "")
    frame.room.log.refresh()
    await calm(frame)

    await until(lambda: top.key() == first and not top.waits)
    assert table.verticalScrollBar().value() > 600 - 40


async def test_what_a_full_disk_did_not_take_is_written_when_there_is_room() -> None:
    desk = DeskDouble()
    left = LeftOff(desk)
    left.note(desk.space_a, "edit", "At six, or")
    desk.fail["note_left"] = DiskError("The disk is full.")
    await left.keep()
    del desk.fail["note_left"]
    left.note(desk.space_a, "exhibit", "ab")

    await left.keep()

    assert desk.left.texts == {desk.space_a: {"edit": "At six, or", "exhibit": "ab"}}
    assert not left.unkept


async def test_what_was_being_written_when_a_window_closed_is_written_by_the_next() -> None:
    desk = DeskDouble()
    left = LeftOff(desk)
    left.note(desk.space_a, "edit", "At six, or")
    left.note(desk.space_b, "edit", "At seven")
    desk.gate = asyncio.Event()
    tasks = TaskScope(lambda _: None)
    tasks.start(left.keep(), name="keep-left")
    await until(lambda: "note_left" in desk.calls)
    tasks.close()
    await until(lambda: tasks.idle)
    desk.gate = None

    await left.keep()

    assert desk.left.texts == {
        desk.space_a: {"edit": "At six, or"},
        desk.space_b: {"edit": "At seven"},
    }
