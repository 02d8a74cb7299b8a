"""A space of years costs what is looked at: few messages are loaded, few exhibits are read."""

from __future__ import annotations

from collections import Counter

import pytest

from jitclient.events import MessagesChanged
from jitclient.mentionviews import Target
from jitclient.views import ExhibitState
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.waiting import until
from ui.conversation.pages import MOST
from ui.conversation.pointing import SHOWN, Known
from ui.conversation.state import MessageItem
from ui.room import Room

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Counting(DeskDouble):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def _enter(self, name: str) -> None:
        self.asked[name] += 1
        await super()._enter(name)


async def _room(messages: int) -> tuple[Room, Counting]:
    desk = Counting()
    for at in range(messages):
        desk.say(desk.space_a, 1, f"m{at}", at=NOW - messages + at)
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    return room, desk


def _texts(room: Room) -> list[str]:
    return [one.text for one in room.conversation.state.rows if isinstance(one, MessageItem)]


async def test_however_far_back_one_reads_only_so_many_messages_are_loaded_and_none_is_lost() -> (
    None
):
    room, _ = await _room(1_500)
    talk, seen = room.conversation, set(_texts(room))

    while talk.state.has_older:
        talk.older()
        await until(lambda: room.tasks.idle)
        assert len(_texts(room)) <= MOST
        seen |= set(_texts(room))
    assert _texts(room)[0] == "m0"
    assert seen == {f"m{at}" for at in range(1_500)}

    while room.conversation.state.has_newer:
        last = _texts(room)[-1]
        talk.newer()
        await until(lambda: room.tasks.idle)
        assert last in _texts(room)
    assert _texts(room) == [f"m{at}" for at in range(1_500 - MOST, 1_500)]
    room.close()


async def test_from_far_back_one_step_leads_to_the_end() -> None:
    room, _ = await _room(1_500)
    for _ in range(5):
        room.conversation.older()
        await until(lambda: room.tasks.idle)
    assert "m1499" not in _texts(room)

    assert room.conversation.newest()
    await until(lambda: room.tasks.idle)

    assert _texts(room)[-1] == "m1499"
    assert not room.conversation.state.has_newer
    assert not room.conversation.newest()  # it is there
    room.close()


async def test_a_message_that_arrives_does_not_make_the_list_of_exhibits_be_read_again() -> None:
    room, desk = await _room(3)
    before = desk.asked["exhibits"]

    desk.say(desk.space_a, 2, "new", at=NOW)
    desk.set(desk.space_a, unread=1, last_activity=NOW)
    desk.publish(MessagesChanged(desk.space_a))
    await until(lambda: room.tasks.idle)

    assert _texts(room)[-1] == "new"
    assert desk.asked["spaces"] > 1
    assert desk.asked["exhibits"] == before
    room.close()


async def test_what_is_typed_finds_its_exhibit_among_all_and_the_newest_are_offered_first() -> None:
    desk = DeskDouble()
    for at in range(200):
        name = f"Disk {at}.E01" if at % 2 else f"Größe {at}.E01"
        desk.exhibit(desk.space_a, name, f"A-{at}", at, ExhibitState.VERIFIED)
    listed = {one.file: one for one in desk.files[desk.space_a]}
    known = Known((), {}, listed)

    newest = sorted(listed.values(), key=lambda row: -row.added_at)[:SHOWN]
    assert [one.target for one in known.choices("#", "")] == [Target(file=r.file) for r in newest]
    assert [one.label for one in known.choices("#", "a-77")] == ["#A-77"]
    assert len(known.choices("#", "grosse")) == SHOWN
    assert known.choices("#", "nothing like it") == ()
