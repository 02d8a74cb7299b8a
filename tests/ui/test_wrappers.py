"""Going through a window keeps no hold of what Qt may free meanwhile."""

from __future__ import annotations

import asyncio
import gc

import pytest
from PySide6.QtGui import QScreen, QWindow
from PySide6.QtWidgets import QApplication, QLayoutItem

from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter
from ui.help.book import Book
from ui.help.page import Place
from ui.help.presenter import HelpPresenter
from ui.help.view import HelpWindow
from ui.widgets.reading import go_on
from ui.widgets.sheet import Sheet

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _items() -> int:
    """Items of layouts that Python still knows: each may be freed by Qt at any moment."""
    found = [one for one in gc.get_objects() if isinstance(one, QLayoutItem)]
    return sum(1 for one in found if type(one).__name__ in {"QWidgetItem", "QSpacerItem"})


async def test_tab_and_the_first_page_keep_no_item_of_any_layout(
    locked: Locked, qapp: QApplication
) -> None:
    frame, _ = await enter(*locked)
    frame.show_home()
    await calm(frame)
    before = _items()  # PySide asks for some by itself, where a filled layout is put into another

    frame.stage.home.rows()
    for _ in range(3):
        go_on(frame.window(), True)

    assert _items() <= before


async def test_no_window_takes_the_screen_for_a_part_of_itself(
    locked: Locked, qapp: QApplication
) -> None:
    """The collector would free it with the window, and the next thing painted end the process."""
    shell, _ = locked
    window = HelpWindow(HelpPresenter(Book(), Place("start")))
    window.show()
    sheet = Sheet(shell, "Delete")
    sheet.show()
    sheet.resize(sheet.width(), shell.height() * 2)
    await asyncio.sleep(0)

    held = [one for one in gc.get_objects() if isinstance(one, QScreen | QWindow)]
    sheet.close()
    window.close()

    assert held == []
