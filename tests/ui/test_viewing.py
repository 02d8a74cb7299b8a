"""The window of the safe viewer: pages, keys, failures in words, and nothing left when it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.events import SpaceWiped
from jitclient.pageviews import Encoding, Kind, Shown
from jitclient.viewing.errors import CannotShowError, ViewerEndedError
from jitclient.views import ExhibitState
from protocol.ids import FileId
from tests.ui.desk_double import DeskDouble
from tests.ui.story import story
from tests.ui.view_double import ViewDouble
from tests.ui.waiting import calm, enter, until
from ui.evidence.course import Course
from ui.evidence.stated import shown_marks
from ui.frame import Frame
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.viewing.presenter import Around, ViewPresenter
from ui.viewing.state import Fit
from ui.viewing.view import ENCODINGS, ViewerWindow

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = Any
LATE = CannotShowError("This type cannot be shown safely.")
TEXT = Shown(Kind.TEXT, Encoding.UTF8, cut=True, pages=40)


def kept(desk: DeskDouble) -> FileId:
    """An exhibit of somebody else's that is here."""
    rows = desk.files[desk.space_a]
    return next(one.file for one in rows if one.state is ExhibitState.VERIFIED and not one.mine)


async def selected(locked: Locked) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    frame.room.evidence.select(kept(desk))
    return frame, desk


async def looking(locked: Locked) -> tuple[Frame, DeskDouble, ViewerWindow]:
    frame, desk = await selected(locked)
    frame.stage.evidence.look_button.click()
    (window,) = frame.stage.viewers.windows
    await until(lambda: frame.room.tasks.idle)
    return frame, desk, window


def presenting(desk: DeskDouble) -> tuple[ViewPresenter, TaskScope, ViewDouble]:
    tasks = TaskScope(lambda failure: None)
    files = tuple(one.file for one in desk.files[desk.space_a])
    around = Around(Course(files), "Ana · now", {})
    made = ViewPresenter(desk, tasks, (desk.space_a, kept(desk)), around)
    made.resized(800, 600)
    return made, tasks, desk.viewing


async def test_one_key_in_the_list_opens_it_and_a_second_brings_it_to_the_front(
    locked: Locked,
) -> None:
    frame, desk = await selected(locked)
    frame.stage.evidence.table.setFocus()

    QTest.keyClick(frame.stage.evidence.table, Qt.Key.Key_O)
    QTest.keyClick(frame.stage.evidence.table, Qt.Key.Key_O)
    await until(lambda: frame.room.tasks.idle)

    (window,) = frame.stage.viewers.windows
    assert window.isVisible()
    marked = frame.room.evidence.row(kept(desk))
    assert marked is not None
    assert window.marks.text() == " · ".join(shown_marks(marked.facts))
    assert window.windowTitle() == "H1+H2  ·  TLP:AMBER+STRICT — Safe viewer"
    assert len(desk.viewing.opened) == 1


