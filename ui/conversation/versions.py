"""Every version of a message that was changed, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtWidgets import QVBoxLayout, QWidget

from jitclient.mentionviews import VersionRow
from ui import words
from ui.language import tr, trn
from ui.theme import tokens
from ui.widgets.panel import Panel, Scroll
from ui.widgets.prose import Prose
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class VersionsSheet(Sheet):
    """Shows; nothing can be done to a version."""

    wide = 640

    def __init__(
        self,
        parent: QWidget,
        author: str,
        rows: Sequence[VersionRow],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(
            parent,
            tr("Versions of a message of {author}", author=author),
            lead=tr("The newest stands in the conversation. None is ever lost."),
        )
        scroll = Scroll(tr("Versions"), margin=0)
        scroll.setMinimumHeight(260)
        for at in range(len(rows) - 1, -1, -1):
            scroll.column.addWidget(_version(rows[at], at, zone))
        scroll.column.addStretch(1)
        self.body.addWidget(scroll, 1)
        self.cancel.setFocus()


def _version(one: VersionRow, at: int, zone: tzinfo | None) -> QWidget:
    which = tr("As it was written") if not at else tr("Changed")
    parts = [which, words.stamp(one.at, zone)]
    if one.of:
        parts.append(
            trn(
                "received by {have} of {count}",
                "received by {have} of {count}",
                one.of,
                have=one.received_by,
            )
        )
    card = Panel("card", margin=tokens.S4, spacing=tokens.S2)
    column: QVBoxLayout = card.column
    head = Text("  ·  ".join(parts), "caption", wrap=True)
    head.setToolTip(words.iso(one.at, zone))
    column.addWidget(head)
    column.addWidget(Prose(one.text, measure=560))
    card.setAccessibleName(f"{head.text()}: {one.text}")
    return card
