"""What the log is filtered by beside words: who, what, object, and from which day until which."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QDate, QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QVBoxLayout, QWidget

from ui.custody.lines import LogFilter
from ui.custody.state import LogState
from ui.language import tr, trc
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.field import indent
from ui.widgets.panel import row
from ui.widgets.saying import clearable
from ui.widgets.text import Text

_ISO = Qt.DateFormat.ISODate


class FilterBar(QWidget):
    """Two lines of fields; `asked` with the filter they say, words aside."""

    asked = Signal(LogFilter)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = LogState()
        self.actor, self.what = _choice(tr("Who")), _choice(tr("What"))
        self.about = QLineEdit()
        self.about.setPlaceholderText(tr("Exhibit or other object"))
        self.about.setAccessibleName(tr("Exhibit or other object"))
        clearable(self.about)
        self.since, self.until = _day(trc("first day", "From")), _day(tr("Until"))
        self.clear = Button(tr("Show all"), "quiet")
        self.clear.clicked.connect(self.cleared)
        self.actor.activated.connect(self._changed)
        self.what.activated.connect(self._changed)
        self.about.textChanged.connect(self._changed)
        self.since.dateChanged.connect(self._changed)
        self.until.dateChanged.connect(self._changed)
        first = row(self.actor, self.what, self.about, spacing=tokens.S2)
        for at in range(3):
            first.setStretch(at, 1)
        days = row(
            Text(trc("first day", "From"), "caption"),
            self.since,
            Text(tr("Until"), "caption"),
            self.until,
            None,
            self.clear,
            spacing=tokens.S2,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.S5, 0, tokens.S5, tokens.S3)
        column.setSpacing(tokens.S2)
        column.addLayout(first)
        column.addLayout(days)

    def render_state(self, state: LogState) -> None:
        """Show what can be asked for, and what is."""
        self._state = state
        asked = state.filter
        _offer(self.actor, tr("Everybody"), state.actors, asked.actor)
        _offer(self.what, tr("Every act"), state.acts, asked.what)
        if self.about.text() != asked.about:
            with QSignalBlocker(self.about):
                self.about.setText(asked.about)
        _show_day(self.since, state, asked.since or state.first)
        _show_day(self.until, state, asked.until or state.newest)
        self.clear.setEnabled(asked.beside or bool(asked.words))

    def _changed(self) -> None:
        state, since, until = self._state, _said(self.since), _said(self.until)
        wanted = replace(
            state.filter,
            actor=self.actor.currentData() or "",
            what=self.what.currentData() or "",
            about=self.about.text(),
            since=since if since != state.first else "",
            until=until if until != state.newest else "",
        )
        if wanted != state.filter:
            self.asked.emit(wanted)


def _choice(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(10)
    return made


def _day(name: str) -> QDateEdit:
    made = indent(QDateEdit())
    made.setLocale(QLocale())
    made.setDisplayFormat("d MMM yyyy")
    made.setAccessibleName(name)
    return made


def _said(box: QDateEdit) -> str:
    return box.date().toString(_ISO)


def _offer(box: QComboBox, everything: str, names: tuple[str, ...], now: str) -> None:
    shown = tuple(box.itemData(at) for at in range(1, box.count()))
    if shown != names or not box.count():
        box.clear()
        box.addItem(everything, "")
        for name in names:
            box.addItem(name, name)
    box.setCurrentIndex(max(0, box.findData(now)))


def _show_day(box: QDateEdit, state: LogState, day: str) -> None:
    """The days from the first entry to the newest can be chosen."""
    with QSignalBlocker(box):
        if state.first:
            first, newest = (QDate.fromString(one, _ISO) for one in (state.first, state.newest))
            box.setDateRange(first, newest)
        if day:
            box.setDate(QDate.fromString(day, _ISO))
