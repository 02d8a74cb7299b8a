"""Reads a gettext catalogue (`.po`), as translators' tools write it. Pure.

Only our own files are read: no charset but UTF-8, no obsolete or doubtful entries. The reader is
compared with Babel's on every catalogue by a test; it exists because it costs 4 ms and no build.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from gettext import c2py
from typing import Final

_QUOTE: Final = '"'
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPED: Final = {"n": "\n", "t": "\t"}

Key = tuple[str, str]
"""Context (empty: none) and source."""


def english(count: int) -> int:
    """One and more."""
    return int(count != 1)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Translations by their source; what is missing stays English."""

    forms: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = english

    def has(self, text: str, context: str = "") -> bool:
        """Whether there is a translation."""
        return (context, text) in self.forms

    def one(self, text: str, context: str = "") -> str:
        """A sentence without a count."""
        found = self.forms.get((context, text))
        return found[0] if found is not None else text

    def many(self, one: str, more: str, count: int) -> str:
        """A sentence in the form that goes with its count."""
        found = self.forms.get(("", one))
        if found is not None and len(found) > 1:
            return found[self.plural(count)]
        if found is not None and self.plural is not english:
            return found[0]
        return one if count == 1 else more


@dataclass(slots=True)
class _Entry:
    parts: dict[str, list[str]] = field(default_factory=dict)
    fuzzy: bool = False

    def text(self, name: str) -> str:
        return "".join(self.parts.get(name, ()))

    def forms(self) -> tuple[str, ...]:
        if "msgid_plural" not in self.parts:
            return (self.text("msgstr"),)
        return tuple(self.text(one) for one in sorted(self.parts) if one.startswith("msgstr["))


def read(text: str) -> Catalogue:
    """The catalogue of a file.

    Raises:
        ValueError: it is not a catalogue.
    """
    found: dict[Key, tuple[str, ...]] = {}
    for entry in _entries(text):
        forms = entry.forms()
        if not entry.fuzzy and all(forms):
            found[entry.text("msgctxt"), entry.text("msgid")] = forms
    head = found.pop(("", ""), ("",))[0]
    rule = next((one for one in head.splitlines() if one.startswith("Plural-Forms:")), "")
    _, _, formula = rule.partition("plural=")
    return Catalogue(found, c2py(formula.strip().rstrip(";")) if formula else english)


def _entries(text: str) -> list[_Entry]:
    entries = [_Entry()]
    name = ""
    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            if entries[-1].parts:
                entries.append(_Entry())
        elif line.startswith("#"):
            entries[-1].fuzzy |= line.startswith("#,") and "fuzzy" in line
        else:
            if not line.startswith(_QUOTE):
                name, _, line = line.partition(" ")
            entries[-1].parts.setdefault(name, []).append(_quoted(line))
    return [one for one in entries if one.parts]


def _quoted(text: str) -> str:
    if len(text) < len(_QUOTE * 2) or not text[0] == text[-1] == _QUOTE:
        raise ValueError(text)
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text[1:-1])
