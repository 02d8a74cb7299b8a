"""Fonts, icons and the words of recovery sheets, by name; nothing is fetched.

May import: nothing of ours. Never sees: data of any kind. Start at: path().
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


def path(name: str) -> Path:
    """Where a resource lies, by its name inside this folder: `path("icons/lock.svg")`.

    Raises:
        FileNotFoundError: there is no such resource; a typing mistake in our own code.
    """
    found = _HERE / name
    if not found.exists():
        raise FileNotFoundError(name)
    return found
