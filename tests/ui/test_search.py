"""Finding: rows belong to what was typed last, and a hit is opened in its place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.events import MessagesChanged
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.state import MessageItem
from ui.frame import Frame
from ui.room import Room
from ui.search.presenter import SearchPresenter
from ui.search.view import SearchSheet
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _room(desk: DeskDouble) -> Room:
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    return room


def _long(count: int = 700) -> DeskDouble:
    desk = DeskDouble()
    for at in range(count):
        desk.say(desk.space_a, 1, f"m{at}", at=NOW + at)
    return desk


def _shown(room: Room) -> list[str]:
    return [one.text for one in room.conversation.state.rows if isinstance(one, MessageItem)]


def _found(presenter: SearchPresenter) -> list[str]:
    return [one.head.text for one in presenter.state.hits]


async def test_what_is_shown_belongs_to_what_was_typed_last() -> None:
    desk = _long(30)
    room = await _room(desk)
    finding = room.search(everywhere=False)

    for typed in ("m", "m1", "m12"):
        finding.typed(typed)
    await until(lambda: room.tasks.idle)

    assert _found(finding) == ["m12"]
    assert desk.calls.count("find") < 3 + 1
    finding.typed("")
    assert not finding.state.hits
    room.close()


async def test_a_space_is_looked_through_or_all_of_them() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "red van", at=NOW)
    desk.say(desk.space_b, 1, "grey van", at=NOW + 1)
    room = await _room(desk)
    finding = room.search(everywhere=False)
    finding.typed("van")
    await until(lambda: room.tasks.idle)
    assert _found(finding) == ["red van"]

    finding.look(everywhere=True)
    await until(lambda: room.tasks.idle)

    assert _found(finding) == ["grey van", "red van"]
    title = desk.details[desk.space_b].row.title
    assert title in finding.state.hits[0].about
    room.close()


async def test_the_next_page_follows_the_first() -> None:
    room = await _room(_long(120))
    finding = room.search(everywhere=False)
    finding.typed("m")
    await until(lambda: room.tasks.idle)
    assert (len(finding.state.hits), finding.state.more) == (50, True)

    finding.more()
    finding.more()  # the wheel turns on
    await until(lambda: room.tasks.idle)

    assert _found(finding) == [f"m{at}" for at in range(119, 19, -1)]
    room.close()


async def test_a_half_typed_filter_is_explained_and_no_error() -> None:
    room = await _room(DeskDouble())
    finding = room.search(everywhere=True)

    finding.typed("van before:")
    await until(lambda: room.tasks.idle)

    assert finding.state.said.startswith("before: needs a date")
    assert finding.state.problem is None
    room.close()


async def test_a_failing_disk_is_a_card() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    desk.fail["find"] = DiskError("The disk is full.")
    finding = room.search(everywhere=True)

    finding.typed("van")
    await until(lambda: room.tasks.idle)

    assert finding.state.problem is not None
    assert not finding.state.busy
    room.close()


async def test_a_message_far_back_is_shown_with_what_stands_around_it() -> None:
    desk = _long()
    room = await _room(desk)
    wanted = desk.rows[desk.space_a][200]

    room.show_hit(desk.space_a, wanted.message, None)
    await until(lambda: room.tasks.idle)

    state = room.conversation.state
    assert _shown(room) == [f"m{at}" for at in range(100, 301)]
    assert (state.has_older, state.has_newer) == (True, True)
    assert state.goal is not None
    assert state.goal.key == f"message-{wanted.message.hex()}"
    room.close()


async def test_from_there_it_goes_on_to_the_end_and_nothing_new_disturbs() -> None:
    desk = _long()
    room = await _room(desk)
    room.show_hit(desk.space_a, desk.rows[desk.space_a][200].message, None)
    await until(lambda: room.tasks.idle)

    desk.say(desk.space_a, 2, "new", at=NOW + 4000)
    desk.publish(MessagesChanged(desk.space_a))
    await until(lambda: room.tasks.idle)
    assert _shown(room)[-1] == "m300"
    while room.conversation.state.has_newer:
        room.conversation.newer()
        await until(lambda: room.tasks.idle)

    # 300 at most stay loaded: what scrolled out at the other end is read again when wanted.
    assert _shown(room) == [*(f"m{at}" for at in range(401, 700)), "new"]
    room.close()


async def test_what_is_written_while_looking_back_stands_at_the_end() -> None:
    desk = _long()
    room = await _room(desk)
    room.show_hit(desk.space_a, desk.rows[desk.space_a][200].message, None)
    await until(lambda: room.tasks.idle)

    room.conversation.draft_changed("Found it.")
    room.conversation.send()
    await until(lambda: room.tasks.idle)

    assert _shown(room)[-1] == "Found it."
    assert not room.conversation.state.has_newer
    room.close()


async def test_a_hit_of_another_space_brings_that_space_to_the_front() -> None:
    desk = DeskDouble()
    row = desk.say(desk.space_b, 1, "grey van", at=NOW)
    room = await _room(desk)

    room.show_hit(desk.space_b, row.message, None)
    await until(lambda: room.tasks.idle)

    assert room.spaces.state.selected == desk.space_b
    assert room.spaces.state.tab is Tab.CONVERSATION
    goal = room.conversation.state.goal
    assert goal is not None
    assert goal.key.endswith(row.message.hex())
    room.close()


async def test_an_exhibit_that_the_filter_hides_is_selected_all_the_same(locked: Locked) -> None:
    frame, desk = await _entered(locked)
    file = desk.files[desk.space_a][0].file
    frame.room.evidence.filter("nothing is called that")

    frame.room.show_hit(desk.space_a, None, file)
    await calm(frame)

    assert frame.room.evidence.state.selected == file
    assert frame.room.evidence.state.details is not None
    assert frame.stage.evidence.query.text() == ""
    assert frame.stage.evidence.table.currentIndex().row() >= 0


async def test_the_keyboard_alone_finds_and_opens(locked: Locked) -> None:
    frame, desk = await _entered(locked)
    for at in range(300):
        desk.say(desk.space_a, 1, f"filler {at}", at=NOW + at)
    frame.search(everywhere=False)
    found = await sheet()
    assert isinstance(found, SearchSheet)
    QTest.keyClicks(found.field, "filler 1")
    await until(lambda: found._presenter.state.searched and bool(found.model.items))

    QTest.keyClick(found.field, Qt.Key.Key_Down)
    chosen = found.model.items[1]
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    await calm(frame)
    timeline = frame.stage.conversation.timeline
    await until(lambda: timeline.current() is not None)

    current = timeline.current()
    assert current is not None
    assert current.item.message == chosen.message
    assert frame.window().focusWidget() is timeline


async def test_what_was_found_is_drawn_as_it_is(locked: Locked) -> None:
    frame, desk = await _entered(locked)
    desk.say(desk.space_a, 1, "<b>bold</b> &amp; <img src=x> van", at=NOW)
    frame.search(everywhere=True)
    found = await sheet()
    assert isinstance(found, SearchSheet)
    found.field.setText("van")
    await until(lambda: bool(found.model.items))

    assert found.model.items[0].head.text == "<b>bold</b> &amp; <img src=x> van"
    tip = found.model.data(found.model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip
    found.list.grab()
    found.reject()
    await calm(frame)


async def _entered(locked: Locked) -> tuple[Frame, DeskDouble]:
    return await enter(*locked)
