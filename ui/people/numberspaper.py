"""The numbers of a space on paper, to bring to a meeting.

The list holds no secret, but names: who prints it keeps it as he keeps the file. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui import words
from ui.language import tr
from ui.printing.paper import Line, Paper, Style, Table, Words, cell


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One person: name, authority, the sixty digits, whether they were compared already."""

    name: str
    place: str
    digits: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersAbout:
    """The space, whose list it is, and who made it when, in words."""

    title: str
    agreement: str
    mine: str
    made: str
    seals: tuple[str, ...] = ()


def number_list(about: NumbersAbout, lines: Sequence[PaperLine]) -> Paper:
    """Everybody, in the order of the list, with a box to tick."""
    what = tr(
        "Of {mine}. Each number is the same on both computers. Read it aloud, group by group, "
        "and tick what is equal. If one differs, send nothing to that person.",
        mine=about.mine,
    )
    heads = ("", tr("Person"), tr("Safety number"))
    return Paper(
        title=tr("Safety numbers"),
        blocks=(
            Words((*cell(tr("Safety numbers"), Style.TITLE), *cell(what))),
            Table((5, 32, 63), tuple(map(_row, lines)), heads, pad=6),
        ),
        made=about.made,
        space=words.plain(about.title),
        agreement=words.plain(about.agreement),
        seals=about.seals,
    )


def _row(line: PaperLine) -> tuple[tuple[Line, ...], ...]:
    below = tr("{place}  ·  compared before", place=line.place) if line.done else line.place
    groups = words.grouped(line.digits)
    digits = "\n".join("  ".join(groups[at : at + 6]) for at in (0, 6))
    who = (*cell(line.name, Style.STRONG), *cell(below, Style.SMALL))
    return (Line("", Style.BOX),), who, cell(digits, Style.DIGITS)
