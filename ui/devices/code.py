"""The code of a linking as it is typed: sixteen characters, four by four. Pure."""

from __future__ import annotations

from typing import Final

from ui.devices.state import CODE_GROUP

_ALPHABET: Final = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def normal(text: str) -> str:
    """Only characters of the code, in capitals; letters that look like digits are those digits."""
    upper = text.upper().translate(_ALIKE)
    return "".join(char for char in upper if char in _ALPHABET)


def grouped(code: str) -> str:
    """`ABCD EFGH JKMN PQRS`."""
    return " ".join(code[i : i + CODE_GROUP] for i in range(0, len(code), CODE_GROUP))
