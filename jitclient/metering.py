"""Whether large transfers wait, because the line is paid for by the byte.

The setting `metered` says so, or leaves it to the system, which tells through the window. Messages
and files of at most `queueing.SMALL_BYTES` go all the same (ADR 78).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jitclient.foundation import policy
from jitclient.grouping import LOOK_AHEAD
from jitclient.queueing import Due, Key
from protocol.errors import ConfigurationError

KEY: Final = "metered"
_ALL: Final = 1 << 31
_ASK: Final = policy.Setting("auto", "default")


class Metering:
    """What holds for the transfers of one profile. `system`: the system calls the line metered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.setting = _ASK
        self.system = False
        self.refresh()

    def refresh(self) -> None:
        """Read the setting again; one that cannot be read leaves it to the system."""
        try:
            self.setting = policy.settings(self._folder)[KEY]
        except ConfigurationError:
            self.setting = _ASK

    @property
    def holds(self) -> bool:
        """Whether large transfers wait."""
        said = self.setting.value
        return self.system if said == "auto" else said == "yes"

    @property
    def ahead(self) -> int:
        """How many transfers are looked at: a small one may stand behind many large ones."""
        return _ALL if self.holds else LOOK_AHEAD

    def held(self, due: Iterable[Due]) -> set[Key]:
        """Those that wait for another line."""
        return {one.key for one in due if not one.small} if self.holds else set()
