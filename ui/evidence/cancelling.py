"""Asks before an exhibit is given up: whether, and why as soon as somebody can have it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.evidence import cells
from ui.evidence.state import ExhibitItem
from ui.language import tr
from ui.widgets.confirm import confirm
from ui.widgets.reason import AskReason


async def ask_cancel(parent: QWidget, item: ExhibitItem) -> tuple[bool, str]:
    """Whether the person went on, and the reason; an exhibit that has not left needs none."""
    name = cells.name(item)
    erased = tr("{name} is no longer handed over. Parts at the store are erased.", name=name)
    kept = tr("Members who already verified their copy keep it until the space closes.")
    source = tr("The original file on this computer is not touched.")
    title, keep = tr("Cancel this exhibit?"), tr("Keep it")
    if not item.handed_over:
        act = tr("Cancel the exhibit")
        return await confirm(parent, title, (erased, source), action=act, cancel=keep), ""
    asked = AskReason(
        parent,
        tr("Withdraw this exhibit?"),
        (erased, kept, source),
        action=tr("Withdraw"),
        cancel=keep,
        hint=tr("Its recipients see it. It stays in the log of the exhibit."),
    )
    reason = await asked.asked()
    return bool(reason), reason