async def test_keys_turn_pages_and_a_number_goes_to_one(locked: Locked) -> None:
    frame, _, window = await looking(locked)

    async def after(
        key: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> int:
        QTest.keyClick(window, key, with_)
        await until(lambda: frame.room.tasks.idle)
        return window._presenter.state.page

    window.activateWindow()
    await until(window.isActiveWindow)
    assert await after(Qt.Key.Key_PageUp) == 0
    assert await after(Qt.Key.Key_PageDown) == 1
    assert await after(Qt.Key.Key_PageDown) == 2
    await after(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.number
    QTest.keyClicks(window.number, "99")
    QTest.keyClick(window.number, Qt.Key.Key_Return)
    window.number.setValue(12)
    await until(lambda: frame.room.tasks.idle)

    pixels = window._presenter.state.pixels
    assert pixels is not None
    assert pixels.page == 11
    assert window.canvas.accessibleName() == "Page 12 of 12, as a picture"


async def test_zooming_asks_for_more_points_and_fitting_asks_for_the_window(locked: Locked) -> None:
    frame, desk, window = await looking(locked)
    whole = desk.viewing.opened[0].asked[-1]

    window._presenter.zoom(1)
    await until(lambda: frame.room.tasks.idle)
    larger = desk.viewing.opened[0].asked[-1]
    window._presenter.fit(Fit.WIDTH)
    await until(lambda: frame.room.tasks.idle)
    wide = desk.viewing.opened[0].asked[-1]
    window._presenter.fit(Fit.PAGE)
    await until(lambda: frame.room.tasks.idle)

    assert larger == (0, round(whole[1] * 1.25), round(whole[2] * 1.25))
    assert wide[1] == whole[1]
    assert wide[2] > 10_000
    assert desk.viewing.opened[0].asked[-1] == whole


async def test_pages_turned_faster_than_they_come_are_not_queued() -> None:
    desk = story()
    presenter, tasks, double = presenting(desk)
    presenter.begin()
    await until(lambda: tasks.idle)
    double.held = asyncio.Event()

    for _ in range(8):
        presenter.step(1)
        await asyncio.sleep(0)
    double.held.set()
    await until(lambda: tasks.idle)

    asked = [page for page, _, _ in double.opened[0].asked]
    assert asked[-1] == 8
    assert len(asked) <= 4
    assert presenter.state.pixels is not None
    assert presenter.state.pixels.page == 8


async def test_what_cannot_be_shown_says_so_and_offers_to_save_a_copy(locked: Locked) -> None:
    frame, desk = await selected(locked)
    desk.viewing.open_fails = LATE

    frame.stage.evidence.look_button.click()
    (window,) = frame.stage.viewers.windows
    await until(lambda: window._presenter.state.problem is not None)

    problem = window._presenter.state.problem
    assert problem is not None
    assert problem.code == "cannot-show"
    assert window.save.isVisible()
    assert not window.notice._again.isVisible()
    assert not window.number.isVisible()


async def test_a_viewer_that_dies_under_a_page_leaves_the_window_alive(locked: Locked) -> None:
    frame, desk, window = await looking(locked)
    desk.viewing.page_fails = ViewerEndedError("It could not be shown: the viewer crashed on it.")

    window._presenter.step(1)
    await until(lambda: window._presenter.state.problem is not None)

    assert window._presenter.state.pixels is None
    assert desk.viewing.opened[0].closed
    assert frame.isVisible()
    assert len(desk.viewing.opened) == 1, "it is not started again by itself"


async def test_what_ended_the_viewer_before_is_opened_only_when_insisted(locked: Locked) -> None:
    frame, desk = await selected(locked)
    desk.viewing.open_fails = ViewerEndedError("Before.", code="viewer-ended-before")
    frame.stage.evidence.look_button.click()
    (window,) = frame.stage.viewers.windows
    await until(lambda: window._presenter.state.problem is not None)

    window.notice._again.click()
    await until(lambda: window._presenter.state.pixels is not None)

    assert desk.viewing.asked == [(Encoding.OWN, False), (Encoding.OWN, True)]


async def test_a_text_can_be_read_in_another_encoding_and_says_that_it_is_cut(
    locked: Locked,
) -> None:
    frame, desk = await selected(locked)
    desk.viewing.shown = TEXT
    frame.stage.evidence.look_button.click()
    (window,) = frame.stage.viewers.windows
    await until(lambda: frame.room.tasks.idle)
    assert window.encoding.isVisible()
    assert window.encoding.currentText() == "UTF-8"
    assert "Only its beginning" in window.what.text()

    window._read_as([one for one, _ in ENCODINGS].index(Encoding.WINDOWS_1253))
    await until(lambda: frame.room.tasks.idle)

    assert desk.viewing.asked[-1] == (Encoding.WINDOWS_1253, False)
    assert [one.closed for one in desk.viewing.opened] == [True, False]


@pytest.mark.parametrize("how", ["escape", "lock", "wiped"])
async def test_when_it_ends_the_page_is_blank_and_the_process_gone(
    locked: Locked, how: str
) -> None:
    shell, _ = locked
    frame, desk, window = await looking(locked)
    presenter, canvas = window._presenter, window.canvas

    if how == "escape":
        QTest.keyClick(window, Qt.Key.Key_Escape)
    elif how == "wiped":
        desk.publish(SpaceWiped(desk.space_a))
    else:
        shell.lock()
        await until(lambda: shell.frame is None)

    assert presenter.state.pixels is None
    assert canvas.page._image.isNull()
    assert [one.closed for one in desk.viewing.opened] == [True]
    assert frame.stage.viewers.windows == ()


async def test_a_viewer_that_opens_after_its_window_was_closed_is_ended() -> None:
    desk = story()
    presenter, tasks, double = presenting(desk)

    presenter.begin()
    presenter.close()
    await until(lambda: tasks.idle)

    assert [one.closed for one in double.opened] == [True]
    assert presenter.state.pixels is None


async def test_where_nothing_can_be_confined_nothing_is_offered(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.viewing.possible = False
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.open(desk.details[desk.space_a])
    await calm(frame)
    frame.room.evidence.select(kept(desk))

    assert not frame.stage.evidence.look_button.isVisible()
    QTest.keyClick(frame.stage.evidence.table, Qt.Key.Key_O)
    assert frame.stage.viewers.windows == ()


async def test_ones_own_exhibit_is_not_offered(locked: Locked) -> None:
    frame, desk = await selected(locked)
    own = next(one.file for one in desk.files[desk.space_a] if one.mine)

    frame.room.evidence.select(own)

    assert not frame.stage.evidence.look_button.isVisible()
