"""Names from other systems as names of files here: written nowhere else, and nothing is lost.

What one of the three systems cannot have in a name is written as %XX of its UTF-8 bytes, which
`original` reads back. Two names that differ in nothing but case, or only in how an accent is
composed, are one name to some systems; the later gets a number.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote

from protocol.errors import MalformedError
from protocol.facts import is_portable

_FORBIDDEN: Final = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]|%(?=[0-9A-Fa-f]{2})')
_TAIL: Final = re.compile(r"[. ]$")
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\s*(?:\.|$))", re.IGNORECASE
)


def safe_name(name: str) -> str:
    """One name as Windows, macOS and Linux can all have it."""
    safe = _FORBIDDEN.sub(lambda found: _escaped(found.group()), name)
    safe = _TAIL.sub(lambda found: _escaped(found.group()), safe)
    return _escaped(safe[0]) + safe[1:] if _DEVICES.match(safe) else safe


def original(safe: str) -> str:
    """The name that `safe_name` wrote so."""
    return unquote(safe, errors="strict")


def _escaped(char: str) -> str:
    found = quote(char, safe="")
    return found if found != char else f"%{ord(char):02X}"


class Places:
    """Where files of one folder go, relative to where it is written; no two to one place."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, path: str) -> tuple[str, ...]:
        """The names that lead to a file: of its folders and, last, its own.

        Args:
            path: its name, or its path from the folder on (`protocol.facts.is_portable`).

        Raises:
            MalformedError: it leads out of the folder.
        """
        if "/" in path and not is_portable(path):
            raise MalformedError("This path leads out of its folder.")
        *folders, name = (safe_name(one) for one in path.split("/"))
        stem, point, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
        number, place = 1, (*folders, name)
        while _key(place) in self._taken:
            number += 1
            place = (*folders, f"{stem} ({number}){point}{ending}")
        self._taken.add(_key(place))
        return place


def _key(place: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", "/".join(place)).casefold())
