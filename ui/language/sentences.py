"""Sentences that were made below the window, said again in the language of the person. Pure.

What happens in a space is written into its conversation as an English sentence, and an error brings
one with it; both are also what the command line prints. Their forms stand here, in `failures.py`
and, for the rare ones, in `resources/languages/lower.txt`, which `make languages` finds in the
sources. What is recognised by its form is said anew with the same values. What is not recognised,
or not translated yet, stays English as a whole: nothing is lost and nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from resources import path
from ui.language.catalogue import plain_english, tr, translated
from ui.language.failures import FAILURES, REASONS

EVENTS: Final = (
    "{who} opened this space.",
    "{who} opened the space.",
    "{who} added {whom}, with another key than before.",
    "{who} added {whom}.",
    "{who} removed {whom}: {reason}",
    "{who} removed {whom}.",
    "{who} made {whom} administrator.",
    "{who} made {whom} prosecutor.",
    "{who} made {whom} investigator.",
    "{who} made {whom} seconded.",
    "{who} made {whom} participant.",
    "{who} changed the list of devices: {reason}",
    "{who} changed the list of devices.",
    "{who} renewed the list of devices.",
    "{who} linked another device.",
    "{who} revoked a device: {reason}",
    "{who} revoked a device.",
    "{who} linked another device and revoked a device: {reason}",
    "{who} linked another device and revoked a device.",
    "{who} let {whom} in again with new devices.",
    "{who} withdrew “{name}”: {reason}",
    "{who} opened earlier messages to {whom}.",
    "{who} decided that evidence may go to verified members only.",
    "{who} decided that evidence may go to all members.",
    "{who} designated {controller} controller of what {whom} hands over: {reason}",
    "{who} designated {controller} controller of what {whom} hands over.",
    "{who} closed the space.",
    "{number} message(s) of {who} could not be opened here; asked for again.",
    "{number} message(s) of {who} did not arrive; asked for again.",
    "{number} of your messages did not reach {who}, or did not open there; sent again.",
)
_PLACE: Final = re.compile(r"\\\{(\w+)\\\}")
_BETWEEN: Final = re.compile(r"(?<=[.!?]) ")
_OUR_WORDS: Final = frozenset(
    {"role", "party", "wanted", "field", "label", "what", "table", "kind", "act", "court", "lost"}
)
"""Values that are words of ours and never a name or a text of anybody."""
_NAMES: Final = frozenset({"name", "name_2", "who", "whom", "whose", "by", "me", "title", "path"})
"""Values that are never a sentence of ours, whatever they say."""
_DEEP: Final = 3


def told(sentence: str) -> str:
    """The sentence in the language in use, if its form is known; as it is otherwise.

    Several sentences in one are said only if all of them are known.
    """
    if not sentence or plain_english():
        return sentence
    return _said(sentence) or _one_by_one(sentence) or sentence


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence with places; what stands before and behind them is compared first."""

    template: str
    head: str
    tail: str
    whole: re.Pattern[str]

    def values(self, sentence: str) -> dict[str, str] | None:
        """What stands in the places, if the sentence has this form."""
        if not (sentence.startswith(self.head) and sentence.endswith(self.tail)):
            return None
        found = self.whole.fullmatch(sentence)
        return found.groupdict() if found is not None else None


@dataclass(frozen=True, slots=True)
class _Forms:
    plain: frozenset[str]
    placed: tuple[_Form, ...]


def _said(sentence: str, depth: int = 0) -> str:
    """Nothing, if it is not known."""
    known = _forms()
    if sentence in known.plain:
        return tr(sentence) if translated(sentence) else ""
    for form in known.placed:
        values = form.values(sentence)
        if values is not None and translated(form.template):
            said = {name: _value(name, value, depth + 1) for name, value in values.items()}
            return tr(form.template, **said)
    return ""


def _one_by_one(sentence: str) -> str:
    parts: list[str] = []
    left = sentence
    while left:
        ends = [found.start() for found in _BETWEEN.finditer(left)] + [len(left)]
        end, said = next(
            ((one, said) for one in reversed(ends) if (said := _said(left[:one]))), (0, "")
        )
        if not said:
            return ""
        parts.append(said)
        left = left[end:].lstrip()
    return " ".join(parts)


def _value(name: str, value: str, depth: int) -> str:
    """A reason inside a sentence is a sentence of its own; a name stays a name."""
    if name in _OUR_WORDS:
        return tr(value)
    if name in _NAMES or " " not in value or depth > _DEEP:
        return value
    return _said(value, depth) or value


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    rare = path("languages/lower.txt").read_text(encoding="utf-8").splitlines()
    every = dict.fromkeys((*EVENTS, *FAILURES, *REASONS, *rare))
    placed = sorted((one for one in every if "{" in one), key=_letters, reverse=True)
    return _Forms(
        frozenset(one for one in every if "{" not in one), tuple(_form(one) for one in placed)
    )


def _letters(template: str) -> int:
    """What is most particular is asked first."""
    return len(re.sub(r"\{\w+\}", "", template))


def _form(template: str) -> _Form:
    """A value that stands there twice is the same both times."""
    seen: set[str] = set()

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    whole = re.compile(_PLACE.sub(value, re.escape(template)), re.DOTALL)
    return _Form(template, template.partition("{")[0], template.rpartition("}")[2], whole)
