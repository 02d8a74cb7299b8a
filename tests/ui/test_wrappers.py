"""Going through a window keeps no hold of what Qt may free meanwhile."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtWidgets import QApplication, QLayoutItem

from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter
from ui.widgets.reading import go_on

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
