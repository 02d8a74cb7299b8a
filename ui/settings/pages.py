"""The list of pages. A further one is a line here and a function that makes its widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from ui import words
from ui.language import chosen, mark, tr, trn
from ui.language.known import offered
from ui.locking.idle import MINUTES, minutes_of
from ui.memory import BEGINS, CARRIES, YES
from ui.settings.about import about, accessibility
from ui.settings.network import network
from ui.settings.parts import PageOf, Part, one_of, opens, switch
from ui.settings.storage import StoragePage
from ui.settings.switches import Switches
from ui.shortcuts import named
from ui.theme.style import theme
from ui.widgets.language import label as language_label
from ui.widgets.looks import looks
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `title` is its English name, `make` is called when it is first shown."""

    name: str
    title: str
    icon: str
    make: Callable[[Switches], QWidget]


def general(of: Switches) -> QWidget:
    """Who sits here, at which store, with which devices."""
    me = of.desk.me
    begins = tr("After unlocking")
    place = words.plain(f"{me.name}, {me.authority} · {me.country}")
    return PageOf(
        Part(tr("Your name"), "", Text(place, wrap=True, selectable=True)),
        Part(tr("Store"), "", Text(words.plain(me.store), wrap=True, selectable=True)),
        Part(
            begins,
            "",
            one_of(
                begins,
                (("", tr("Where I left off")), (YES, tr("Today: what waits for me"))),
                of.memory.text(BEGINS),
                partial(of.memory.keep, BEGINS),
            ),
        ),
        Part(
            tr("Your devices"),
            tr("Each computer has keys of its own. A lost one is revoked from any other."),
            opens(tr("My devices"), of.devices),
        ),
        Part(
            tr("Keyboard"),
            tr("Everything can be done without a pointer."),
            opens(named(tr("Keyboard shortcuts"), "keys"), of.keys),
        ),
    )


def language(of: Switches) -> QWidget:
    """The language of the window."""
    name = language_label()
    return PageOf(
        Part(
            name,
            tr("What is on the screen is made anew; nothing is lost."),
            one_of(name, offered(), chosen(), of.language),
        )
    )


def appearance(of: Switches) -> QWidget:
    """Everything that the theme lets one choose."""
    return PageOf(
        *(
            Part(
                title,
                "",
                one_of(title, choices, theme().chosen(what), partial(of.appearance, what)),
            )
            for what, title, choices in looks()
        )
    )


def security(of: Switches) -> QWidget:
    """Locking, the passphrase, and the way back in."""
    times = [(one, trn("After {count} minute", "After {count} minutes", one)) for one in MINUTES]
    name = tr("Lock by itself")
    now = minutes_of(of.memory.text("locks-after"))
    return PageOf(
        Part(
            name,
            tr("When nobody touches this computer. It also locks with the desktop."),
            one_of(name, [*times, (0, tr("Never"))], now, of.locks_after),
        ),
        Part(
            tr("Transfers"),
            "",
            switch(
                tr("Go on while locked, for an hour at most"),
                of.carries,
                on=of.memory.text(CARRIES) == YES,
            ),
        ),
        Part(
            tr("Passphrase"),
            tr("Nobody can reset it. A recovery sheet opens the profile when it is forgotten."),
            opens(tr("Change the passphrase…"), of.change_passphrase),
            opens(tr("Recovery sheet…"), of.recovery_sheet),
        ),
    )


def storage(of: Switches) -> QWidget:
    """What is kept where, and how large."""
    return StoragePage(of.desk, of.tasks)


PAGES: Final[list[Page]] = [
    Page("general", mark("General"), "settings", general),
    Page("language", mark("Language"), "globe", language),
    Page("appearance", mark("Appearance"), "sun", appearance),
    Page("accessibility", mark("Accessibility"), "eye", accessibility),
    Page("security", mark("Security"), "lock", security),
    Page("network", mark("Network"), "wifi", network),
    Page("storage", mark("Storage"), "hard-drive", storage),
    Page("about", mark("About"), "info", about),
]
