"""Messages and queries for measuring the local store: invented words, as often as words come.

Word number n comes about n times less often than the first (Zipf), so that there are words that
are in a third of all messages and words that are in one. Everything follows from one seed.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Final

_SYLLABLES: Final = tuple(
    onset + vowel
    for onset in ("b", "k", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st",
                  "tr", "ch", "ł", "ß", "")
    for vowel in ("a", "e", "i", "o", "u", "ä", "é", "ω")
)  # fmt: skip
_WORDS: Final = 60_000


class Texts:
    """Texts of 3 to 30 words."""

    def __init__(self, seed: int = 7) -> None:
        self._dice = random.Random(seed)
        self.words = sorted(
            {
                "".join(self._dice.choices(_SYLLABLES, k=self._dice.choice((1, 2, 2, 3, 3, 4, 5))))
                for _ in range(_WORDS)
            }
        )
        self._dice.shuffle(self.words)
        self._weights = list(itertools.accumulate(1 / (n + 2.7) for n in range(len(self.words))))

    def text(self) -> str:
        """The next one."""
        count = self._dice.randint(3, 30)
        return " ".join(self._dice.choices(self.words, cum_weights=self._weights, k=count))

    def queries(self, texts: Sequence[str], count: int) -> dict[str, list[str]]:
        """Queries by their kind, made of some of the texts."""
        dice = random.Random(count)
        made: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for kind in KINDS:
            while len(made[kind]) < count:
                query = _query(kind, dice.choice(texts), dice)
                if query:
                    made[kind].append(query)
        return made


KINDS: Final = (
    "a word", "two words", "a part of a word", "a phrase", "12 letters cut anywhere",
    "two letters", "not there",
)  # fmt: skip


def _query(kind: str, text: str, dice: random.Random) -> str:
    words = [word for word in text.split() if len(word) > 2]
    if len(words) < 2:
        return ""
    word = dice.choice(words)
    match kind:
        case "a word":
            return word
        case "two words":
            return " ".join(dice.sample(words, 2))
        case "a part of a word":
            return word[1:] if len(word) > 4 else ""
        case "a phrase":
            every = text.split()
            at = dice.randrange(len(every) - 1)
            return f'"{every[at]} {every[at + 1]}"'
        case "12 letters cut anywhere":
            at = dice.randrange(len(text) - 8)
            phrase = text[at : at + 12].strip()
            return f'"{phrase}"' if " " in phrase else ""
        case "two letters":
            return word[:2]
        case _:
            return word + dice.choice(words)[::-1]
