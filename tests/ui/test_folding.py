"""The window gives way: nothing is cut off at three widths, and Back leads to the spaces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.fitting import cut
from tests.ui.playing import playing
from tests.ui.screens import SCREENS, Play
from tests.ui.story import story
from tests.ui.waiting import calm, enter, sheets, until
from ui.folding import LEAST, Fold
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDTHS: Final = {1280: Fold.WIDE, 900: Fold.RAIL, 640: Fold.ONE}
_ALONE: Final = (
    "first-run", "join", "locked", "home", "key-changed", "gaps", "alarm", "closing", "closed",
    "people", "evidence", "search-opened", "conversation", "log", "edited", "review",
    "no-sheet-yet", "quit-moving",
)  # fmt: skip
PAGES: Final = [one for one in SCREENS if one.name.startswith(_ALONE)]


@pytest_asyncio.fixture(loop_scope="session")
async def play(
    request: pytest.FixtureRequest, qapp: QApplication, failures: list[Exception]
) -> AsyncIterator[Play]:
    async with playing(request.param, failures, (1280, 720)) as made:
        yield made


@pytest.mark.parametrize("play", PAGES, ids=lambda one: one.name, indirect=True)
async def test_no_screen_is_cut_off_at_any_width(play: Play) -> None:
    if sheets():
        pytest.skip("a sheet is a window of its own: test_fit.py")
    for width in WIDTHS:
        play.shell.resize(width, 720)
        await play.quiet()
        assert play.shell.width() == width
        assert cut(play.shell) == [], width


async def narrow(locked: tuple[Shell, DoorDouble], width: int) -> tuple[Frame, DeskDouble]:
    shell, door = locked
    frame, desk = await enter(shell, door)
    shell.resize(width, 720)
    await settled(frame)
    return frame, desk


async def settled(frame: Frame) -> None:
    """Layouts that were asked for are done in the next turns."""
    for _ in range(20):
        await asyncio.sleep(0)
    await calm(frame)


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_room_is_whole_at_every_width(
    locked: tuple[Shell, DoorDouble], width: int
) -> None:
    frame, _ = await narrow(locked, width)
    assert frame.folding.fold is WIDTHS[width]

    for tab in Tab:
        frame.room.spaces.show_tab(tab)
        await settled(frame)
        assert cut(frame.window()) == [], tab
        page = frame.stage.page(tab)
        assert page.width() == frame.stage.width()
        assert page.width() >= page.minimumSizeHint().width()
    assert frame.sidebar.isVisible() is (WIDTHS[width] is not Fold.ONE)


async def test_the_rail_shows_monograms_and_every_button_of_the_list(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await narrow(locked, 900)
    bar = frame.sidebar

    assert bar.width() == bar.narrow
    assert bar.list.horizontalScrollBar().maximum() == 0
    for one in (bar.today, bar._lock):
        assert one.isVisible()
        assert one.accessibleName() or one.text()
    model = bar.model
    said = model.data(model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert "3 unread" in said
    bar.list.setCurrentIndex(model.index(1))
    await calm(frame)
    assert frame.room.spaces.state.selected == desk.space_b


async def test_in_one_column_back_shows_the_spaces_and_choosing_one_shows_it(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await narrow(locked, LEAST[0])
    assert frame.folding.back.isVisible()

    frame.folding.back.click()
    assert frame.sidebar.isVisible()
    assert not frame.stage.isVisible()
    assert frame.sidebar.width() == frame.width()
    await until(frame.sidebar.list.hasFocus)
    QTest.keyClick(frame.sidebar.list, Qt.Key.Key_Down)
    await calm(frame)
    assert not frame.stage.isVisible()

    QTest.keyClick(frame.sidebar.list, Qt.Key.Key_Return)
    assert frame.stage.isVisible()
    assert not frame.sidebar.isVisible()
    assert frame.room.spaces.state.selected == desk.space_b

    frame.folding.back.click()
    QTest.keyClick(frame, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    await calm(frame)
    assert frame.stage.home.isVisible()


async def test_where_list_and_details_have_no_room_together_each_leads_to_the_other(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await narrow(locked, LEAST[0])
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.select(desk.files[desk.space_a][1].file)
    await settled(frame)
    view = frame.stage.evidence
    assert view.table.isVisible()
    assert not view.inspector.isVisible()

    view.aside.open.click()
    await settled(frame)
    assert view.inspector.isVisible()
    assert not view.table.isVisible()
    assert cut(frame.window()) == []
    assert view.aside.back.hasFocus()

    view.aside.back.click()
    await settled(frame)
    assert view.table.isVisible()
    assert cut(frame.window()) == []


async def test_what_was_shown_wide_is_shown_again_after_the_window_was_narrow(
    failures: list[Exception],
) -> None:
    shell, door = Shell(None, lambda: NOW, failures.append), DoorDouble(make=story)
    shell.resize(1280, 720)
    shell.show()
    shell.open_gate(door)
    frame, _ = await enter(shell, door)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.filter("server")
    await calm(frame)
    rows = frame.stage.evidence.table.model().rowCount()
    for width in (640, 900, 1280):
        shell.resize(width, 720)
        await calm(frame)

    assert frame.folding.fold is Fold.WIDE
    assert frame.sidebar.width() == frame.sidebar.wide
    assert frame.sidebar.today.text() == "Today"
    assert frame.stage.evidence.inspector.isVisible()
    assert frame.stage.evidence.table.isVisible()
    assert frame.stage.evidence.table.model().rowCount() == rows
    assert frame.room.evidence.state.query == "server"
    await put_away(shell)
    assert failures == []
