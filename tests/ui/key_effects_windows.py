"""What a person sees when a key of another window, a sheet or a control is pressed."""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.views import Trust
from tests.ui.pressing import (
    Hand,
    arrived,
    effect,
    fresh,
    helping,
    meeting,
    put_away,
)
from tests.ui.waiting import calm, open_dialogs, sheet, until
from ui.asking import ask_help
from ui.help.opening import close_help
from ui.help.page import Place
from ui.search.view import SearchSheet
from ui.viewing.state import Fit

# --- the safe viewer ---------------------------------------------------------------------------


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


@effect("view-forth", "view-back")
async def other_exhibit(hand: Hand) -> None:
    before = list(hand.desk.files[hand.desk.space_a])
    files = await arrived(hand.frame, hand.desk)
    hand.frame.stage.viewers.look(files[1])
    (window,) = hand.frame.stage.viewers.windows
    await calm(hand.frame)
    await hand.front(window)

    hand.press(window.canvas)

    assert window._presenter.file == (files[2] if hand.sequence == "Ctrl+PgDown" else files[0])
    window.close()
    hand.desk.files[hand.desk.space_a][:] = before
    hand.frame.room.evidence.refresh()
    await calm(hand.frame)
    await hand.front()


@effect("view-review")
async def note_it(hand: Hand) -> None:
    window = await fresh(hand)

    hand.press(window.canvas)

    assert QApplication.focusWidget() is window.review.note
    window.close()
    await hand.front()
    await calm(hand.frame)


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
