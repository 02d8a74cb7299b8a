"""Where reading stopped: the line stands there, however far up, and one key goes there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jitclient.views import MessageRow
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.conversation.state import MessageItem, UnreadRow
from ui.frame import Frame
from ui.shell import Shell
from ui.widgets.skeleton import Skeleton

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _open(locked: Locked, unread: int) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    for at in range(900):
        desk.say(desk.space_b, 1, f"m{at}", at=NOW - 1000 + at)
    desk.set(desk.space_b, unread=unread)
    frame.room.spaces.refresh()
    await calm(frame)
    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    return frame, desk


def _below_the_line(frame: Frame) -> str:
    rows = frame.room.conversation.state.rows
    at = next(i for i, one in enumerate(rows) if isinstance(one, UnreadRow))
    after = rows[at + 1]
    assert isinstance(after, MessageItem)
    return after.text


async def test_more_unread_than_a_page_are_offered_and_the_line_is_where_it_was(
    locked: Locked,
) -> None:
    frame, _ = await _open(locked, 500)
    view = frame.stage.conversation
    assert view.unread.isVisible()
    assert view.unread.text().startswith("500 new")

    view.unread.click()
    await calm(frame)

    assert _below_the_line(frame) == "m400"
    assert not view.unread.isVisible()
    timeline = view.timeline
    await until(lambda: timeline.current() is not None)
    now = timeline.current()
    assert now is not None
    assert now.item.text == "m400"


async def test_a_few_unread_are_in_sight_and_nothing_is_offered(locked: Locked) -> None:
    frame, _ = await _open(locked, 2)

    assert not frame.stage.conversation.unread.isVisible()
    assert _below_the_line(frame) == "m898"


async def test_who_read_everything_is_offered_nothing(locked: Locked) -> None:
    frame, _ = await _open(locked, 0)

    frame.room.conversation.to_unread()
    await calm(frame)

    assert not frame.stage.conversation.unread.isVisible()
    assert frame.room.conversation.state.goal is None


async def test_that_a_conversation_is_being_read_is_said_where_it_takes_a_while(
    locked: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    view, read, goes_on = frame.stage.conversation, desk.messages, asyncio.Event()
    assert view.timeline.isVisible()

    async def slow(*of: Any, **how: Any) -> tuple[MessageRow, ...]:
        await goes_on.wait()
        return await read(*of, **how)

    desk.say(desk.space_b, 1, "here")
    monkeypatch.setattr(desk, "messages", slow)
    frame.room.spaces.select(desk.space_b)
    await until(lambda: frame.room.conversation.state.space == desk.space_b)
    assert not view.timeline.isVisible(), "nothing of another space stays on the screen"
    waiting = view.stack.widget(0)
    assert isinstance(waiting, Skeleton)
    await until(waiting.isVisible)

    goes_on.set()
    await until(view.timeline.isVisible)
    assert not waiting.isVisible()
    frame.room.spaces.select(desk.space_a)
    await until(view.timeline.isVisible)
    await calm(frame)
    assert view.timeline.isVisible()
