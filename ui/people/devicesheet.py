"""The devices of a member, as the signed log of the space names them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from jitclient.deviceviews import DeviceRow
from ui import words
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.tokens import Tone
from ui.widgets.chip import Chip
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, Scroll, line, row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge


class MemberDevicesSheet(Sheet):
    """One line a device: only its owner knows what it is called."""

    wide = 560

    def __init__(self, parent: QWidget, name: str, rows: Sequence[DeviceRow]) -> None:
        super().__init__(
            parent,
            tr("Devices of {name}", name=name),
            lead=tr(
                "What you send is sealed for each of them. When one is added or revoked, every "
                "member sees it in the conversation."
            ),
        )
        card = Panel("card")
        for at, one in enumerate(rows):
            if at:
                card.column.addWidget(line())
            card.column.addWidget(_device(one))
        scroll = Scroll(tr("Devices"), margin=0)
        scroll.setMinimumHeight(200)
        scroll.column.addWidget(card)
        scroll.column.addStretch(1)
        self.body.addWidget(scroll, 1)
        self.cancel.setFocus()


def _device(one: DeviceRow) -> QWidget:
    print_ = Text(words.fingerprint(one.fingerprint), "mono", selectable=True)
    print_.setFont(fonts.mono(tokens.DENSE))
    tone = Tone.NEUTRAL if one.revoked else Tone.ACCENT
    across = row(Glyph("laptop", 22, tone), print_, None, spacing=tokens.S3)
    if one.revoked:
        across.addWidget(Chip(Badge(tr("Revoked"), "ban", Tone.DANGER)))
    across.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
    holder = QWidget()
    holder.setLayout(across)
    holder.setAccessibleName(
        tr("{fingerprint}, revoked", fingerprint=print_.text()) if one.revoked else print_.text()
    )
    return holder
