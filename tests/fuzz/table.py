"""Every target, by name. A new record or HTTP message has one by itself; a new layout needs one."""

from __future__ import annotations

from typing import Final

from tests.fuzz import accesslogs, insiders, plain, settings, wires
from tests.fuzz.target import Target

GROUPS: Final[dict[str, list[Target]]] = {
    "records": plain.records(),
    "messages": plain.messages(),
    "layouts": [
        *plain.layouts(),
        *plain.lines(),
        *plain.texts(),
        *plain.reaching(),
        *settings.settings(),
        *plain.notices(),
        *accesslogs.notes(),
        *plain.sheets(),
    ],
    "members": [*insiders.logs(), *insiders.signed(), *insiders.sealed(), *insiders.contents()],
    "replies": wires.replies(),
    "requests": wires.requests(),
}
"""What shares a process in a campaign: starting one takes longer than a thousand inputs."""

TARGETS: Final = {target.name: target for group in GROUPS.values() for target in group}
