"""What machine and profile have set of the network and the desktop, and where it is changed.

Read only: these hold before the window is there, from the next start (ADR 62).
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from jitclient.foundation import policy
from jitclient.foundation.policy import Setting
from protocol.errors import JitError
from ui.copying import copy
from ui.language import mark, told, tr
from ui.settings.parts import PageOf, Part, opens
from ui.settings.switches import Switches
from ui.widgets.text import Text

NAMES: Final = {
    "proxy": mark("Proxy"),
    "ca_file": mark("Authorities the store's certificate must come from"),
    "notifications": mark("Notices that something came"),
    "screenshots": mark("Pictures of the screen"),
    "tray": mark("Status icon of the desktop"),
}
_VALUES: Final = {
    "system": mark("As the system has it"),
    "none": mark("None, directly"),
    "on": mark("On"),
    "off": mark("Off"),
    "allowed": mark("Allowed"),
    "protected": mark("Kept out, where the system can"),
    "": mark("Not demanded; the store is known by its certificate"),
}
_SOURCES: Final = {
    "default": mark("Nobody has set it."),
    "policy": mark("Set for everybody on this machine."),
    "profile": mark("Set in this profile."),
    "environment": mark("Set for this start."),
}


def network(of: Switches) -> QWidget:
    """One part for each setting, and the place of the file."""
    folder = of.memory.folder
    if folder is None:
        return PageOf(Part(tr("Settings"), tr("There is no profile folder here.")))
    try:
        found = policy.settings(folder)
    except JitError as error:
        return PageOf(Part(tr("Settings"), told(error.sentence)))
    file = str(folder / policy.PROFILE_FILE)
    return PageOf(
        *(
            Part(tr(NAMES[key]), _by(one), Text(_value(one), wrap=True, selectable=True))
            for key, one in found.items()
        ),
        Part(
            tr("To change them"),
            tr(
                "A line for each in this file, in force from the next start. The help has the keys."
            ),
            Text(file, wrap=True, selectable=True),
            opens(tr("Copy the place"), lambda: copy(file)),
        ),
    )


def _by(one: Setting) -> str:
    """Who set it."""
    if one.locked:
        return tr("Set and locked for everybody on this machine.")
    return tr(_SOURCES[one.source])


def _value(one: Setting) -> str:
    """What holds; a password in it is nobody's to read over a shoulder."""
    if "@" in one.value:
        return one.value.partition("//")[0] + "//…@" + one.value.rpartition("@")[2]
    return tr(_VALUES[one.value]) if one.value in _VALUES else one.value
