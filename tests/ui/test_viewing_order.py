"""The safe viewer goes from exhibit to exhibit, and what is noted there is of the one shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.reviewviews import ReviewState
from jitclient.viewing.errors import CannotShowError
from jitclient.views import ExhibitRow
from protocol.errors import DiskError
from protocol.ids import FileId
from tests.ui.desk_double import DeskDouble
from tests.ui.pressing import arrived
from tests.ui.waiting import calm, enter, until
from ui.evidence.state import Column
from ui.frame import Frame
from ui.viewing.state import Fit
from ui.viewing.view import ViewerWindow

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = Any
CTRL = Qt.KeyboardModifier.ControlModifier


async def here(locked: Locked) -> tuple[Frame, DeskDouble, tuple[FileId, ...]]:
    """Every exhibit can be looked at; the ids stand in the order of the list."""
    frame, desk = await enter(*locked)
    files = await arrived(frame, desk)
    return frame, desk, files


async def looking(frame: Frame, file: FileId) -> ViewerWindow:
    frame.stage.viewers.look(file)
    (window,) = frame.stage.viewers.windows
    await calm(frame)
    window.activateWindow()
    await until(window.isActiveWindow)
    return window


async def forth(frame: Frame, window: ViewerWindow, by: int = 1) -> None:
    key = Qt.Key.Key_PageDown if by > 0 else Qt.Key.Key_PageUp
    for _ in range(abs(by)):
        QTest.keyClick(window, key, CTRL)
        await calm(frame)


def row(desk: DeskDouble, file: FileId) -> ExhibitRow:
    return next(one for one in desk.files[desk.space_a] if one.file == file)


async def test_it_goes_through_the_list_in_its_order_with_a_fresh_process_for_each(
    locked: Locked,
) -> None:
    frame, desk, _ = await here(locked)
    frame.room.evidence.sort_by(Column.NAME, descending=True)
    files = [one.file for one in frame.room.evidence.state.items]
    window = await looking(frame, files[1])
    assert QApplication.focusWidget() is window.canvas

    await forth(frame, window, 2)
    await forth(frame, window, -1)

    assert desk.viewing.files == [files[1], files[2], files[3], files[2]]
    assert [one.closed for one in desk.viewing.opened] == [True, True, True, False]
    assert window.place.text() == f"3 of {len(files)} exhibits"
    assert row(desk, files[2]).name in window.name.text()


async def test_at_either_end_it_stays_and_says_where_it_is(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    assert not window.back.isEnabled()

    await forth(frame, window, -1)
    assert desk.viewing.files == [files[0]]
    await forth(frame, window, len(files) + 2)

    assert desk.viewing.files == list(files)
    assert not window.forth.isEnabled()
    assert window.place.text() == f"{len(files)} of {len(files)} exhibits"


async def test_the_review_queue_holds_what_is_new_or_in_review_and_nothing_moves_it(
    locked: Locked,
) -> None:
    frame, desk, _ = await here(locked)
    came = [one.file for one in desk.files[desk.space_a]]
    await desk.reviewing.mark(desk.space_a, came[1], ReviewState.REVIEWED)
    await desk.reviewing.mark(desk.space_a, came[2], ReviewState.IN_REVIEW)
    await calm(frame)
    frame.room.evidence.select(came[2])
    waiting = [one for one in came if one != came[1]]

    frame.stage.evidence.review.look.click()
    (window,) = frame.stage.viewers.windows
    await calm(frame)
    place = window.place.text()
    window._presenter.noting.mark(ReviewState.REVIEWED)
    await calm(frame)
    window.back.click()
    await calm(frame)

    assert place == f"2 of {len(waiting)} to review"
    assert desk.viewing.files == [came[2], came[0]]
    assert window.place.text() == f"1 of {len(waiting)} to review"


async def test_a_queue_with_nothing_in_it_says_so_and_opens_nothing(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    for file in files:
        await desk.reviewing.mark(desk.space_a, file, ReviewState.FLAGGED)
    await calm(frame)

    frame.stage.viewers.review()

    assert frame.room.status.state.notice == "Everything here was looked at"
    assert frame.stage.viewers.windows == ()


async def test_an_exhibit_is_found_again_on_its_page_and_in_its_size(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    window._presenter.fit(Fit.WIDTH)
    window._presenter.go(6)
    window._presenter.zoom(2)
    await calm(frame)
    left = window._presenter.state

    await forth(frame, window)
    other = window._presenter.state
    await forth(frame, window, -1)
    again = window._presenter.state
    window.close()
    window = await looking(frame, files[0])
    later = window._presenter.state

    assert (other.page, other.fit, other.zoom) == (0, Fit.PAGE, 1.0)
    for one in (again, later):
        assert (one.page, one.fit, one.zoom) == (6, Fit.WIDTH, left.zoom)
    assert desk.viewing.opened[-1].asked[-1][0] == 6


async def test_what_cannot_be_shown_says_so_and_the_next_one_is_a_key_away(
    locked: Locked,
) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    desk.viewing.open_fails = CannotShowError("This type cannot be shown safely.")

    await forth(frame, window)
    problem, offered = window._presenter.state.problem, window.on.isVisible()
    desk.viewing.open_fails = None
    window.on.click()
    await calm(frame)

    assert problem is not None
    assert problem.code == "cannot-show"
    assert offered
    assert window._presenter.file == files[2]
    assert window._presenter.state.pixels is not None


async def test_going_on_does_not_wait_for_what_is_still_opening(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    desk.viewing.opening = asyncio.Event()

    window._presenter.turn(1)
    await until(lambda: desk.viewing.files[-1] == files[1])
    window._presenter.turn(1)
    await until(lambda: desk.viewing.files[-1] == files[2])
    desk.viewing.opening.set()
    await calm(frame)

    assert window._presenter.file == files[2]
    assert window._presenter.state.pixels is not None
    assert [one.closed for one in desk.viewing.opened] == [True, False], "the second never opened"


@pytest.mark.parametrize(("key", "wanted"), [(Qt.Key.Key_D, "reviewed"), (Qt.Key.Key_F, "flagged")])
async def test_a_key_marks_the_exhibit_that_is_shown_also_from_another_space(
    locked: Locked, key: Qt.Key, wanted: str
) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    frame.room.spaces.select(desk.space_b)
    await calm(frame)

    await forth(frame, window)
    QTest.keyClick(window, key)
    await calm(frame)

    marked = {one.file: one.review for one in desk.files[desk.space_a] if one.review != "new"}
    assert marked == {files[1]: wanted}
    assert window.review.state.currentData().value == wanted


async def test_a_number_gives_a_tag_and_a_letter_in_the_note_is_a_letter(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    await desk.reviewing.tag(desk.space_a, files[3], add=("invoice",))
    window = await looking(frame, files[0])

    QTest.keyClick(window, Qt.Key.Key_1)
    await calm(frame)
    QTest.keyClick(window, Qt.Key.Key_R)
    typed = QApplication.focusWidget()
    QTest.keyClicks(window.review.note, "d1 fits")
    await calm(frame)

    assert typed is window.review.note
    shown = row(desk, files[0])
    assert (shown.review, shown.tags) == ("new", ("invoice",))
    assert window.review.note.toPlainText() == "d1 fits"


@pytest.mark.parametrize("how", ["on", "close"])
async def test_a_note_that_is_being_typed_is_kept_with_its_exhibit(
    locked: Locked, how: str
) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    QTest.keyClick(window, Qt.Key.Key_R)
    QTest.keyClicks(window.review.note, "Ask Jan")

    if how == "on":
        QTest.keyClick(window.review.note, Qt.Key.Key_PageDown, CTRL)
        await calm(frame)
        assert window.review.note.toPlainText() == ""
    else:
        QTest.keyClick(window.review.note, Qt.Key.Key_Escape)
    await calm(frame)

    assert {one.file: one.note for one in desk.files[desk.space_a] if one.note} == {
        files[0]: "Ask Jan"
    }


async def test_what_could_not_be_noted_is_said_there_and_the_page_stays(locked: Locked) -> None:
    frame, desk, files = await here(locked)
    window = await looking(frame, files[0])
    desk.fail["mark"] = DiskError("The disk is full.")

    window._presenter.noting.mark(ReviewState.REVIEWED)
    await calm(frame)

    assert window.trouble.isVisible()
    assert window._presenter.state.pixels is not None
    window.trouble.dismissed.emit()
    assert not window.trouble.isVisible()
    desk.fail.clear()


async def test_where_nothing_can_be_confined_it_says_so_and_saving_a_copy_is_there(
    locked: Locked,
) -> None:
    frame, desk, files = await here(locked)
    desk.viewing.possible = False
    frame.room.evidence.open(desk.details[desk.space_a])
    await calm(frame)
    frame.room.evidence.select(files[0])

    view = frame.stage.evidence
    assert view.inspector._unshown.isVisible()
    assert "does not work on this computer" in view.inspector._unshown.text()
    assert view.export.isVisible()
    assert not view.review.look.isVisible()
    QTest.keyClick(view.table, Qt.Key.Key_Q)
    assert frame.stage.viewers.windows == ()
