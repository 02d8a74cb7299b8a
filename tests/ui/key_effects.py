"""What a person sees when a key of the table is pressed; one observation for each row."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.pressing import (
    Hand,
    effect,
    evidence,
    helping,
    timeline,
)
from tests.ui.waiting import calm, open_dialogs, sheet, until
from ui.conversation.threadsheet import ThreadsSheet
from ui.evidence.sheet import AddSheet
from ui.evidence.usesheets import ExportSheet
from ui.help.opening import close_help
from ui.keysheet import KeySheet
from ui.mentions.view import InboxSheet
from ui.palette.view import PaletteSheet
from ui.search.view import SearchSheet
from ui.settings.view import SettingsSheet
from ui.shortcuts import KEYS, TAG_KEYS
from ui.spaces.overview import OverviewSheet
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import Tab


@effect("tab-1", "tab-2", "tab-3", "tab-4", "tab-5")
async def tabs(hand: Hand) -> None:
    at = next(int(one.name[-1]) for one in KEYS if hand.sequence in (one.sequence, one.twin))
    wanted = list(Tab)[at - 1]
    hand.frame.room.spaces.show_tab(Tab.LOG if wanted is not Tab.LOG else Tab.PEOPLE)

    hand.press(hand.shell)

    assert hand.frame.room.spaces.state.tab is wanted
    await calm(hand.frame)


@effect("space-next", "space-previous")
async def other_space(hand: Hand) -> None:
    spaces = hand.frame.room.spaces
    before = spaces.state.selected

    hand.press(hand.shell)

    await until(lambda: spaces.state.selected not in (None, before))
    assert before is not None
    spaces.select(before)
    await calm(hand.frame)


@effect("jump", "commands")
async def palette(hand: Hand) -> None:
    await hand.opens(PaletteSheet)


@effect("unread")
async def unread(hand: Hand) -> None:
    hand.frame.room.spaces.select(hand.desk.space_a)
    hand.frame.room.spaces.show_tab(Tab.LOG)
    await calm(hand.frame)

    hand.press(hand.shell)

    spaces = hand.frame.room.spaces
    await until(lambda: spaces.state.selected == hand.desk.space_b)
    assert spaces.state.tab is Tab.CONVERSATION
    await calm(hand.frame)
    hand.frame.room.spaces.select(hand.desk.space_a)
    hand.desk.set(hand.desk.space_b, unread=3)
    await calm(hand.frame)


@effect("part-next", "part-previous")
async def part(hand: Hand) -> None:
    hand.frame.sidebar.list.setFocus()

    hand.press()

    focus = QApplication.focusWidget()
    assert focus is not None
    wanted = hand.frame.stage if hand.sequence == "F6" else hand.frame.strip
    assert wanted.isAncestorOf(focus)


@effect("space-new")
async def new_space(hand: Hand) -> None:
    await hand.opens(NewSpaceSheet)


@effect("evidence-add")
async def hand_over(hand: Hand) -> None:
    await hand.opens(AddSheet)


@effect("find-all")
async def find(hand: Hand) -> None:
    await hand.opens(SearchSheet)


@effect("keys")
async def keys(hand: Hand) -> None:
    await hand.opens(KeySheet)


@effect("overview")
async def overview(hand: Hand) -> None:
    await hand.opens(OverviewSheet)


@effect("mentions")
async def mentions(hand: Hand) -> None:
    await hand.opens(InboxSheet)


@effect("threads")
async def threads(hand: Hand) -> None:
    await hand.opens(ThreadsSheet)


@effect("settings")
async def settings(hand: Hand) -> None:
    await hand.opens(SettingsSheet)


@effect("help")
async def help_(hand: Hand) -> None:
    hand.press(hand.shell)

    assert helping() is not None
    close_help()
    await hand.front()


@effect("sync")
async def sync(hand: Hand) -> None:
    before = hand.desk.calls.count("sync_now")

    hand.press(hand.shell)

    await until(lambda: hand.desk.calls.count("sync_now") == before + 1)
    await calm(hand.frame)


@effect("lock")
async def lock(hand: Hand) -> None:
    hand.press(hand.shell)

    await until(lambda: hand.shell.frame is None)


@effect("send")
async def send(hand: Hand) -> None:
    await timeline(hand)
    edit = hand.frame.stage.conversation.composer.edit
    edit.setFocus()
    QTest.keyClicks(edit, "Confirmed")
    before = len(hand.desk.rows[hand.desk.space_a])

    hand.press(edit)

    await until(lambda: len(hand.desk.rows[hand.desk.space_a]) == before + 1)
    await calm(hand.frame)


@effect("message-next", "message-previous", "message-newest")
async def move(hand: Hand) -> None:
    await timeline(hand)
    line = hand.frame.stage.conversation.timeline
    views = line.message_views()
    line.step(-2)
    expected = {"Down": -2, "Up": -4, "End": -1}[hand.sequence]

    hand.press(line)

    assert line.current() is views[expected]


@effect("message-reply")
async def reply(hand: Hand) -> None:
    await timeline(hand)

    hand.press(hand.frame.stage.conversation.timeline)

    assert hand.frame.room.conversation.state.reply is not None
    hand.frame.room.conversation.cancel_reply()


@effect("message-open")
async def open_(hand: Hand) -> None:
    await timeline(hand)
    line = hand.frame.stage.conversation.timeline
    views = line.message_views()
    with_exhibit = max(at for at, one in enumerate(views) if one.item.exhibit is not None)
    line.step(with_exhibit - (len(views) - 1))

    hand.press(line)

    assert hand.frame.room.spaces.state.tab is Tab.EVIDENCE
    await calm(hand.frame)


@effect("message-copy")
async def copy(hand: Hand) -> None:
    await timeline(hand)
    QApplication.clipboard().clear()
    line = hand.frame.stage.conversation.timeline

    hand.press(line)

    assert QApplication.clipboard().text() == line.message_views()[-1].item.text


@effect("view")
async def view(hand: Hand) -> None:
    table = await evidence(hand)
    items = hand.frame.room.evidence.state.items
    kept = next(one for one in items if one.can_export)
    hand.frame.room.evidence.select(kept.file)
    await calm(hand.frame)

    hand.press(table)

    (window,) = hand.frame.stage.viewers.windows
    window.close()
    await hand.front()
    await calm(hand.frame)


@effect("view-queue")
async def review_all(hand: Hand) -> None:
    table = await evidence(hand)

    hand.press(table)

    (window,) = hand.frame.stage.viewers.windows
    assert "to review" in window.place.text()
    window.close()
    await hand.front()
    await calm(hand.frame)


@effect("verify")
async def verify(hand: Hand) -> None:
    table = await evidence(hand)
    items = hand.frame.room.evidence.state.items
    hand.frame.room.evidence.select(next(one.file for one in items if one.can_verify))
    await calm(hand.frame)
    before = hand.desk.calls.count("verify_exhibit")

    hand.press(table)

    await until(lambda: hand.desk.calls.count("verify_exhibit") == before + 1)
    await calm(hand.frame)


@effect("review-next")
async def following(hand: Hand) -> None:
    table = await evidence(hand)
    before = hand.frame.room.evidence.state.selected

    hand.press(table)

    await until(lambda: hand.frame.room.evidence.state.selected != before)


@effect("review-done", "review-flag")
async def mark(hand: Hand) -> None:
    table = await evidence(hand)
    file = hand.frame.room.evidence.state.selected
    wanted = "reviewed" if hand.sequence == "D" else "flagged"

    hand.press(table)

    rows = hand.desk.files[hand.desk.space_a]
    await until(lambda: next(one.review for one in rows if one.file == file) == wanted)
    await calm(hand.frame)


@effect(*(f"tag-{number}" for number in range(1, TAG_KEYS + 1)))
async def tag(hand: Hand) -> None:
    await evidence(hand)
    other, file = (one.file for one in hand.frame.room.evidence.state.items[:2])
    names = tuple(f"tag {number}" for number in range(1, TAG_KEYS + 1))
    await hand.desk.reviewing.tag(hand.desk.space_a, other, add=names)
    table = await evidence(hand)
    hand.frame.room.evidence.select(file)

    hand.press(table)
    await calm(hand.frame)

    row = next(one for one in hand.desk.files[hand.desk.space_a] if one.file == file)
    assert row.tags == (f"tag {hand.sequence[-1]}",)
    hand.press(table)
    await calm(hand.frame)


@effect("exhibits-all")
async def select_all(hand: Hand) -> None:
    table = await evidence(hand)

    hand.press(table)

    state = hand.frame.room.evidence.state
    assert state.several == {one.file for one in state.items}


@effect("exhibits-copy")
async def copy_rows(hand: Hand) -> None:
    table = await evidence(hand)
    QApplication.clipboard().clear()

    hand.press(table)
    await calm(hand.frame)

    current = hand.frame.room.evidence.state.current
    assert current is not None
    assert current.sha256 in QApplication.clipboard().text()


@effect("exhibit-details")
async def exhibit_details(hand: Hand) -> None:
    table = await evidence(hand)
    inspector = hand.frame.stage.evidence.inspector
    before = inspector.isVisible()

    hand.press(table)

    assert inspector.isVisible() != before
    hand.press(table)
    assert inspector.isVisible() == before


@effect("exhibit-save")
async def save_copy(hand: Hand) -> None:
    table = await evidence(hand)
    items = hand.frame.room.evidence.state.items
    hand.frame.room.evidence.select(next(one.file for one in items if one.can_export))
    await calm(hand.frame)

    hand.press(table)

    found = await sheet()
    assert isinstance(found, ExportSheet)
    found.reject()
    await until(lambda: open_dialogs() == [])
    await hand.front()
    await calm(hand.frame)
