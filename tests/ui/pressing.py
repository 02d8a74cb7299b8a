"""What each key of the table does, observed: the key is really pressed, in its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from jitclient.views import ExhibitState
from protocol.ids import FileId
from tests.ui.desk_double import DeskDouble
from tests.ui.waiting import calm, open_dialogs, sheet, until
from ui.frame import Frame
from ui.help.view import HelpWindow
from ui.people.meetingsheet import MeetingSheet
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.viewing.view import ViewerWindow
from ui.widgets.sheet import Sheet


@dataclass(slots=True)
class Hand:
    """A person at the keyboard, about to press one sequence."""

    shell: Shell
    frame: Frame
    desk: DeskDouble
    sequence: str = ""

    def press(self, at: QWidget | None = None) -> None:
        """The keys of the row, where the keyboard is or at `at`."""
        where = at or QApplication.focusWidget() or self.shell
        QTest.keySequence(where, QKeySequence(self.sequence))

    async def front(self, window: QWidget | None = None) -> None:
        """A window manager does this; offscreen there is none."""
        wanted = window or self.shell
        wanted.activateWindow()
        await until(wanted.isActiveWindow)

    async def opens(self, kind: type[Sheet] = Sheet) -> None:
        """Pressing opens a sheet; it is closed again."""
        self.press(self.shell)
        found = await sheet()
        assert isinstance(found, kind)
        found.reject()
        await until(lambda: open_dialogs() == [])
        await self.front()


Effect = Callable[[Hand], Awaitable[None]]
EFFECTS: Final[dict[str, Effect]] = {}


def effect(*names: str) -> Callable[[Effect], Effect]:
    """It is what these rows do."""

    def keep(one: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(names, one))
        return one

    return keep


async def viewer(frame: Frame) -> ViewerWindow:
    """An exhibit in the safe viewer."""
    row = next(
        one for one in frame.room.evidence.rows.values() if one.state is ExhibitState.VERIFIED
    )
    frame.stage.viewers.look(row.file)
    (window,) = frame.stage.viewers.windows
    await until(lambda: window._presenter.state.pixels is not None)
    return window


async def arrived(frame: Frame, desk: DeskDouble) -> tuple[FileId, ...]:
    """Every exhibit of the first space is somebody else's and here."""
    rows = desk.files[desk.space_a]
    rows[:] = [replace(one, state=ExhibitState.VERIFIED, mine=False) for one in rows]
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.refresh()
    await calm(frame)
    return tuple(one.file for one in frame.room.evidence.state.items)


def helping() -> HelpWindow | None:
    """The window of the help, if it is open."""
    every = QApplication.topLevelWidgets()
    return next((one for one in every if isinstance(one, HelpWindow) and one.isVisible()), None)


async def evidence(hand: Hand) -> QWidget:
    """The list of exhibits has the keyboard; the second row is selected."""
    hand.frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(hand.frame)
    hand.frame.room.evidence.select(hand.frame.room.evidence.state.items[1].file)
    await calm(hand.frame)
    hand.frame.stage.evidence.table.setFocus()
    return hand.frame.stage.evidence.table


async def timeline(hand: Hand) -> None:
    """The timeline has the keyboard, at its newest message."""
    hand.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(hand.frame)
    line = hand.frame.stage.conversation.timeline
    hand.frame.stage.conversation.composer.edit.setFocus()
    line.setFocus(Qt.FocusReason.TabFocusReason)
    await until(line.hasFocus)


async def meeting(hand: Hand) -> MeetingSheet:
    """The sheet that compares with everybody."""
    hand.frame.stage.sheets.meeting()
    found = await sheet()
    assert isinstance(found, MeetingSheet)
    await until(lambda: found._presenter.state.person is not None)
    await hand.front(found)
    found.list.setFocus()
    return found


async def put_away(hand: Hand, found: Sheet) -> None:
    """Close a sheet again."""
    found.reject()
    await until(lambda: open_dialogs() == [])
    await hand.front()
    await calm(hand.frame)


async def fresh(hand: Hand) -> ViewerWindow:
    """A viewer on its first page, in front."""
    window = await viewer(hand.frame)
    await hand.front(window)
    window.canvas.setFocus()
    window._presenter.go(0)
    await until(lambda: window._presenter.state.page == 0 and not window._presenter.state.loading)
    return window
