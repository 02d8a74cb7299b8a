"""Opens the overview of the space in front, and does what is left to do in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.spaces.overview import OverviewSheet
from ui.spaces.overviewing import OverviewPresenter
from ui.spaces.state import Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.frame import Frame


def open_overview(frame: Frame) -> None:
    """Nothing opens where no space is in front."""
    frame.room.tasks.start(_open(frame), name="overview")


async def _open(frame: Frame) -> None:
    detail = frame.room.people.detail
    if detail is None:
        return
    presenter = OverviewPresenter(frame.room.desk, frame.room.tasks, detail, frame.room.now)
    sheet = OverviewSheet(frame.window(), presenter)
    if await sheet.shown():
        _acts(frame)[sheet.chosen]()


def _acts(frame: Frame) -> dict[str, Callable[[], None]]:
    sheets = frame.stage.sheets
    return {
        "member-add": sheets.add_member,
        "meeting": sheets.meeting,
        "tab-3": partial(frame.go, Tab.PEOPLE),
        "recovery-sheet": frame.recovery_sheet,
    }
