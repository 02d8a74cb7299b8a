"""Which page belongs to what a person is looking at: one table, by the names of the views."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from ui.help.book import FIRST
from ui.help.page import Place, place

TOPICS: Final = {
    "FirstRunView": "first-steps#from-the-invitation-to-the-first-message",
    "TrainingView": "training#the-tasks",
    "PreparingView": "training",
    "FarewellWindow": "training#what-is-erased",
    "JoinView": "devices#link-a-further-device",
    "UnlockView": "first-steps#unlock",
    "WordsSheet": "devices#the-recovery-sheet",
    "RecoverySheet": "devices#the-recovery-sheet",
    "ChangeSheet": "devices#the-passphrase",
    "DevicesSheet": "devices",
    "AskPassphrase": "devices#the-passphrase",
    "LinkSheet": "devices#link-a-further-device",
    "MemberDevicesSheet": "devices#devices-of-others",
    "SpacesView": "spaces",
    "HomeView": "spaces#today",
    "NewSpaceSheet": "spaces#open-a-space",
    "AlarmsView": "errors",
    "StatusView": "offline",
    "ConversationView": "messages",
    "InboxSheet": "messages#point-to-somebody",
    "ThreadView": "messages#threads",
    "ThreadsSheet": "messages#threads",
    "MessageSheet": "messages",
    "VersionsSheet": "messages#change-what-you-wrote",
    "SearchSheet": "messages#find",
    "EvidenceView": "evidence",
    "AddSheet": "evidence#hand-over-files",
    "TreeSheet": "evidence#hand-over-files",
    "FactsSheet": "evidence#state-what-it-is",
    "IntakeSheet": "evidence#customs-detections",
    "ListSheet": "evidence#the-hand-over-list",
    "QueueSheet": "evidence#transfers",
    "ExportSheet": "evidence#handling-codes",
    "PermissionSheet": "evidence#handling-codes",
    "ViewerWindow": "evidence#look-at-it-safely",
    "PeopleView": "people",
    "OverviewSheet": "spaces#the-overview",
    "AddMemberSheet": "spaces#add-people",
    "DesignateSheet": "spaces#third-countries",
    "VerifySheet": "people#compare-with-one-person",
    "MeetingSheet": "people#compare-in-a-meeting",
    "ShareSheet": "spaces#earlier-messages",
    "LogView": "closing#the-log",
    "LogSheet": "closing#the-log",
    "CheckSheet": "closing#check-a-space",
    "ClosingView": "closing",
    "KeySheet": "keyboard",
    "PaletteSheet": "keyboard#go-anywhere",
    "SettingsSheet": "settings",
}


_BESIDE: Final = ("AlarmsView", "SpacesView", "StatusView", "TrainingView")
"""What stands beside the screen that a person works in."""


def topic_of(widget: QWidget | None) -> Place:
    """The page of the innermost view around a widget; else of one that its window shows."""
    top = widget.window() if widget is not None else None
    around = widget if widget is not None and widget.isVisible() else top
    while around is not None:
        found = _named(around)
        if found is not None:
            return found
        top, around = around, around.parentWidget()
    inside = top.findChildren(QWidget) if top is not None else ()
    for one in inside:
        if one.isVisible() and type(one).__name__ not in _BESIDE and (found := _named(one)):
            return found
    return Place(FIRST)


def _named(widget: QWidget) -> Place | None:
    for kind in type(widget).__mro__:
        if kind.__name__ in TOPICS:
            return place(TOPICS[kind.__name__])
    return None
