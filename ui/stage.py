"""The frame around one space: header, alarms, tabs, and what they show."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from protocol.ids import FileId, MessageId, UserId
from ui.alarms.view import AlarmsView
from ui.closing.view import ClosingView
from ui.conversation.keycards import KeyCards
from ui.conversation.view import ConversationView
from ui.custody.view import LogView
from ui.disk.view import DiskNotice
from ui.evidence.view import EvidenceView
from ui.home.state import Goal
from ui.home.view import HomeView
from ui.language import tr
from ui.people.view import PeopleView
from ui.room import Room
from ui.sheets import Sheets
from ui.shortcuts import named
from ui.spaces.header import SpaceHeader
from ui.spaces.nothing import no_spaces
from ui.spaces.state import SpacesState, Tab
from ui.theme import icons, tokens
from ui.theme.style import palette, theme
from ui.viewing.windows import Viewers
from ui.watching import unseen
from ui.widgets.panel import Panel, row
from ui.widgets.skeleton import Skeleton

_IDLE_MS = 120
_View = TypeVar("_View", bound=QWidget)
_ICONS = {
    Tab.CONVERSATION: "messages-square",
    Tab.EVIDENCE: "layers",
    Tab.PEOPLE: "users",
    Tab.LOG: "history",
    Tab.CLOSING: "archive",
}


class Stage(QWidget):
    """Follows the space in front."""

    new_space = Signal()
    find_further = Signal()

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room
        self._rendering = False
        self.log_columns = ""  # as they were the last time
        self.narrow = False  # too narrow for a list and its inspector beside each other
        self.sheets = Sheets(room, self)
        self.viewers = Viewers(room, self, self._export)
        self.alarms = AlarmsView(room.alarms)
        self.alarms.proof.connect(self.sheets.export_proof)
        self.disk = DiskNotice(room.disk, room.tasks)
        self.pages = QStackedWidget()
        self._later = [(tab, self._placeholder()) for tab in Tab]
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr("Rooms of the space"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setIconSize(QSize(tokens.ICON_SMALL, tokens.ICON_SMALL))
        for at, tab in enumerate(Tab):
            self.tabs.addTab(tr(tab.value))
            self.tabs.setTabToolTip(at, named(tr(tab.value), f"tab-{at + 1}"))
        self._recolour()
        theme().changed.connect(self._recolour)
        self.tabs.currentChanged.connect(self._tab_picked)
        self._build()
        self._idle = QTimer(self)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._make_one)
        QTimer.singleShot(0, self._idle, self._idle.start)  # after what is shown first

    # --- pages: each is made when it is first asked for, or when there is nothing else to do ---

    @cached_property
    def conversation(self) -> ConversationView:
        """The first tab."""
        keys = KeyCards(self._room.keys, self._room.tasks)
        keys.compare.connect(self.sheets.verify)
        room = self._room
        asides = (room.finding, room.thread)
        view = ConversationView(room.conversation, room.show_exhibit, keys, *asides)
        view.attach.connect(lambda: self.sheets.add_evidence([]))
        view.finder.further.connect(self.find_further)
        view.person.connect(self._show_person)
        view.versions.connect(lambda one: self.sheets.versions(MessageId(one)))
        view.gap.connect(lambda one: self.sheets.details(MessageId(one)))
        return self._put(Tab.CONVERSATION, view)

    @cached_property
    def evidence(self) -> EvidenceView:
        """The second tab."""
        view = EvidenceView(self._room.evidence, self._room.tasks)
        view.fold(narrow=self.narrow)
        view.add.connect(self.sheets.add_evidence)
        view.print_list.connect(self.sheets.papers.hand_list)
        view.transfers.connect(self.sheets.transfers)
        view.look.connect(self.viewers.look)
        view.review_all.connect(self.viewers.review)
        view.detect.connect(self.sheets.detect)
        return self._put(Tab.EVIDENCE, view)

    @cached_property
    def people(self) -> PeopleView:
        """The third tab."""
        view = PeopleView(self._room.people, self._room.tasks)
        view.add.connect(self.sheets.add_member)
        view.verify.connect(self.sheets.verify)
        view.meeting.connect(self.sheets.meeting)
        view.devices.connect(self.sheets.member_devices)
        view.share.connect(self.sheets.share)
        view.designate.connect(self.sheets.designate)
        return self._put(Tab.PEOPLE, view)

    @cached_property
    def log(self) -> LogView:
        """The fourth tab."""
        view = LogView(self._room.log)
        view.lay_out(self.log_columns)
        view.check.connect(self.sheets.check)
        view.paper.connect(self.sheets.papers.log)
        return self._put(Tab.LOG, view)

    @cached_property
    def closing(self) -> ClosingView:
        """The fifth tab."""
        view = ClosingView(self._room.closing, self._room.tasks)
        view.go.connect(self._went)
        return self._put(Tab.CLOSING, view)

    @cached_property
    def home(self) -> HomeView:
        """Today, in front of every space."""
        view = HomeView(self._room.home)
        view.go.connect(self._went)
        self.whole.addWidget(view)
        return view

    def _went(self, goal: Goal) -> None:
        self._room.go(goal)
        if goal.transfers:
            self.sheets.transfers()
        else:
            self.take_keyboard()

    def page(self, tab: Tab) -> QWidget:
        """The page of a tab, made now if it was not yet."""
        match tab:
            case Tab.CONVERSATION:
                return self.conversation
            case Tab.EVIDENCE:
                return self.evidence
            case Tab.PEOPLE:
                return self.people
            case Tab.LOG:
                return self.log
            case Tab.CLOSING:
                return self.closing

    def _export(self, file: FileId) -> None:
        self._room.show_exhibit(file)
        self.evidence.save_as()

    def _show_person(self, user: UserId | None) -> None:
        self.go(Tab.PEOPLE)
        if user is not None:
            self.people.go_to(user)

    def _placeholder(self) -> QWidget:
        empty = QWidget()
        self.pages.addWidget(empty)
        return empty

    def _put(self, tab: Tab, view: _View) -> _View:
        at = list(Tab).index(tab)
        self._later = [one for one in self._later if one[0] is not tab]
        empty = self.pages.widget(at)
        front = self.pages.currentIndex() == at
        self.pages.insertWidget(at, view)
        if empty is not None:
            self.pages.removeWidget(empty)
            empty.deleteLater()
        if front:
            self.pages.setCurrentIndex(at)
        return view

    def _make_one(self) -> None:
        if self._later:
            with unseen():
                self.page(self._later[0][0])
        else:
            self._idle.stop()

    def _build(self) -> None:
        self.header = SpaceHeader()
        self.title = self.header.title
        tabs = row(self.tabs, None)
        tabs.setContentsMargins(tokens.S5, 0, tokens.S5, 0)
        header = Panel("header")
        header.column.addWidget(self.header)
        header.column.addLayout(tabs)
        self._frame(header)

    def _frame(self, header: Panel) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self.pages, 1)
        room = self._room
        self.empty = no_spaces(room.desk.me.party, self.new_space.emit, room.status.sync_now)
        self.whole = QStackedWidget()
        self.whole.addWidget(Skeleton(tr("Reading your spaces…")))
        self.whole.addWidget(self.empty)
        self.whole.addWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.disk)
        outer.addWidget(self.alarms)
        outer.addWidget(self.whole, 1)

    @unseen()
    def render_state(self, state: SpacesState) -> None:
        """Show the space in front."""
        self._rendering = True
        none = not state.loading and not state.tiles
        self.whole.setCurrentIndex(1 if none else 2 if state.detail is not None else 0)
        if state.home:
            self.whole.setCurrentWidget(self.home)
        if state.detail is not None:  # else no page is seen, and none is made in this turn
            self.pages.setCurrentWidget(self.page(state.tab))
        for at, tab in enumerate(Tab):
            self.tabs.setTabEnabled(at, tab in state.open_tabs)
        self.tabs.setCurrentIndex(list(Tab).index(state.tab))
        self.header.render_state(state)
        self._rendering = False

    def _tab_picked(self, at: int) -> None:
        if not self._rendering:
            self._room.spaces.show_tab(list(Tab)[at])

    def _recolour(self) -> None:
        p = palette()
        for at, tab in enumerate(Tab):
            self.tabs.setTabIcon(
                at, icons.icon(_ICONS[tab], p.secondary, tokens.ICON_SMALL, p.border)
            )

    def go(self, tab: Tab) -> None:
        """Bring a tab to the front and give it the keyboard."""
        self._room.spaces.show_tab(tab)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Give the keyboard to what a person does first in the room that is shown."""
        if self._room.spaces.state.home:
            self.home.take_keyboard()
            return
        tab = self._room.spaces.state.tab
        if tab is Tab.CONVERSATION and self._room.conversation.state.writable:
            self.conversation.composer.edit.setFocus()
        elif tab is Tab.EVIDENCE and self.evidence.table.isVisible():
            self.evidence.table.setFocus()
        else:  # a name that readers say, and a press of the space bar does nothing
            self.tabs.setFocus()
