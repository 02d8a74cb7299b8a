"""What was begun is there again after locking, and in another space, as it was left."""

from __future__ import annotations

import pytest

from protocol.errors import DiskError, NotFoundError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.conversation.state import ConversationState
from ui.frame import Frame
from ui.shell import Shell

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
