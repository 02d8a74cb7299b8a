"""32 secret bytes as 24 words of a list, and back; where a mistake is, as far as it can be told.

The coding is BIP-39's: 256 bits and the first 8 bits of their SHA-256, eleven bits to a word. That
checksum tells that something is wrong, not what. Who can also tell whether some root is the right
one (`fits`: a vault, or the digest of a user key) can find the place: every reading that differs
from what was typed in one word, or by one exchange, is tried.
Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from crypto.errors import WordsError
from protocol.errors import BugError

WORDS: Final = 24
LIST: Final = 2048
SHORTEST: Final = 4
"""Letters that name a word of the list alone."""

_ROOT_BYTES: Final = 32
_BITS: Final = 11
_MAX_TYPED: Final = 4096

Fits = Callable[[bytes], bool]
"""Whether 32 bytes are the ones looked for."""


def encode(root: bytes, listed: Sequence[str]) -> tuple[str, ...]:
    """The 24 words of 32 bytes.

    Args:
        root: 32 secret bytes.
        listed: the 2048 words of the list, in their order.

    Raises:
        BugError: not 32 bytes, or not 2048 words.
    """
    if len(root) != _ROOT_BYTES or len(listed) != LIST:
        raise BugError("Words are made of 32 bytes and a list of 2048 words.")
    number = int.from_bytes(root + hashlib.sha256(root).digest()[:1], "big")
    return tuple(listed[number >> _BITS * (WORDS - 1 - at) & LIST - 1] for at in range(WORDS))


def decode(typed: str, listed: Sequence[str], fits: Fits) -> bytes:
    """The 32 bytes that somebody typed as words.

    Upper case, line ends, commas and the numbers of the sheet do not matter; four letters are
    enough for a word.

    Args:
        typed: the words, separated by anything that is no letter.
        listed: the 2048 words of the list, in their order.
        fits: whether a root is the one looked for.

    Raises:
        WordsError: its sentence names the place where it can be told.
    """
    places = _places(_split(typed), listed)
    if len(places) != WORDS:
        raise WordsError(_count(places, fits))
    root = _root(places)
    if root is not None and fits(root):
        return root
    raise WordsError(_mistake(places, fits))


def _split(typed: str) -> list[str]:
    if len(typed) > _MAX_TYPED:
        raise WordsError("This is longer than 24 words can be.")
    plain = unicodedata.normalize("NFKD", typed).lower()
    return "".join(c if c.isalpha() else " " for c in plain).split()


def _places(words: list[str], listed: Sequence[str]) -> list[int]:
    """Where each word stands in the list.

    Raises:
        WordsError: a word stands nowhere in it.
    """
    numbers = {word: number for number, word in enumerate(listed)}
    short = {word[:SHORTEST]: number for word, number in numbers.items()}
    found = []
    for at, word in enumerate(words, start=1):
        place = numbers.get(word, short.get(word))
        if place is None:
            near = difflib.get_close_matches(word, listed, n=2, cutoff=0.6)
            hint = f" Perhaps {' or '.join(f'“{one}”' for one in near)}?" if near else ""
            raise WordsError(f"Word {at}, “{word[:20]}”, is not a word of such a sheet.{hint}")
        found.append(place)
    return found


def _root(places: Sequence[int]) -> bytes | None:
    """What 24 places say, or None when the checksum does not fit."""
    number = 0
    for place in places:
        number = number << _BITS | place
    raw = number.to_bytes(_ROOT_BYTES + 1, "big")
    return raw[:-1] if hashlib.sha256(raw[:-1]).digest()[0] == raw[-1] else None


def _holds(places: Sequence[int], fits: Fits) -> bool:
    root = _root(places)
    return root is not None and fits(root)


def _count(places: list[int], fits: Fits) -> str:
    said = f"There are {len(places)} words; a sheet has {WORDS}."
    if len(places) == WORDS - 1:
        for at in range(WORDS):
            if any(_holds([*places[:at], n, *places[at:]], fits) for n in range(LIST)):
                return f"{said} Word {at + 1} of the sheet is missing."
    if len(places) == WORDS + 1:
        for at in range(WORDS + 1):
            if _holds([*places[:at], *places[at + 1 :]], fits):
                return f"{said} Word {at + 1} does not belong there."
    return said


def _mistake(places: list[int], fits: Fits) -> str:
    for one, other in _exchanges(places):
        changed = list(places)
        changed[one], changed[other] = changed[other], changed[one]
        if _holds(changed, fits):
            return f"Words {one + 1} and {other + 1} stand in each other's place."
    for at in range(WORDS):
        if any(_holds([*places[:at], n, *places[at + 1 :]], fits) for n in range(LIST)):
            return f"Word {at + 1} is another one on the sheet."
    if _root(places) is not None:
        return "These words belong together, but to another person's sheet or an older one."
    return (
        "The words do not fit together: more than one is wrong, or they stand in another order. "
        "Compare them with the sheet, row by row."
    )


def _exchanges(places: list[int]) -> Iterator[tuple[int, int]]:
    for one, other in itertools.combinations(range(WORDS), 2):
        if places[one] != places[other]:
            yield one, other
