"""Rows of the table as text, for the clipboard: one line each, tabs between, heads above. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ui.evidence import cells
from ui.evidence.state import Column, ExhibitItem
from ui.language import tr

_FORMULA: Final = tuple("=+-@")


def as_text(items: Sequence[ExhibitItem], columns: Sequence[Column]) -> str:
    """The rows with the columns that are shown; the hash has one of its own."""
    heads = [head for one in columns for head in _heads(one)]
    lines = ["\t".join(heads)]
    lines += ["\t".join(_line(item, columns)) for item in items]
    return "\n".join(lines) + "\n"


def _heads(column: Column) -> tuple[str, ...]:
    return (tr("Name"), "SHA-256") if column is Column.NAME else (tr(column.value),)


def _line(item: ExhibitItem, columns: Sequence[Column]) -> list[str]:
    found = list[str]()
    for column in columns:
        match column:
            case Column.NUMBER:
                found.append(item.number)
            case Column.NAME:
                found += (cells.name(item), item.sha256)
            case _:
                found.append(cells.words(item, column))
    return [_plain(one) for one in found]


def _plain(text: str) -> str:
    """On one line; a spreadsheet into which it is pasted takes no name for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(_FORMULA) else line
