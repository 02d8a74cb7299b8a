"""The window: a gate while the profile is locked, the frame while it is open.

Screens are imported when they are first shown, so that the first window is on the screen early.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from protocol.ids import SpaceId
from ui.folding import LEAST
from ui.help import opening
from ui.language import chosen, tr
from ui.memory import CARRIES, YES, Memory
from ui.tasks import TaskScope
from ui.theme.style import TEXT, theme
from ui.watching import unseen
from ui.widgets.brand import window_icon
from ui.widgets.reading import InOrder
from ui.widgets.saying import tell
from ui.widgets.screenroom import screen_room
from ui.widgets.starting import Starting

if TYPE_CHECKING:
    from ui.conversation.common import Common
    from ui.errors.cards import ErrorCard
    from ui.firstrun.presenter import FirstRunPresenter
    from ui.frame import Frame
    from ui.locking.locks import Locks
    from ui.ports import DeskPort, DoorPort
    from ui.windows import Windows

_USUAL, _FRAME = QSize(1080, 660), QSize(0, 40)  # at first; what a desktop draws around, about

Report = Callable[[Exception], None]


class Shell(InOrder, QMainWindow):
    """One per profile.

    Args:
        folder: the profile folder; None for pictures and tests that keep nothing.
        clock: seconds since 1970 UTC.
        report: told about failures while there is no frame to show them.
        safe: without what was remembered of its look and its places.
    """

    shown_first = Signal()
    gate_shown = Signal()
    closed = Signal()

    def __init__(
        self, folder: Path | None, clock: Callable[[], float], report: Report, *, safe: bool = False
    ) -> None:
        super().__init__()
        self._place = str(folder) if folder is not None else ""
        self.clock = clock
        self.memory = Memory(folder, safe=safe)
        self.tasks = TaskScope(report)
        self.frame: Frame | None = None
        self._door: DoorPort | None = None
        self._open_space: SpaceId | None = None
        self._quitting = False
        self._shown = False
        self.opened: Callable[[DeskPort], None] = lambda _desk: None
        self.begin_anew: Callable[[], None] = lambda: None
        self.locks: Locks | None = None
        self.windows: Windows | None = None
        self.setWindowTitle("JIT Client")  # Never a case name: titles are seen by screen sharing.
        self.setWindowIcon(window_icon())
        self.setMinimumSize(QSize(*LEAST))
        self.pages = QStackedWidget()
        self.setCentralWidget(self.pages)
        self.show_page(Starting(tr("Starting…")))
        opening.offer_help(self)
        shape = self.memory.shape("window")
        if shape is None or not self.restoreGeometry(shape):
            room = screen_room(self).size() - _FRAME  # the strip at the bottom is in sight
            self.resize(QSize(1280, 820).boundedTo(room).expandedTo(_USUAL))

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front; the one before it goes."""
        old = self.pages.currentWidget()
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        if old is not None:
            self.pages.removeWidget(old)
            old.hide()
            old.deleteLater()

    # --- gate ----------------------------------------------------------------------------------

    def open_gate(self, door: DoorPort, *, open_space: SpaceId | None = None) -> None:
        """Show first run or unlock."""
        self._door = door
        self._open_space = open_space or self._open_space
        self.show_page(self._unlock(door) if door.enrolled() else self._first_run(door))
        self.gate_shown.emit()

    def _unlock(self, door: DoorPort) -> QWidget:
        from ui.unlock.presenter import UnlockPresenter  # noqa: PLC0415 - behind the first window
        from ui.unlock.view import UnlockView  # noqa: PLC0415

        presenter = UnlockPresenter(door, self.tasks, self.enter, self._set_up_again)
        view = UnlockView(presenter, self._place, door.carrying)
        view.words.connect(lambda: self._words(restore=False))
        view.language.connect(self._speak)
        return view

    def _words(self, *, restore: bool) -> None:
        self.tasks.start(self._ask_words(restore=restore), name="words-sheet")

    async def _ask_words(self, *, restore: bool) -> None:
        from ui.keys.presenter import WordsPresenter  # noqa: PLC0415 - behind the first window
        from ui.keys.view import WordsSheet  # noqa: PLC0415

        if self._door is not None:
            presenter = WordsPresenter(self._door)
            await WordsSheet(self, presenter, self.tasks, self.enter, restore=restore).shown()

    def _set_up_again(self, problem: ErrorCard | None) -> None:
        """A set-up that was cut off goes on where an invitation can be pasted."""
        if self._door is not None:
            self.show_page(self._first_run(self._door, unfinished=True, problem=problem))

    def _first_run(
        self, door: DoorPort, *, unfinished: bool = False, problem: ErrorCard | None = None
    ) -> QWidget:
        from ui.firstrun.presenter import FirstRunPresenter  # noqa: PLC0415 - as above
        from ui.firstrun.view import FirstRunView  # noqa: PLC0415

        presenter = FirstRunPresenter(door, self.tasks, self.enter, self._place)
        presenter.begin(unfinished=unfinished, problem=problem)
        view = FirstRunView(presenter)
        view.link.connect(lambda: self._link(presenter))
        view.restore.connect(lambda: self._words(restore=True))
        view.language.connect(self._speak)
        return view

    def _link(self, before: FirstRunPresenter) -> None:
        """This computer becomes a further device of somebody who has one."""
        from ui.firstrun.joining import JoinPresenter  # noqa: PLC0415 - as above
        from ui.firstrun.joinview import JoinView  # noqa: PLC0415

        door = self._door
        if door is None:
            return
        before.detach()
        presenter = JoinPresenter(door, self.tasks, self.enter, self._place)
        view = JoinView(presenter)

        def back() -> None:
            presenter.detach()
            self.open_gate(door)

        view.back.connect(back)
        self.show_page(view)

    def enter(self, desk: DeskPort) -> None:
        """Show the frame of an unlocked profile."""
        from ui.locking.locks import Locks  # noqa: PLC0415 - behind the first window

        frame = self.furnish(desk)
        self.locks = Locks(self, frame, self.clock, self.memory.text("locks-after"))
        self.locks.carries = self.memory.text(CARRIES) == YES
        desk.start()
        frame.room.begin()
        if self._open_space is not None:
            frame.room.spaces.select(self._open_space)
        if self.windows is not None:
            self.windows.restore()
        self.opened(desk)

    def furnish(self, desk: DeskPort, common: Common | None = None) -> Frame:
        from ui.frame import Frame  # noqa: PLC0415 - behind the first window
        from ui.room import Room  # noqa: PLC0415
        from ui.windows import Windows  # noqa: PLC0415

        self.windows = self.windows or Windows(self)
        with unseen():
            self.frame = frame = Frame(Room(desk, self.clock, common=common), self.memory)
            self.wire(frame)
            self.show_page(frame)
        frame.room.watched(self.isActiveWindow())
        return frame

    def wire(self, frame: Frame) -> None:
        """What a frame asks for, every window of the profile does."""
        if self.windows is not None:
            frame.another.connect(partial(self.windows.another, frame))
        frame.room.wiped = self._take_back
        frame.lock.connect(self.lock)
        frame.appearance.connect(self._appearance)
        frame.language.connect(self._speak)
        frame.locks_after.connect(self._locks_after)
        frame.carries.connect(self._carries)

    def _take_back(self) -> None:
        if self.locks is not None:
            self.locks.take_back()

    def _speak(self, code: str) -> None:
        """Another language: what is shown is made anew, where it stands."""
        self.memory.keep("language", code)
        self.memory.save()
        from ui.anew import speak_anew  # noqa: PLC0415 - behind the first window

        self.tasks.start(speak_anew(self, code), name="language")

    def gate_again(self) -> None:
        """The gate, in another language."""
        if self._door is not None:
            self.open_gate(self._door)

    def lock(self) -> None:
        """Close everything and show the unlock card, in the product of a program begun anew."""
        if self.frame is not None and self._door is not None:
            self.tasks.start(self._lock(), name="lock")

    async def _lock(self) -> None:
        door = self._door
        self.memory.keep("window", self.saveGeometry())
        try:
            await self._leave(carry=self.memory.text(CARRIES) == YES)
        finally:
            self.memory.save()
            self.begin_anew()  # what comes after it is for where nothing can begin anew
        if door is not None:
            self.open_gate(door)

    async def _leave(self, *, carry: bool = False) -> None:
        opening.close_help()
        frame, self.frame = self.frame, None
        locks, self.locks = self.locks, None
        if locks is not None:
            locks.stop()
        if frame is not None:
            frame.stop()
            self.show_page(Starting(tr("Locking…")))
            tell(self, tr("Locking…"))
            if self.windows is not None:
                await self.windows.leave()
            await frame.room.keep()
            await frame.room.desk.close(carry=carry)
        if locks is not None:
            locks.done()

    def _appearance(self, what: str, choice: str) -> None:
        self.memory.keep(what, theme().choose(what, choice))
        if what == TEXT:  # what has laid out its words is made anew
            self._speak(chosen())

    def _locks_after(self, minutes: int) -> None:
        self.memory.keep("locks-after", str(minutes))
        if self.locks is not None:
            self.locks.after(minutes)

    def _carries(self, yes: bool) -> None:
        self.memory.keep(CARRIES, YES if yes else "")
        if self.locks is not None:
            self.locks.carries = yes

    def showEvent(self, event: QShowEvent) -> None:
        """Tell the first time."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self.shown_first.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while transfers run; then lock first and go."""
        if self._quitting:
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        if self.windows is None or not self.windows.take_place():
            self.tasks.start(self._quit(), name="quit")

    async def _quit(self) -> None:
        if (frame := self.frame) is not None and frame.room.status.moving:
            from ui.leaving import sure  # noqa: PLC0415 - behind the first window

            if not await sure(self):
                return
        self.memory.keep("window", self.saveGeometry())
        try:
            await self._leave()
        finally:
            self.memory.save()
            self._quitting = True
            asyncio.get_running_loop().call_soon(self.close)
