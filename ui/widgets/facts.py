"""Names and values below each other, for inspectors."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.copying import copy as copy_text
from ui.language import tr
from ui.theme import fonts, tokens
from ui.widgets.button import IconButton
from ui.widgets.panel import row
from ui.widgets.text import Text


class Fact(QWidget):
    """A caption above a value; a hash gets a copy button."""

    def __init__(self, name: str, value: str, *, mono: bool = False, copy: bool = False) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        caption = Text(name, "caption")
        words = Text(value, "mono" if mono else "body", wrap=True, selectable=True)
        words.setAccessibleName(f"{name}: {value}")
        if mono:
            words.setFont(fonts.mono(tokens.DENSE))
            words.setText(" ".join(value[i : i + 8] for i in range(0, len(value), 8)))
        if copy:
            button = IconButton("copy", tr("Copy {name}", name=name), size=tokens.ICON_SMALL)
            button.clicked.connect(lambda: copy_text(value))
            head = row(caption, None, button)
            column.addLayout(head)
        else:
            column.addWidget(caption)
        column.addWidget(words)


def clear(layout: QVBoxLayout) -> None:
    """Take everything out of a column."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout):
            clear(inner)
