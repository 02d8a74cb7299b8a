"""Another language: what is shown is made anew, where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.language.speaking import speak

if TYPE_CHECKING:
    from ui.frame import Frame
    from ui.shell import Shell


async def speak_anew(shell: Shell, code: str) -> None:
    """Say everything in the language `code`; the gate, or every window of the profile."""
    frame = shell.frame
    if frame is None:
        speak(code)
        shell.gate_again()
        return
    every = [frame, *(one.frame for one in shell.windows.open)] if shell.windows else [frame]
    for one in every:
        await one.room.keep()
    speak(code)
    _refurnish(shell, frame)
    if shell.windows is not None:
        shell.windows.anew()


def _refurnish(shell: Shell, frame: Frame) -> None:
    before, page = frame.room.spaces.state, frame.settings.page if frame.settings else ""
    if frame.settings is not None:
        frame.settings.accept()
    frame.stop()
    new = shell.furnish(frame.room.desk, frame.room.common)
    if shell.locks is not None:
        shell.locks.follow(new)
    if before.selected is not None:
        new.room.spaces.select(before.selected)
    new.room.spaces.show_tab(before.tab)
    new.room.begin()
    if page:
        new.show_settings(page)
