"""The facts of an exhibit in words: the same on screens, on the command line and on paper.

Part of what both faces show, as `jitclient.views`. Marks (handling codes, TLP) keep their code:
that is what is read aloud and looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from protocol.facts import BY_NAME, TLP_LABELS, Facts, Form, Group

HANDLING: Final[Mapping[str, str]] = {
    "H0": "no restriction",
    "H1": "not in judicial proceedings without permission",
    "H2": "not to be passed on without permission",
    "H3": "other restrictions, see the conditions of use",
}
_GRADES: Final = {
    "A": "source trusted without doubt", "B": "source mostly reliable",
    "C": "source mostly unreliable", "X": "reliability cannot be assessed",
    "1": "known to be true", "2": "known to the source at first hand",
    "3": "at second hand, corroborated", "4": "at second hand, not corroborated",
}  # fmt: skip


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
        return f"{value}: {', '.join(_GRADES.get(one, one) for one in value)}"
    if name == "tlp":
        return f"TLP:{value}"
    field = BY_NAME.get(name)
    if field is not None and field.form is Form.CHOICE:
        return value.replace("-", " ").capitalize()
    return value


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
