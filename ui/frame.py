"""The frame of an unlocked profile: sidebar, stage, strip, and the keys that work everywhere."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from jitclient.views import SpaceState
from protocol.ids import SpaceId
from ui import metered
from ui.announcing import Announcer
from ui.bound import letters
from ui.evidence.columns import laid_out, lay_out
from ui.folding import Folding
from ui.framekeys import bind_everywhere
from ui.keys.presenter import ChangePresenter, SheetPresenter
from ui.keys.sheetview import RecoverySheet
from ui.keys.view import ChangeSheet
from ui.keysheet import KeySheet
from ui.memory import BEGINS, LETTERS, NO, YES, Memory
from ui.mentions.view import InboxSheet
from ui.palette.opening import Palettes
from ui.room import Room
from ui.search.view import SearchSheet
from ui.settings.opening import switches_of
from ui.settings.view import SettingsSheet
from ui.spaces.create import NewSpacePresenter
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import SpacesState, Tab
from ui.spaces.view import SpacesView
from ui.stage import Stage
from ui.status.view import StatusView
from ui.titling import Titling

_TICK_MS = 5_000


class Frame(QWidget):
    """Lives from unlock to lock."""

    lock = Signal()
    appearance = Signal(str, str)
    language = Signal(str)
    locks_after = Signal(int)
    carries = Signal(bool)
    another = Signal()  # this place in a window of its own

    palettes: Palettes

    def __init__(self, room: Room, memory: Memory, *, first: bool = True) -> None:
        super().__init__()
        self.first = first
        self.room = room
        self._memory = memory
        self.settings: SettingsSheet | None = None
        self.sidebar = SpacesView(room.spaces, room.desk.me)
        self.stage = Stage(room)
        self.strip = StatusView(room.status)
        self.folding = Folding(self.sidebar, self.stage)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.sidebar)
        across.addWidget(self.stage, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.folding.above)
        column.addLayout(across, 1)
        column.addWidget(self.strip)
        self.title = Titling(self, room)
        room.spaces.attach(self._render)
        self._bind()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._note_places)
        self._timer.timeout.connect(room.tick)
        metered.follow(self._timer, room.desk)
        self._timer.start(_TICK_MS)
        self.announcer = Announcer(self, room, first=first)
        self._recall()

    def _bind(self) -> None:
        self.sidebar.new_space.connect(self.new_space)
        self.stage.new_space.connect(self.new_space)
        self.sidebar.devices.connect(self.show_devices)
        self.sidebar.lock.connect(self.lock)
        self.sidebar.another.connect(self._open_beside)
        self.sidebar.appearance.connect(self.appearance)
        self.sidebar.search.connect(self.search)
        self.sidebar.settings.connect(self.show_settings)
        self.sidebar.home.connect(self.show_home)
        self.strip.recovery_sheet.connect(self.recovery_sheet)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        self.stage.find_further.connect(partial(self.search, everywhere=False))
        bind_everywhere(self)

    def _render(self, state: SpacesState) -> None:
        self.sidebar.render_state(state)
        self.stage.render_state(state)
        self.folding.follow(state)
        self.title.follow(state)

    def _recall(self) -> None:
        if kept := self._memory.text(LETTERS):
            letters.switch(on=kept == YES)
        self.stage.log_columns = self._memory.text("log-columns")
        space = self._memory.space()
        if space is not None:
            self.room.spaces.select(space)
        self.room.spaces.show_tab(_tab(self._memory.text("tab")))
        if YES in (self._memory.text("home"), self._memory.text(BEGINS)):
            self.room.spaces.show_home()
        shape = self._memory.shape("evidence")
        if shape is not None:
            self.stage.evidence.splitter.restoreState(shape)
        if self._memory.text("details") == NO:
            self.stage.evidence.aside.put(away=True)
        if columns := self._memory.text("columns"):
            lay_out(self.stage.evidence.table, columns)

    def remember_in(self, memory: Memory) -> None:
        """From now on there: the windows were counted anew."""
        self._memory = memory

    def remember(self) -> None:
        """Note what is in front, by id."""
        state = self.room.spaces.state
        over = state.detail is not None and state.detail.row.state is SpaceState.WIPED
        front = None if over else state.selected
        self._memory.keep("space", front.hex() if front else "")
        self._memory.keep("tab", state.tab.name)
        self._memory.keep("home", YES if state.home else "")
        self._memory.keep("details", NO if self.stage.evidence.aside.away else "")
        self._memory.keep("columns", laid_out(self.stage.evidence.table))
        if "log" in self.stage.__dict__:
            self._memory.keep("log-columns", self.stage.log.columns())
        self._note_places()
        if not self.stage.narrow:
            self._memory.keep("evidence", self.stage.evidence.splitter.saveState())

    def _note_places(self) -> None:
        """Which part of each room that was made is looked at."""
        for name in ("conversation", "evidence", "log"):
            if name in self.stage.__dict__:
                getattr(self.stage, name).note_place()

    def show_home(self) -> None:
        """Bring "Today" to the front and give it the keyboard."""
        self.room.spaces.show_home()
        self.folding.to_stage()
        self.stage.take_keyboard()

    def _open_beside(self, space: bytes) -> None:
        self.room.spaces.select(SpaceId(space))
        self.another.emit()

    def go(self, tab: Tab) -> None:
        """Bring a room to the front and give it the keyboard."""
        self.folding.to_stage()
        self.stage.go(tab)

    def new_space(self) -> None:
        """Open the sheet that opens a space."""
        self.room.tasks.start(self._new_space(), name="space-sheet")

    async def _new_space(self) -> None:
        presenter = NewSpacePresenter(self.room.desk)

        def made(space: SpaceId) -> None:
            self.room.spaces.select(space)
            self.room.spaces.show_tab(Tab.PEOPLE)

        await NewSpaceSheet(self.window(), presenter, self.room.tasks, made).shown()

    def find_here(self) -> None:
        """Search in place where something is said; pressed again there, the sheet opens."""
        view = self.stage.conversation
        talking = self.room.spaces.state.tab is Tab.CONVERSATION and view.isVisible()
        if talking and not view.finder.field.hasFocus():
            view.finder.start()
        else:
            self.search(everywhere=False)

    def search(self, *, everywhere: bool = True) -> None:
        """Open the sheet that finds messages and exhibits."""
        self.room.tasks.start(self._find(everywhere=everywhere), name="search-sheet")

    async def _find(self, *, everywhere: bool) -> None:
        sheet = SearchSheet(self.window(), self.room.search(everywhere=everywhere))
        if await sheet.shown() and sheet.chosen is not None:
            hit = sheet.chosen
            self.room.show_hit(hit.space, hit.message, hit.file)

    def mentions(self) -> None:
        """Open the inbox of mentions."""
        self.room.tasks.start(self._mentions(), name="mentions-sheet")

    async def _mentions(self) -> None:
        sheet = InboxSheet(self.window(), self.room.inbox())
        if await sheet.shown() and sheet.chosen is not None:
            self.room.show_hit(sheet.chosen.space, sheet.chosen.message, None)

    def show_keys(self) -> None:
        """Open the sheet of all keys."""
        self.room.tasks.start(self._keys(), name="key-sheet")

    async def _keys(self) -> None:
        sheet = KeySheet(self._over)
        sheet.alone.connect(self.letters_alone)
        await sheet.shown()

    def letters_alone(self, on: bool) -> None:
        """Letters and digits act without Ctrl or Alt, or do not; remembered."""
        letters.switch(on=on)
        self._memory.keep(LETTERS, YES if on else NO)

    def show_devices(self) -> None:
        """Open the sheet of one's own devices."""
        self.stage.sheets.devices(self.settings)

    @property
    def _over(self) -> QWidget:
        """What a sheet is opened over: the settings, where it was asked for there."""
        return self.settings or self.window()

    def show_settings(self, page: str = "") -> None:
        """Open the settings, on a page of theirs."""
        if self.settings is None:
            self.room.tasks.start(self._settings(page), name="settings-sheet")

    async def _settings(self, page: str) -> None:
        self.settings = SettingsSheet(self.window(), switches_of(self, self._memory), page)
        try:
            await self.settings.shown()
        finally:
            self.settings = None

    def change_passphrase(self) -> None:
        """Open the sheet that changes the passphrase."""
        self.room.tasks.start(self._change_passphrase(), name="passphrase-sheet")

    async def _change_passphrase(self) -> None:
        presenter = ChangePresenter(self.room.desk)
        await ChangeSheet(self._over, presenter, self.room.tasks).shown()

    def recovery_sheet(self) -> None:
        """Open the recovery sheet."""
        self.room.tasks.start(self._recovery_sheet(), name="recovery-sheet")

    async def _recovery_sheet(self) -> None:
        presenter = SheetPresenter(self.room.desk)
        if await RecoverySheet(self._over, presenter, self.room.tasks).shown():
            self.room.status.refresh()

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        """A button that is hidden or disabled under the finger hands the keyboard to the next.

        Behind the last of the stage that is "New space" at the top of the sidebar, where the next
        press of the space bar would open a sheet that nobody asked for.
        """
        if now is None or old is None or not self.sidebar.isAncestorOf(now):
            return
        if isValid(old) and old.window() is not self.window():
            return  # a sheet was closed: the keyboard is back at what opened it
        left = isValid(old) and old.isVisible() and old.isEnabled()
        if not left and self.isVisible():
            QTimer.singleShot(0, self, self.stage.take_keyboard)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold where there is no room for all columns."""
        super().resizeEvent(event)
        self.folding.resized(self.width())

    def changeEvent(self, event: QEvent) -> None:
        """Messages count as read only while somebody looks at this window."""
        if event.type() == QEvent.Type.ActivationChange:
            self.room.watched(self.isActiveWindow())
        super().changeEvent(event)

    def stop(self) -> None:
        """Before the desk is closed."""
        self.remember()
        self.stage.viewers.close()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.disconnect(self._focus_moved)
        self._timer.stop()
        self.title.stop()
        self.announcer.stop()
        self.room.close()


def _tab(name: str) -> Tab:
    return next((one for one in Tab if one.name == name), Tab.CONVERSATION)
