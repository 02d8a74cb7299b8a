"""What the list contains, to narrow it by: values of marks, authority, type, review, tag. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jitclient.reviewviews import NO_TAG, asked, asks, folded, near, values
from jitclient.views import ExhibitRow

SHOWN: Final = 6
"""So many values of a group are offered, the most frequent first."""
HEADS: Final = {
    "mark": "Marks",
    "authority": "Authority",
    "type": "File type",
    "review": "Review",
    "tag": "Tags",
}
_STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Facet:
    """One value: how many exhibits the list would show of it, and whether it is chosen."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one kind; `more` of them are not offered."""

    name: str
    facets: tuple[Facet, ...]
    more: int = 0


def counted(
    rows: Sequence[ExhibitRow], query: str, stop: Callable[[], bool] = lambda: False
) -> tuple[Group, ...]:
    """What a filter keeps, by value. Of its own group nothing is left out: more can be chosen."""
    found: dict[str, Counter[str]] = {name: Counter() for name in HEADS}
    spelt: dict[str, dict[str, str]] = {name: {} for name in HEADS}
    for at, row in enumerate(rows):
        if at % _STEP == 0 and stop():
            return ()
        alone = near(row, query)
        if alone is not None:
            for name in (alone,) if alone else HEADS:
                for value in values(row, name):
                    key = folded(value)
                    found[name][key] += 1
                    spelt[name].setdefault(key, value)
    return tuple(_group(name, every, spelt[name], query) for name, every in found.items())


def _group(name: str, every: Counter[str], spelt: Mapping[str, str], query: str) -> Group:
    facets = [Facet(spelt[key], count, asks(query, name, key)) for key, count in every.items()]
    if name != "review":  # of which the beginning is enough
        named = {folded(one): one for one in asked(query, name) if one != NO_TAG}
        facets += [Facet(one, 0, chosen=True) for key, one in named.items() if key not in every]
    facets.sort(key=lambda one: (not one.chosen, -one.count, one.value.casefold()))
    return Group(name, tuple(facets[:SHOWN]), max(0, len(facets) - SHOWN))
