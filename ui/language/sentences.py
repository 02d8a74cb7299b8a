"""Sentences that were made below the window, said again in the language of the person. Pure.

What happens in a space is written into its conversation as an English sentence, and an error brings
one with it; both are also what the command line prints. Here stands the form of each that a person
meets often, and what is recognised by its form is said anew with the same values. What is not
recognised stays English: nothing is lost and nothing is guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ui.language.catalogue import plain_english, tr
from ui.language.failures import FAILURES

EVENTS: Final = (
    "{who} opened this space.",
    "{who} opened the space.",
    "{who} added {whom}, with another key than before.",
    "{who} added {whom}.",
    "{who} removed {whom}.",
    "{who} made {whom} administrator.",
    "{who} made {whom} prosecutor.",
    "{who} made {whom} investigator.",
    "{who} made {whom} seconded.",
    "{who} made {whom} participant.",
    "{who} changed the list of devices.",
    "{who} renewed the list of devices.",
    "{who} linked another device.",
    "{who} revoked a device.",
    "{who} linked another device and revoked a device.",
    "{who} let {whom} in again with new devices.",
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


def told(sentence: str) -> str:
    """The sentence in the language in use, if its form is known; as it is otherwise."""
    if not sentence or plain_english():
        return sentence
    for template, form in _forms():
        found = form.fullmatch(sentence)
        if found is not None:
            return tr(template, **found.groupdict())
    return sentence


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one, _form(one)) for one in (*EVENTS, *FAILURES))


def _form(template: str) -> re.Pattern[str]:
    """A value that stands there twice is the same both times."""
    seen: set[str] = set()

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    return re.compile(_PLACE.sub(value, re.escape(template)), re.DOTALL)
