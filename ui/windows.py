"""Further windows of an unlocked profile: one desk, and a room and a frame for each of them.

The first window is the shell: it locks, and what it does to itself it does to all (ADR 53).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from ui.folding import LEAST
from ui.frame import Frame
from ui.language import tr
from ui.memory import Part
from ui.onscreen import bring
from ui.room import Room
from ui.spaces.state import SpacesState
from ui.widgets.brand import window_icon

if TYPE_CHECKING:
    from ui.shell import Shell

MOST: Final = 8
_COUNT: Final = "windows"
_BESIDE: Final = QPoint(40, 40)


class Further(QMainWindow):
    """A window beside the first; closing it closes nothing else."""

    def __init__(self, owner: Windows, frame: Frame) -> None:
        super().__init__()
        self._owner = owner
        self.setWindowTitle("JIT Client")  # never a case name, as in the first
        self.setWindowIcon(window_icon())
        self.setMinimumSize(QSize(*LEAST))
        self.frame = frame
        self.setCentralWidget(frame)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was being written here is kept; the others stay."""
        event.accept()
        self._owner.closed(self)


class Windows:
    """Opens them, closes them with the lock, and brings them back."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.open: list[Further] = []

    def another(self, beside: Frame) -> None:
        """The place that is in front of `beside`, in a window of its own."""
        if len(self.open) == MOST:
            beside.room.status.say(tr("No further window: close one first"))
        else:
            self._shell.tasks.start(self._another(beside), name="window")

    async def _another(self, beside: Frame) -> None:
        await beside.room.keep()
        old = beside.window()
        made = self._made(len(self.open))
        _place(made.frame, beside.room.spaces.state)
        made.resize(old.size())
        made.move(old.pos() + _BESIDE)
        bring(made)
        made.show()

    def _made(self, number: int) -> Further:
        shell, first = self._shell, self._shell.frame
        if first is None:
            raise RuntimeError("the window is locked")
        room = Room(first.room.desk, shell.clock, common=first.room.common)
        frame = Frame(room, Part(shell.memory, number), first=False)
        shell.wire(frame)
        made = Further(self, frame)
        self.open.append(made)
        frame.room.spaces.refresh()
        frame.room.status.refresh()
        return made

    def restore(self) -> None:
        """Those that were open when the window was locked or closed, where they were."""
        kept = self._shell.memory.text(_COUNT)
        for number in range(min(MOST, int(kept)) if kept.isdecimal() else 0):
            made = self._made(number)
            shape = Part(self._shell.memory, number).shape("window")
            if shape is not None:
                made.restoreGeometry(shape)
            made.show()

    def anew(self) -> None:
        """The language changed: what they show is made anew, where it stands."""
        for number, one in enumerate(tuple(self.open)):
            old = one.frame
            shell = self._shell
            old.stop()
            room = Room(old.room.desk, shell.clock, common=old.room.common)
            one.frame = Frame(room, Part(shell.memory, number), first=False)
            shell.wire(one.frame)
            one.setCentralWidget(one.frame)
            _place(one.frame, old.room.spaces.state)
            one.frame.room.status.refresh()

    def closed(self, one: Further) -> None:
        """A person closed it."""
        if one in self.open:
            self.open.remove(one)
            self._shell.tasks.start(self._end(one), name="window-closes")

    def take_place(self) -> bool:
        """The first window was closed: it goes on as the one opened last. False: there is none."""
        frame = self._shell.frame
        if not self.open or frame is None:
            return False
        last = self.open[-1]
        self._shell.restoreGeometry(last.saveGeometry())
        _place(frame, last.frame.room.spaces.state)
        last.close()
        self._shell.activateWindow()
        return True

    async def leave(self) -> None:
        """The window locks: all of them go at once, and are remembered."""
        going, self.open = self.open, []
        for number, one in enumerate(going):
            part = Part(self._shell.memory, number)
            part.keep("window", one.saveGeometry())
            one.frame.remember_in(part)
            one.hide()
        self._shell.memory.keep(_COUNT, str(len(going)))
        for one in going:
            await self._end(one)

    async def _end(self, one: Further) -> None:
        one.frame.stop()
        await one.frame.room.keep()
        one.deleteLater()


def _place(frame: Frame, state: SpacesState) -> None:
    if state.selected is not None:
        frame.room.spaces.select(state.selected)
    frame.room.spaces.show_tab(state.tab)
    if state.home:
        frame.room.spaces.show_home()
