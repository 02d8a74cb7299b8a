"""What is stated of an exhibit, in the language of the person. Pure.

Codes stay as they are: H1, TLP:AMBER and B2 are read aloud and looked up; TLP forbids translating.
"""

from __future__ import annotations

from jitclient import factviews, intakeviews
from jitclient.factviews import GRADES, HANDLING
from jitclient.intakeviews import WORDS
from protocol.facts import BY_NAME, Facts, Form
from ui import words
from ui.language import chosen, tr
from ui.language.catalogue import SOURCE


def said(name: str, value: str) -> str:
    """A value in words."""
    if name == "handling":
        codes = value.split("+")
        return "; ".join(f"{one}: {tr(HANDLING[one])}" if one in HANDLING else one for one in codes)
    if name == "evaluation":
        return f"{value}: {', '.join(tr(GRADES[one]) if one in GRADES else one for one in value)}"
    field = None if name in BY_NAME else intakeviews.BY_NAME.get(name)
    if field is not None and field.form is Form.CHOICE:
        parts = value.split("+")
        return " + ".join(tr(WORDS[one]) if one in WORDS else one for one in parts)
    plain = factviews.said(name, value)
    return tr(plain) if name in factviews.CHOSEN else plain


def shown_marks(facts: Facts) -> tuple[str, ...]:
    """What stands on everything that shows the exhibit."""
    return tuple(translated(one) for one in factviews.marks(facts))


def still_to_state(labels: tuple[str, ...]) -> str:
    """What must be stated of a file before it can go; empty when nothing is lacking."""
    return tr("Still to state: {labels}.", labels=_in_a_sentence(labels)) if labels else ""


def _in_a_sentence(labels: tuple[str, ...]) -> str:
    """English writes a label small inside a sentence; others know best and keep it as it is."""
    if chosen() == SOURCE:
        return ", ".join(one[0].lower() + one[1:] for one in labels)
    return ", ".join(tr(one) for one in labels)


def translated(mark: str) -> str:
    """One mark, with the only one that is a word in the language of the person."""
    return tr("Privileged") if mark == "Privileged" else words.plain(mark)
