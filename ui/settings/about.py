"""What this program is: version, what it is made of, and what it does for everybody's access."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.copying import copy
from ui.language import tr
from ui.settings.inside import here, licences
from ui.settings.parts import PageOf, Part, opens
from ui.settings.switches import Switches
from ui.shortcuts import named
from ui.theme import fonts
from ui.widgets.text import Text


def about(_of: Switches) -> QWidget:
    """Version and licences."""
    inside = QPlainTextEdit(licences())
    inside.setReadOnly(True)
    inside.setAccessibleName(tr("Licences of what is inside"))
    inside.setTabChangesFocus(True)
    inside.setMinimumHeight(fonts.px(220))
    inside.setMinimumWidth(380)
    return PageOf(
        Part(
            tr("Version"),
            "",
            Text(here(), selectable=True),
            opens(tr("Copy the version"), lambda: copy(here())),
        ),
        Part(
            tr("What leaves this computer"),
            tr("Ciphertext, to the store you enrolled at. No statistics, no other address."),
        ),
        Part(tr("Licences of what is inside"), "", inside),
    )


def accessibility(of: Switches) -> QWidget:
    """The statement, with what is known to be missing."""
    return PageOf(
        Part(
            tr("What follows the desktop"),
            tr("Text size, light and dark, contrast, and the keyboard layout."),
        ),
        Part(
            tr("Accessibility statement"),
            tr(
                "Made to meet EN 301 549 and WCAG 2.2 AA: all of it by keyboard, names for screen "
                "readers, contrast of 4.5 to 1 or more. Tested by machine; no tests with people "
                "who use assistive tools have been made yet."
            ),
        ),
        Part(
            tr("Something is in your way?"),
            tr("Tell whoever runs your store: the address is under General."),
            opens(named(tr("Keyboard shortcuts"), "keys"), of.keys),
        ),
    )
