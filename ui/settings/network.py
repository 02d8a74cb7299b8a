"""The way to the store, changed and tried here; and what machine and profile set of the desktop.

The latter holds before the window is there, and so from the next start on (ADR 62).
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from jitclient.foundation import policy
from jitclient.foundation.policy import Setting
from protocol.errors import JitError
from ui.copying import copy
from ui.language import mark, told, tr
from ui.settings.parts import PageOf, Part, one_of, opens
from ui.settings.switches import Switches
from ui.settings.way import AuthorityPart, ProxyPart, Says, TryPart, fixed
from ui.theme import tokens
from ui.widgets.text import Text

NAMES: Final = {
    "proxy": mark("Proxy"),
    "ca_file": mark("Authorities the store's certificate must come from"),
    "notifications": mark("Notices that something came"),
    "screenshots": mark("Pictures of the screen"),
    "tray": mark("Status icon of the desktop"),
    "metered": mark("Metered line"),
}
_VALUES: Final = {
    "on": mark("On"),
    "off": mark("Off"),
    "allowed": mark("Allowed"),
    "protected": mark("Kept out, where the system can"),
    "auto": mark("As the system says"),
    "yes": mark("Yes: large files wait"),
    "no": mark("No: everything travels"),
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
            DesktopPart(of, key, tr(NAMES[key]), _by(one), one)
            for key, one in found.items()
            if key not in _CHANGED
        ),
        Part(
            tr("Where it is kept"),
            tr("A line for each in this file. The help has the keys."),
            Text(file, wrap=True, selectable=True),
            opens(tr("Copy the place"), lambda: copy(file)),
        ),
    )


def _by(one: Setting) -> str:
    """Who set it."""
    if one.locked:
        return tr("Set and locked for everybody on this machine.")
    return tr(_SOURCES[one.source])


class DesktopPart(QWidget):
    """One of a few values, most in force from the next start on."""

    def __init__(self, of: Switches, key: str, name: str, by: str, one: Setting) -> None:
        super().__init__()
        self._of, self._key, self._now = of, key, one.value
        choices = [(value, tr(_VALUES[value])) for value in policy.VALUES[key]]
        self.choice = one_of(name, choices, one.value, self._chosen)
        self.choice.setEnabled(not fixed(one))
        self.says = Says()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addWidget(Part(name, by, self.choice))
        column.addWidget(self.says)

    def _chosen(self, value: str) -> None:
        if value != self._now:
            self._of.tasks.start(self._set(value), name="desktop-setting")

    async def _set(self, value: str) -> None:
        try:
            await self._of.desk.network.choose(self._key, value)
        except JitError as failure:
            if isValid(self):
                self.choice.setCurrentIndex(self.choice.findData(self._now))
                self.says.say(told(failure.sentence), bad=True)
            return
        if isValid(self):
            self._now = value
            at_once = self._key == "metered"
            self.says.say(tr("From now on.") if at_once else tr("From the next start on."))
