"""The pieces that pages of settings are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

T = TypeVar("T")


class PageOf(QWidget):
    """A column of parts, from the top."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(tokens.S5)
        for one in parts:
            self.column.addWidget(one)
        self.column.addStretch(1)


class Part(QWidget):
    """A name, what there is to say of it, and what is set or pressed."""

    def __init__(self, name: str, said: str, *controls: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S1 + 2)
        label = Text(name, "label", wrap=True)
        column.addWidget(label)
        self.below = below = Text(said, "caption", wrap=True)
        reveal(below, bool(said))
        column.addWidget(below)
        label.setBuddy(controls[0] if controls else below)
        for one in controls:
            if isinstance(one, Text | QPlainTextEdit):
                column.addWidget(one)
            else:
                column.addLayout(row(one, None))


def one_of(
    name: str, choices: Iterable[tuple[T, str]], now: T, chosen: Callable[[T], None]
) -> QComboBox:
    """A list of which one thing is in force."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumWidth(260)
    for value, words in choices:
        made.addItem(words, value)
    made.setCurrentIndex(max(0, made.findData(now)))
    made.activated.connect(lambda at: chosen(made.itemData(at)))
    return made


def switch(words: str, chosen: Callable[[bool], None], *, on: bool) -> QCheckBox:
    """On or off."""
    made = QCheckBox(words)
    made.setChecked(on)
    made.toggled.connect(chosen)
    return made


def opens(words: str, act: Callable[[], None]) -> Button:
    """A button that opens something."""
    made = Button(words)
    made.clicked.connect(act)
    return made
