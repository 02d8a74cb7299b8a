"""The log of a space on paper, as far as it is shown: oldest first, as it happened. Pure."""

from __future__ import annotations

from typing import Final

from ui import words
from ui.custody.lines import LogFilter, LogLine
from ui.custody.state import LogState
from ui.language import number, tr, trc, trn
from ui.printing.paper import Cell, OfSpace, Paper, Style, Table, Words, cell, facts

_COLUMNS: Final = (
    ("Entry", 5),
    ("Time", 13),
    ("Who", 13),
    ("What", 14),
    ("Object", 17),
    ("Detail", 19),
    ("Hash", 19),
)
_MEANS: Final = (
    "For reading and for the file. That nothing was changed or left out shows in the log itself: "
    "each entry is chained to the one before by its hash."
)


def log_paper(shown: LogState, about: OfSpace) -> Paper:
    """The entries of `shown`; where a filter hides some, the paper says by which words."""
    lines = shown.lines[::-1]
    heads, widths = zip(*_COLUMNS, strict=True)
    total = number(shown.total)
    count = trn("{count} entry of {total}", "{count} entries of {total}", len(lines), total=total)
    closing = tr("Last entry of the log: {seq}, {hash}", seq=number(shown.last), hash=shown.closing)
    stated = [(tr("Entries"), count)]
    stated += [(name, value) for name, value in _asked(shown.filter) if value.strip()]
    if shown.verified:
        stated.append((tr("Chain"), shown.chain))
    if lines:
        stated.append((tr("Period"), " – ".join(dict.fromkeys((lines[0].exact, lines[-1].exact)))))
    return Paper(
        title=tr("Custody log"),
        blocks=(
            Words((*cell(tr("Custody log"), Style.TITLE), *cell(about.title, Style.STRONG))),
            Words(cell(about.agreement)),
            facts(stated, grid=True),
            Table(widths, tuple(map(_row, lines)), tuple(map(tr, heads))),
            Words(cell(tr(_MEANS), Style.SMALL), gap=8),
        ),
        made=about.made,
        space=words.plain(about.title),
        agreement=words.plain(about.agreement),
        seals=(*about.seals, closing),
        across=True,
    )


def _asked(asked: LogFilter) -> tuple[tuple[str, str], ...]:
    return (
        (tr("With the words"), asked.words),
        (tr("Who"), asked.actor),
        (tr("What"), asked.what),
        (tr("Object"), asked.about),
        (trc("first day", "From"), asked.since),
        (tr("Until"), asked.until),
    )


def _row(line: LogLine) -> tuple[Cell, ...]:
    return (
        cell(number(line.seq)),
        cell(line.exact, Style.SMALL),
        cell(line.actor),
        cell(line.what, Style.STRONG),
        cell(line.subject),
        cell(line.detail),
        cell(line.hash, Style.MONO),
    )
