"""The facts of an exhibit in words: the same on screens, on the command line and on paper.

Part of what both faces show, as `jitclient.views`. Marks (handling codes, TLP) keep their code:
that is what is read aloud and looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from protocol.facts import BY_NAME, TLP_LABELS, Facts, Form, Group
from protocol.limits import MAX_EXHIBIT_CHARS

HANDLING: Final[Mapping[str, str]] = {
    "H0": "no restriction",
    "H1": "not in judicial proceedings without permission",
    "H2": "not to be passed on without permission",
    "H3": "other restrictions, see the conditions of use",
}
GRADES: Final = {
    "A": "source trusted without doubt", "B": "source mostly reliable",
    "C": "source mostly unreliable", "X": "reliability cannot be assessed",
    "1": "known to be true", "2": "known to the source at first hand",
    "3": "at second hand, corroborated", "4": "at second hand, not corroborated",
}  # fmt: skip
STARRED: Final = ("case", "title", "acquired-at", "authority")
"""What is stated of every exhibit before it goes, beside its number (51 §8)."""
NUMBER: Final = "Exhibit number"


CHOSEN: Final = frozenset(field.name for field in BY_NAME.values() if field.form is Form.CHOICE) - {
    "handling",
    "tlp",
}
"""Facts whose values are words of a list."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as it is shown."""

    name: str
    label: str
    group: Group
    value: str


def said(name: str, value: str) -> str:
    """A value in words."""
    if name == "handling":
        codes = value.split("+")
        return "; ".join(f"{one}: {HANDLING[one]}" if one in HANDLING else one for one in codes)
    if name == "evaluation":
        return f"{value}: {', '.join(GRADES.get(one, one) for one in value)}"
    if name == "tlp":
        return f"TLP:{value}"
    field = BY_NAME.get(name)
    if field is not None and field.form is Form.CHOICE:
        return value.replace("-", " ").capitalize()
    return value


def lacking(number: str, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of what must still be stated of a file before it may be handed over (51 §8)."""
    names = [name for name in STARRED if not facts.get(name, "").strip()]
    found = [] if number.strip() else [NUMBER]
    return (*found, *(BY_NAME[name].label for name in names))


def still_to_state(labels: Iterable[str]) -> str:
    """The same in one sentence; empty when nothing is lacking."""
    joined = ", ".join(one[0].lower() + one[1:] for one in labels)
    return f"Still to state: {joined}." if joined else ""


def following(number: str) -> str:
    """The exhibit number after one, as `A-10` after `A-9`; empty when that cannot be told."""
    found = re.fullmatch(r"(.*?)(\d{1,18})", number.strip(), re.DOTALL | re.ASCII)
    if found is None:
        return ""
    head, digits = found.groups()
    after = f"{head}{int(digits) + 1:0{len(digits)}d}"
    return after if len(after) <= MAX_EXHIBIT_CHARS else ""


def rows(facts: Facts) -> tuple[FactRow, ...]:
    """Every fact with its label, in the order of the table."""
    return tuple(
        FactRow(name, BY_NAME[name].label, BY_NAME[name].group, said(name, value))
        for name, value in facts
        if name in BY_NAME
    )


def marks(facts: Facts) -> tuple[str, ...]:
    """What stands on everything that shows the exhibit: codes, TLP, other markings."""
    stated = dict(facts)
    found = [stated.get("handling", ""), stated.get("marking", "")]
    found.insert(1, said("tlp", stated["tlp"]) if "tlp" in stated else "")
    found += ["Privileged"] if "privileged" in stated else []
    return tuple(one for one in found if one)


def codes(every: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Of the marks of several exhibits what is no free text: every code, the strictest TLP."""
    found: set[str] = set()
    labels: set[str] = set()
    for mark in {one for marked in every for one in marked}:
        parts = set(mark.split("+"))
        label = mark.removeprefix("TLP:")
        if parts <= HANDLING.keys():
            found |= parts - {"H0"}
        elif label != mark and label in TLP_LABELS:
            labels.add(label)
    strictest = [said("tlp", min(labels, key=TLP_LABELS.index))] if labels else []
    return (*(["+".join(sorted(found))] if found else []), *strictest)


def highest(every: Iterable[Facts]) -> tuple[str, ...]:
    """What stands on a page with several exhibits: every code, the strictest TLP, every marking."""
    codes: set[str] = set()
    labels: set[str] = set()
    others: list[str] = []
    for facts in every:
        stated = dict(facts)
        codes |= set(stated.get("handling", "").split("+")) - {"", "H0"}
        labels |= {stated["tlp"]} & set(TLP_LABELS) if "tlp" in stated else set()
        others += [stated["marking"]] if stated.get("marking", "") not in ("", *others) else []
        others += ["Privileged"] if "privileged" in stated and "Privileged" not in others else []
    found = ["+".join(sorted(codes))] if codes else []
    found += [said("tlp", min(labels, key=TLP_LABELS.index))] if labels else []
    return (*found, *others)
