"""Rows of the timeline that are no message, and the exhibit within one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from protocol.ids import FileId
from ui.conversation.state import ExhibitLine, MissingRow
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.bar import Bar
from ui.widgets.button import Button, IconButton
from ui.widgets.chip import Chip
from ui.widgets.elided import Elided
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.reading import Still
from ui.widgets.text import Text
from ui.words import Badge


class ExhibitCard(QWidget):
    """An exhibit announced in the conversation."""

    def __init__(self, line: ExhibitLine, open_: Callable[[FileId], None]) -> None:
        super().__init__()
        number = tr("Exhibit {number}", number=line.number) if line.number else tr("Exhibit")
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(Text(number, "overline"))
        name = Elided(line.stem, "strong")
        natural = QFontMetrics(fonts.font(tokens.BODY, tokens.STRONG)).horizontalAdvance(line.stem)
        name.setMinimumWidth(min(320, natural + 4))
        names.addLayout(row(name, Chip(Badge(line.extension, "")), None))
        names.addLayout(row(Text(line.size, "caption"), Chip(line.badge), None))
        if line.marks:
            names.addWidget(Text("  ·  ".join(line.marks), "tone-warn", wrap=True))
        if line.percent is not None:
            bar = Bar(tr("Progress of the exhibit"))
            bar.show_percent(line.percent)
            names.addWidget(bar)
        show = Button(tr("Show"), "quiet", hint=tr("Show in Evidence"))
        show.setAccessibleName(tr("Show {number} in Evidence", number=number))
        show.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the timeline is one stop: Enter on the row
        show.clicked.connect(lambda: open_(line.file))
        across = row(Glyph("file-text", 28), spacing=tokens.S3)
        across.setContentsMargins(0, 4, 0, 4)
        across.addLayout(names, 1)
        across.addWidget(show, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(across)


class Rule(Still):
    """Words on a hairline."""

    def __init__(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        super().__init__()
        self._tone = tone
        label = Text(text, "overline" if tone is Tone.NEUTRAL else f"tone-{tone.value}")
        across = QHBoxLayout(self)
        across.setContentsMargins(tokens.S5, tokens.S5, tokens.S5, tokens.S2)
        across.addWidget(label, 1, Qt.AlignmentFlag.AlignHCenter)
        self._label = label
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The hairline, left and right of the words."""
        p = palette()
        colour = QColor(p.hairline if self._tone is Tone.NEUTRAL else p.tone(self._tone)[0])
        middle = self._label.geometry().center().y()
        painter = QPainter(self)
        gap = tokens.S3
        left, right = self._label.geometry().left() - gap, self._label.geometry().right() + gap
        painter.fillRect(QRectF(tokens.S5, middle, max(0, left - tokens.S5), 1), colour)
        painter.fillRect(QRectF(right, middle, max(0, self.width() - right - tokens.S5), 1), colour)
        painter.end()


class Line(Still):
    """An event: one quiet line."""

    def __init__(self, text: str, at: str, exact: str) -> None:
        super().__init__()
        words_ = Text(text, "dense", wrap=True, selectable=True)
        words_.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        time = Text(at, "caption")
        time.setToolTip(exact)
        across = row(Glyph("info", 16), words_, time, spacing=tokens.S2)
        across.setStretch(1, 1)
        across.setContentsMargins(tokens.S5 + 8, tokens.S3, tokens.S5, 0)
        self.setLayout(across)
        self.setAccessibleName(f"{text}, {at}")


class Missing(Still):
    """Messages that should stand here."""

    def __init__(self, item: MissingRow, details: Callable[[], None]) -> None:
        super().__init__()
        more = IconButton("info", tr("Details and asking again"), size=tokens.ICON_SMALL)
        more.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by keyboard: details of the message below
        more.clicked.connect(details)
        across = row(Chip(item.badge), more, None, spacing=tokens.S1)
        across.setContentsMargins(tokens.S5 + 44, tokens.S3, tokens.S5, 0)
        self.setLayout(across)
        self.setToolTip(item.hint)
        self.setAccessibleName(item.badge.word)
        self.setAccessibleDescription(item.hint)
