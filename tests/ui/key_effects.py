"""What a person sees when a key of the table is pressed; one observation for each row."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.views import Trust
from tests.ui.pressing import (
    Hand,
    effect,
    evidence,
    fresh,
    helping,
    meeting,
    put_away,
    timeline,
)
from tests.ui.waiting import calm, open_dialogs, sheet, until
from ui.asking import ask_help
from ui.evidence.sheet import AddSheet
from ui.help.opening import close_help
from ui.help.page import Place
from ui.keysheet import KeySheet
from ui.mentions.view import InboxSheet
from ui.search.view import SearchSheet
from ui.settings.view import SettingsSheet
from ui.shortcuts import KEYS, TAG_KEYS
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import Tab
from ui.viewing.state import Fit


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


@effect("mentions")
async def mentions(hand: Hand) -> None:
    await hand.opens(InboxSheet)


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


@effect("view-next", "view-previous")
async def turn(hand: Hand) -> None:
    window = await fresh(hand)
    window._presenter.go(3)
    await until(lambda: window._presenter.state.page == 3)

    hand.press(window.canvas)

    wanted = 4 if hand.sequence == "PgDown" else 2
    await until(lambda: window._presenter.state.page == wanted)
    window.close()
    await hand.front()


@effect("view-page")
async def ask_page(hand: Hand) -> None:
    window = await fresh(hand)

    hand.press(window.canvas)

    assert QApplication.focusWidget() is window.number
    window.close()
    await hand.front()


@effect("view-larger", "view-smaller")
async def zoom(hand: Hand) -> None:
    window = await fresh(hand)
    before = window._presenter.state.zoom

    hand.press(window.canvas)

    after = window._presenter.state.zoom
    assert after < before if hand.sequence == "Ctrl+-" else after > before
    window.close()
    await hand.front()


@effect("view-fit", "view-width")
async def fit(hand: Hand) -> None:
    window = await fresh(hand)
    wanted = Fit.PAGE if hand.sequence == "Ctrl+0" else Fit.WIDTH
    window._presenter.fit(Fit.WIDTH if wanted is Fit.PAGE else Fit.PAGE)

    hand.press(window.canvas)

    assert window._presenter.state.fit is wanted
    window.close()
    await hand.front()


@effect("view-close")
async def close_viewer(hand: Hand) -> None:
    window = await fresh(hand)

    hand.press(window.canvas)

    await until(lambda: not hand.frame.stage.viewers.windows)
    await hand.front()


@effect("meet-next", "meet-previous", "meet-later")
async def go(hand: Hand) -> None:
    found = await meeting(hand)
    found._presenter.go(1)

    hand.press(found.list)

    wanted = 0 if hand.sequence == "Left" else 2
    await until(lambda: found._presenter.state.at == wanted)
    await put_away(hand, found)


@effect("meet-match", "meet-differ")
async def decide(hand: Hand) -> None:
    matches = hand.sequence == "M"
    other = hand.desk.details[hand.desk.space_a].members[1].user
    hand.desk.trust(hand.desk.space_a, other, Trust.UNVERIFIED if matches else Trust.VERIFIED)
    hand.frame.room.spaces.refresh()
    await calm(hand.frame)
    found = await meeting(hand)
    at = next(i for i, one in enumerate(found._presenter.rows) if one.user == other)
    found._presenter.go(at)
    await until(found.yes.isEnabled)

    hand.press(found.list)

    wanted = Trust.VERIFIED if matches else Trust.UNVERIFIED
    members = hand.desk.details[hand.desk.space_a].members
    await until(lambda: hand.desk.details[hand.desk.space_a].members[1].trust is wanted)
    assert members[1].user == other
    await put_away(hand, found)


@effect("help-back", "help-on")
async def leaf_through(hand: Hand) -> None:
    ask_help()
    window = helping()
    assert window is not None
    await hand.front(window)
    shown = window._presenter
    first = shown.state.at
    shown.go(Place("errors"))
    if hand.sequence == "Alt+Right":
        shown.step(-1)
    before = shown.state.at

    hand.press(window)

    assert shown.state.at != before
    assert (shown.state.at == first) == (hand.sequence == "Alt+Left")
    close_help()
    await hand.front()


@effect("close")
async def close(hand: Hand) -> None:
    hand.frame.show_keys()
    found = await sheet()

    hand.press(found)

    await until(lambda: open_dialogs() == [])
    await hand.front()


@effect("press")
async def press(hand: Hand) -> None:
    hand.frame.show_keys()
    found = await sheet()
    await hand.front(found)
    found.cancel.setFocus()

    hand.press(found.cancel)

    await until(lambda: open_dialogs() == [])
    await hand.front()


@effect("found-next", "found-previous")
async def row(hand: Hand) -> None:
    hand.frame.search()
    found = await sheet()
    assert isinstance(found, SearchSheet)
    await hand.front(found)
    QTest.keyClicks(found.field, "the")
    await until(lambda: len(found.model.items) > 2)
    found.list.setCurrentIndex(found.model.index(1, 0))

    hand.press(found.field)

    assert found.list.currentIndex().row() == (2 if hand.sequence == "Down" else 0)
    await put_away(hand, found)
