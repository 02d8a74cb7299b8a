"""The table of keys: nobody else makes any, and they suit the keyboards of Europe."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

import pytest
from PySide6.QtGui import QKeySequence

from tests.architecture.tree import ROOT
from ui.shortcuts import KEYS, Key, key

BOUND: Final = [one for one in KEYS if one.bound]

APART: Final = {"edit-last", "message-previous"}  # in the composer, and in the timeline
CONTROLS: Final = {
    "ui/widgets/button.py": {"press"},
    "ui/search/view.py": {"press", "found-next", "found-previous"},
    "ui/conversation/threadsheet.py": {"press", "found-next", "found-previous"},
    "ui/palette/view.py": {"press", "found-next", "found-previous"},
    "ui/home/view.py": {"press"},
    "ui/conversation/findbar.py": {"close", "press"},
    "ui/people/sheets.py": {"found-next", "press"},
    "ui/gallery/controls.py": set[str](),  # plays what a person types
    "ui/help/view.py": {"press", "found-next", "found-previous", "close"},
    "ui/conversation/writing.py": set[str](),  # a mention is taken away as a whole
    "ui/widgets/prose.py": set[str](),  # copy and select all, as in every text
    "ui/people/codefield.py": set[str](),  # pasting a picture
    "ui/widgets/passphrase.py": set[str](),  # watches Caps Lock
    "ui/locking/idle.py": set[str](),  # anything pressed is a sign of somebody there
    "ui/layouts.py": set[str](),  # hands on to what is bound
}
"""Who looks at key presses by itself, and the rows of the table that says so."""


def test_who_looks_at_key_presses_by_itself_is_known() -> None:
    found = set(_watchers())

    assert found == CONTROLS.keys()
    shown = {one.name for one in KEYS if not one.bound}
    assert set().union(*CONTROLS.values()) | {"close"} == shown  # Escape: QDialog's own


def _watchers() -> Iterator[str]:
    for path in sorted((ROOT / "ui").rglob("*.py")):
        text = path.read_text("utf-8")
        names = {
            node.name if isinstance(node, ast.FunctionDef) else getattr(node, "attr", "")
            for node in ast.walk(ast.parse(text))
        }
        if names & {"keyPressEvent", "keyReleaseEvent", "KeyPress", "ShortcutOverride"}:
            yield path.relative_to(ROOT).as_posix()


def test_only_the_table_makes_shortcuts() -> None:
    strays = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "ui").rglob("*.py")
        if {"QShortcut", "setShortcut", "setShortcuts"} & set(_names(path.read_text("utf-8")))
    ]

    assert strays == ["ui/bound.py"]


def _names(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case _:
                pass


@pytest.mark.parametrize("row", KEYS, ids=lambda one: one.name)
def test_a_key_suits_the_keyboards_of_europe(row: Key) -> None:
    """Ctrl+Alt is AltGr; what German, Nordic and Slavic layouts print with Shift has a twin."""
    for text in (row.sequence, row.twin):
        assert not ("Ctrl" in text and "Alt" in text)
        assert QKeySequence(text).count() <= 1  # no chords one after the other
        assert not text or QKeySequence(text).toString(), text
    if row.sequence in tuple("/[];\\`'"):
        assert row.twin.isalpha()


@pytest.mark.parametrize("row", BOUND, ids=lambda one: one.name)
def test_no_two_keys_of_a_place_are_the_same(row: Key) -> None:
    """What works everywhere is nowhere something else; a viewer is a window of its own."""
    others = [
        one
        for one in BOUND
        if one is not row
        and {one.name, row.name} != APART
        and (one.group == row.group or "Everywhere" in (one.group, row.group))
    ]
    taken = {QKeySequence(text).toString() for one in others for text in _texts(one)}

    assert taken.isdisjoint({QKeySequence(text).toString() for text in _texts(row)})


def _texts(row: Key) -> list[str]:
    return [one for one in (row.sequence, row.twin) if one]


def test_a_name_stands_for_one_row() -> None:
    assert len({one.name for one in KEYS}) == len(KEYS)
    assert [key(one.name) for one in KEYS] == list(KEYS)
