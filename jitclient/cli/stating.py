"""What must be stated of every exhibit before it goes: filled in, counted on, or asked for.

Spec: docs/protocol/51-facts.md §8.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from jitclient.factviews import NUMBER, following, lacking, still_to_state
from jitclient.views import ListRow
from protocol.errors import BadInputError, UsageError
from protocol.facts import BY_NAME

_OPTIONS: Final = {
    NUMBER: "--number N, or --number-from N for several",
    BY_NAME["title"].label: "--title TEXT, or --title-from-name",
    **{BY_NAME[one].label: f"--{one} …" for one in ("case", "acquired-at", "authority")},
}


@dataclass(slots=True)
class Stating:
    """The number the next file gets, and whether titles come from names."""

    number: str
    counting: bool
    titled: bool

    def __call__(self, row: ListRow) -> ListRow:
        """A file with the number and the title it gets."""
        if not row.number:
            row = replace(row, number=self._next())
        if self.titled and not row.facts.get("title"):
            title = PurePath(row.path.name).stem.strip()[: BY_NAME["title"].limit].strip()
            row = replace(row, facts={**row.facts, "title": title})
        return row

    def _next(self) -> str:
        given = self.number
        if self.counting:
            self.number = following(given)
        return given


def stating(args: argparse.Namespace) -> Stating:
    """How files are numbered and titled.

    Raises:
        UsageError: the number to count on from does not end in one.
    """
    first: str = args.number_from
    if first and not following(first):
        raise UsageError(f"“{first}” does not end in a number to count on from.")
    return Stating(first or args.exhibit, bool(first), args.title_from_name)


def demand(number: str, facts: Mapping[str, str]) -> None:
    """Refuse what is not stated, before anything is read.

    Raises:
        BadInputError: naming each, and how it is given.
    """
    labels = lacking(number, facts)
    if labels:
        hints = "; ".join(_OPTIONS[one] for one in labels)
        raise BadInputError(f"{still_to_state(labels)} Give {hints}.")


def judged(row: ListRow) -> ListRow:
    """A row of several, which says itself what it lacks."""
    sentence = still_to_state(lacking(row.number, row.facts))
    return replace(row, problem=row.problem or sentence)
