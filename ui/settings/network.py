"""The way to the store, changed and tried here; and what machine and profile set of the desktop.

The rest is read only: it holds before the window is there, from the next start (ADR 62).
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
from ui.settings.way import AuthorityPart, ProxyPart, TryPart
from ui.widgets.text import Text

NAMES: Final = {
    "proxy": mark("Proxy"),
    "ca_file": mark("Authorities the store's certificate must come from"),
    "notifications": mark("Notices that something came"),
    "screenshots": mark("Pictures of the screen"),
    "tray": mark("Status icon of the desktop"),
}
_VALUES: Final = {
    "on": mark("On"),
    "off": mark("Off"),
    "allowed": mark("Allowed"),
    "protected": mark("Kept out, where the system can"),
}
_CHANGED: Final = ("proxy", "ca_file")
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
    proxy, authority = found["proxy"], found["ca_file"]
    return PageOf(
        ProxyPart(of, folder, tr(NAMES["proxy"]), _by, proxy),
        AuthorityPart(of, folder, tr(NAMES["ca_file"]), _by, authority),
        TryPart(of),
        *(
            Part(tr(NAMES[key]), _by(one), Text(_value(one), wrap=True, selectable=True))
            for key, one in found.items()
            if key not in _CHANGED
        ),
        Part(
            tr("To change the others"),
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
    return tr(_VALUES[one.value]) if one.value in _VALUES else one.value
