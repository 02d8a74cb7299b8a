"""Waiting for a fact instead of for time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QDialog

from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import PASSPHRASE, DoorDouble
from ui.frame import Frame
from ui.shell import Shell
from ui.unlock.view import UnlockView
from ui.widgets.sheet import Sheet

_TURNS = 4000
_PATIENCE = 60.0
"""Seconds beside the turns: another process, or a thread, gets its time only now and then."""


async def until(condition: Callable[[], bool]) -> None:
    """Give the loop turns until the condition holds; fail when it never does."""
    turn, end = 0, time.monotonic() + _PATIENCE
    while turn < _TURNS or time.monotonic() < end:
        if condition():
            return
        await asyncio.sleep(0.001 if turn > 200 else 0)
        turn += 1
    raise AssertionError("it never came true")


async def enter(shell: Shell, door: DoorDouble) -> tuple[Frame, DeskDouble]:
    """Unlock, and wait until the first space is on the screen."""
    gate = shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    gate.passphrase.edit.setText(PASSPHRASE)
    gate.button.click()
    await until(lambda: shell.frame is not None)
    frame = shell.frame
    assert frame is not None
    # On a busy machine a test takes longer than the few seconds after which these look again.
    frame._timer.stop()
    frame.announcer._timer.stop()
    await calm(frame)
    return frame, door.desks[-1]


async def calm(frame: Frame) -> None:
    """Wait until nothing is loading and every row has its widget."""
    await until(lambda: frame.room.tasks.idle and frame.stage.conversation.timeline.built)


async def sheet() -> Sheet:
    """Wait for the sheet that was just opened."""
    await until(lambda: _open_sheet() is not None)
    found = _open_sheet()
    assert found is not None
    return found


def _open_sheet() -> Sheet | None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, Sheet) and widget.isVisible():
            return widget
    return None


def open_dialogs() -> list[QDialog]:
    """Every dialog on the screen."""
    return [
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, QDialog) and one.isVisible()
    ]


def sheets() -> list[Sheet]:
    """Every sheet on the screen, the one on top last."""
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Sheet)]
    return sorted((one for one in found if one.isVisible()), key=_depth)


def _depth(one: Sheet) -> int:
    depth, above = 0, one.parentWidget()
    while above is not None:
        depth, above = depth + 1, above.parentWidget()
    return depth
