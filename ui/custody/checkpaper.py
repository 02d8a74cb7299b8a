"""What a check of a space has found, on paper. Pure."""

from __future__ import annotations

from ui import words
from ui.custody.check import CheckState
from ui.language import tr
from ui.printing.paper import Block, OfSpace, Paper, Style, Table, Words, cell, heading


def check_paper(found: CheckState, about: OfSpace) -> Paper:
    """The verdict, what is damaged, and what could not be looked at."""
    blocks: list[Block] = [
        Words((*cell(tr("Check of a space"), Style.TITLE), *cell(about.title, Style.STRONG))),
        Words(cell(about.agreement)),
        Words(cell(tr("Checked: {time}", time=found.ended), Style.STRONG), gap=8),
        Words(cell(found.result)),
    ]
    for title, damaged in ((tr("Not as it was"), True), (tr("Not checked"), False)):
        rows = tuple(
            (cell(one.what, Style.STRONG), cell(one.sentence))
            for one in found.lines
            if one.damaged is damaged
        )
        blocks += [heading(title), Table((34, 66), rows, grid=True)] if rows else []
    return Paper(
        title=tr("Check of a space"),
        blocks=tuple(blocks),
        made=about.made,
        space=words.plain(about.title),
        agreement=words.plain(about.agreement),
        seals=about.seals,
    )
