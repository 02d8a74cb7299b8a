"""The conversation decides: drafts, pages, sending."""

from __future__ import annotations

import pytest

from jitclient.events import MessagesChanged
from jitclient.views import SpaceState
from protocol.errors import DiskError
from protocol.roles import Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.waiting import until
from ui.conversation.state import MessageItem
from ui.room import Room
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _room(desk: DeskDouble) -> Room:
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    return room


def _texts(room: Room) -> list[str]:
    return [one.text for one in room.conversation.state.rows if isinstance(one, MessageItem)]


async def test_a_message_is_on_the_screen_as_saved_as_soon_as_it_is_sent() -> None:
    room = await _room(DeskDouble())
    room.conversation.draft_changed("Good morning")

    room.conversation.send()
    assert room.conversation.state.draft == ""
    await until(lambda: room.tasks.idle)

    last = room.conversation.state.rows[-1]
    assert isinstance(last, MessageItem)
    assert (last.text, last.badge.word) == ("Good morning", "Saved here")
    room.close()


async def test_a_message_that_could_not_be_saved_comes_back_into_the_composer() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    desk.fail["send"] = DiskError("The disk is full.")
    room.conversation.draft_changed("Do not lose me")

    room.conversation.send()
    await until(lambda: room.tasks.idle)

    assert room.conversation.state.draft == "Do not lose me"
    assert room.conversation.state.problem is not None
    assert room.conversation.state.problem.code == "disk"
    room.close()


async def test_even_a_fault_of_ours_gives_the_text_back() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    desk.fail["send"] = ValueError("/home/clara")
    room.conversation.draft_changed("Do not lose me")

    room.conversation.send()
    await until(lambda: room.tasks.idle)

    assert room.conversation.state.draft == "Do not lose me"
    assert room.conversation.state.problem is not None
    assert room.conversation.state.problem.code == "bug-ValueError"
    room.close()


async def test_blank_text_is_not_sent() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    room.conversation.draft_changed(" \n ")

    room.conversation.send()
    await until(lambda: room.tasks.idle)

    assert "send" not in desk.calls
    room.close()


async def test_every_space_keeps_its_own_draft_and_reply() -> None:
    desk = DeskDouble()
    asked = desk.say(desk.space_a, 1, "When?")
    room = await _room(desk)
    room.conversation.draft_changed("half a sent")
    room.conversation.reply_to(asked.message)

    room.spaces.select(desk.space_b)
    await until(lambda: room.tasks.idle)
    assert room.conversation.state.draft == ""
    room.spaces.select(desk.space_a)
    await until(lambda: room.tasks.idle)

    assert room.conversation.state.draft == "half a sent"
    assert room.conversation.state.reply is not None
    room.close()


async def test_a_long_conversation_opens_with_its_newest_page_and_grows_upwards() -> None:
    desk = DeskDouble()
    for at in range(250):
        desk.say(desk.space_a, 1, f"m{at}", at=NOW + at)
    room = await _room(desk)
    assert _texts(room) == [f"m{at}" for at in range(150, 250)]
    older = [room.conversation.state.has_older]

    room.conversation.older()
    await until(lambda: room.tasks.idle)
    room.conversation.older()
    await until(lambda: room.tasks.idle)
    older.append(room.conversation.state.has_older)

    assert _texts(room) == [f"m{at}" for at in range(250)]
    assert older == [True, False]
    room.close()


async def test_older_pages_stay_when_something_new_arrives() -> None:
    desk = DeskDouble()
    for at in range(200):
        desk.say(desk.space_a, 1, f"m{at}", at=NOW + at)
    room = await _room(desk)
    room.conversation.older()
    await until(lambda: room.tasks.idle)

    desk.say(desk.space_a, 2, "new", at=NOW + 400)
    desk.publish(MessagesChanged(desk.space_a))
    await until(lambda: room.tasks.idle)

    assert _texts(room) == [f"m{at}" for at in range(200)] + ["new"]
    room.close()


async def test_messages_count_as_read_only_while_somebody_looks() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "hello")
    desk.set(desk.space_a, unread=1)
    room = await _room(desk)
    assert "mark_read" not in desk.calls

    room.watched(True)
    await until(lambda: room.tasks.idle)
    assert desk.calls.count("mark_read") == 1

    room.spaces.show_tab(Tab.EVIDENCE)
    desk.say(desk.space_a, 1, "again")
    desk.publish(MessagesChanged(desk.space_a))
    await until(lambda: room.tasks.idle)
    assert desk.calls.count("mark_read") == 1
    room.close()


@pytest.mark.parametrize("state", [SpaceState.JOINING, SpaceState.LEFT])
async def test_nothing_can_be_written_where_one_is_not_a_member(state: SpaceState) -> None:
    desk = DeskDouble()
    desk.set(desk.space_a, state=state)

    room = await _room(desk)

    assert not room.conversation.state.writable
    assert room.conversation.state.why_not
    room.close()


async def test_a_third_country_member_writes_but_hands_over_no_evidence() -> None:
    desk = DeskDouble()
    desk.role(desk.space_a, desk.me.user, Role.THIRD_COUNTRY)

    room = await _room(desk)

    assert room.conversation.state.writable
    assert not room.conversation.state.can_attach
    assert not room.evidence.state.can_add
    room.close()


async def test_a_wiped_space_leaves_no_message_in_memory() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "secret")
    room = await _room(desk)
    room.conversation.draft_changed("also secret")

    await desk.close_space(desk.space_a, "done")
    await until(lambda: room.tasks.idle)

    assert "secret" not in repr(vars(room.conversation))
    assert room.spaces.state.tab is Tab.CLOSING
    room.close()
