"""What stands where a space will be, as long as there is none."""

from __future__ import annotations

from collections.abc import Callable

from protocol.roles import ADMINISTRATOR_PARTIES, Party
from ui.language import tr
from ui.widgets.empty import Empty


def no_spaces(party: Party, new: Callable[[], None], sync: Callable[[], None]) -> Empty:
    """Who may not open a space is not sent to a form that ends in a refusal (R13.3)."""
    if party in ADMINISTRATOR_PARTIES:
        said = tr("Open one for your joint investigation team, or wait until a colleague adds you.")
        made = Empty("folder-open", tr("No spaces yet"), said, tr("New space…"))
        made.acted.connect(new)
        return made
    said = tr("You see it here as soon as an administrator of your team has added you.")
    made = Empty("folder-open", tr("No spaces yet"), said, tr("Synchronise now"))
    made.acted.connect(sync)
    return made
