"""What is printed on the keys of a language's keyboards: `Strg` for `Ctrl`. Pure."""

from __future__ import annotations

import re
from typing import Final

from ui.language.catalogue import pattern

PRINTED: Final = ("Ctrl", "Shift", "Alt", "Enter", "Esc", "Home", "End", "Page")
"""Every word in a key of the table; letters, digits, F1 and arrows are the same everywhere."""
ON_A_KEY: Final = "printed on a key"
_WORD: Final = re.compile("|".join(PRINTED))


def spelled(keys: str) -> str:
    """`Ctrl+Shift+K` with the words of the language in use."""
    return _WORD.sub(lambda found: pattern(ON_A_KEY, found[0]), keys)
