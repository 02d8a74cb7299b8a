"""What the keys of the conversation do that change or search what was said."""

from __future__ import annotations

from tests.ui.pressing import Hand, effect, timeline
from tests.ui.waiting import calm, open_dialogs, sheet, until
from ui.conversation.timeline import Timeline
from ui.conversation.versions import VersionsSheet
from ui.search.view import SearchSheet
from ui.spaces.state import Tab


async def _mine(hand: Hand) -> Timeline:
    """The keyboard is on this person's newest message."""
    await timeline(hand)
    line = hand.frame.stage.conversation.timeline
    view = [one for one in line.message_views() if one.item.mine and one.item.text][-1]
    line.go_to(view.item.key)
    await until(lambda: line.current() is not None and line.current() is view)
    return line


@effect("message-edit")
async def edit(hand: Hand) -> None:
    line = await _mine(hand)

    hand.press(line)

    assert hand.frame.room.conversation.state.changes is not None
    hand.frame.room.conversation.changing.cancel()


@effect("edit-last")
async def edit_last(hand: Hand) -> None:
    hand.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(hand.frame)
    hand.frame.room.conversation.draft_changed("")
    composer = hand.frame.stage.conversation.composer
    composer.edit.setFocus()

    hand.press(composer.edit)

    assert hand.frame.room.conversation.state.changes is not None
    hand.frame.room.conversation.changing.cancel()


@effect("message-versions")
async def versions(hand: Hand) -> None:
    line = await _mine(hand)
    view = line.current()
    assert view is not None
    await hand.desk.talking.edit(hand.desk.space_a, view.item.message, "Changed.")
    await calm(hand.frame)
    line = await _mine(hand)

    hand.press(line)
    found = await sheet()

    assert isinstance(found, VersionsSheet)
    found.reject()
    await until(lambda: open_dialogs() == [])
    await hand.front()


@effect("find-here")
async def find_here(hand: Hand) -> None:
    await timeline(hand)
    hand.press(hand.shell)
    finder = hand.frame.stage.conversation.finder
    assert finder.field.hasFocus()
    hand.frame.room.finding.close()

    hand.frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(hand.frame)
    await hand.opens(SearchSheet)


@effect("find-older", "find-newer")
async def find_step(hand: Hand) -> None:
    await timeline(hand)
    hand.frame.find_here()
    hand.frame.stage.conversation.finder.field.setText("the")
    await calm(hand.frame)
    before = hand.frame.room.finding.state
    assert len(before.hits) > 1

    hand.press(hand.frame.stage.conversation.finder.field)

    step = 1 if hand.sequence == "F3" else -1
    assert hand.frame.room.finding.state.at == (before.at + step) % len(before.hits)
    await calm(hand.frame)
    hand.frame.room.finding.close()


@effect("message-thread")
async def thread(hand: Hand) -> None:
    line = await _mine(hand)
    view = line.current()
    assert view is not None

    hand.press(line)
    await calm(hand.frame)

    assert hand.frame.room.thread.state.root == view.item.thread
    hand.frame.room.thread.close()


@effect("unread-first")
async def first_unread(hand: Hand) -> None:
    room, desk = hand.frame.room, hand.desk
    room.spaces.select(desk.space_b)
    await calm(hand.frame)
    desk.say(desk.space_a, 1, "New.")
    desk.set(desk.space_a, unread=1)
    room.spaces.refresh()
    await calm(hand.frame)
    room.spaces.select(desk.space_a)
    await calm(hand.frame)
    await timeline(hand)

    hand.press(hand.frame.stage.conversation.timeline)
    await calm(hand.frame)

    goal = room.conversation.state.goal
    assert goal is not None
    assert goal.key.endswith(desk.rows[desk.space_a][-1].message.hex())
