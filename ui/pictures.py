"""Pictures of the window on one space, for the demonstration and the manual."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from jitclient.views import SpaceState
from protocol.ids import SpaceId
from ui.application import application
from ui.frame import Frame
from ui.memory import Memory
from ui.ports import DeskPort
from ui.room import Room
from ui.spaces.state import Tab
from ui.theme.style import APPEARANCE, theme

_SIZE: Final = (1360, 860)
_LIVE: Final = (Tab.CONVERSATION, Tab.EVIDENCE, Tab.PEOPLE, Tab.LOG, Tab.CLOSING)
_OVER: Final = (Tab.CLOSING,)
_PATIENCE: Final = 10.0


async def take(
    desk: DeskPort,
    out_dir: Path,
    space: SpaceId,
    *,
    clock: Callable[[], float] = time.time,  # noqa: TID251 - tests pass their own
) -> list[Path]:
    """Render the window on a space, every tab, light and dark, as PNG files.

    Needs a running loop, which may be qasync's or a plain asyncio one; without a display set
    QT_QPA_PLATFORM=offscreen first. Nothing is changed: no message is marked as read.

    Returns:
        The files written, in order.
    """
    application()
    await asyncio.to_thread(out_dir.mkdir, parents=True, exist_ok=True)
    before = theme().chosen(APPEARANCE)
    made: list[Path] = []
    room = Room(desk, clock)
    frame = Frame(room, Memory(None))
    frame.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    frame.setObjectName("pictures")
    frame.setAutoFillBackground(True)
    frame.resize(*_SIZE)
    try:
        room.spaces.select(space)
        room.begin()
        frame.show()
        for scheme in ("light", "dark"):
            theme().choose(APPEARANCE, scheme)
            made += await _tabs(frame, out_dir, scheme)
    finally:
        room.close()
        theme().choose(APPEARANCE, before)
        frame.close()
        frame.deleteLater()
    return made


async def _tabs(frame: Frame, out_dir: Path, scheme: str) -> list[Path]:
    await settled(frame)
    detail = frame.room.spaces.state.detail
    over = detail is not None and detail.row.state in (SpaceState.WIPED, SpaceState.CLOSING)
    made: list[Path] = []
    for tab in _OVER if over else _LIVE:
        frame.room.spaces.show_tab(tab)
        items = frame.room.evidence.state.items
        if tab is Tab.EVIDENCE and items:
            frame.room.evidence.select(items[0].file)
        await settled(frame)
        file = out_dir / f"{tab.value.lower()}-{scheme}.png"
        frame.grab().save(str(file))
        made.append(file)
    return made


async def settled(frame: Frame) -> None:
    """Wait until everything asked for is on the screen."""
    ends = asyncio.get_running_loop().time() + _PATIENCE
    calm = 0
    while calm < 6 and asyncio.get_running_loop().time() < ends:
        await breathe()
        ready = frame.room.tasks.idle and frame.stage.conversation.timeline.built
        calm = calm + 1 if ready else 0


async def breathe() -> None:
    """Let Qt and the loop work once. A plain asyncio loop does not serve Qt by itself."""
    if "qasync" not in type(asyncio.get_running_loop()).__module__:
        QApplication.processEvents()
    await asyncio.sleep(0.02)
