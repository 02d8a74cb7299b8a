"""A customs detection on paper, with the letterhead of every other paper.

Pure: makes the paper from the form as it is filled in. The exhibit stays the text of
docs/protocol/52-detections.md; this is for a file of paper and for signing.
"""

from __future__ import annotations

from collections.abc import Sequence

from jitclient import factviews
from jitclient.intakeviews import NUMBER, SECTIONS
from protocol.facts import Facts
from ui import words
from ui.evidence.stated import said, translated
from ui.language import tr
from ui.printing.paper import Block, OfSpace, Paper, Style, Table, Words, cell, facts, heading


def detection_paper(form: Facts, images: Sequence[str], about: OfSpace) -> Paper:
    """The paper.

    Args:
        form: values by the names of `intakeviews.FIELDS`.
        images: the names of the files with images, in the order of their numbers.
        about: its letterhead.
    """
    filled = dict(form)
    marks = "  ·  ".join(map(translated, factviews.marks(form)))
    title = tr("Customs detection")
    blocks: list[Block] = [
        Words((*cell(title, Style.TITLE), *cell(about.title, Style.STRONG))),
        Words((*cell(about.agreement), *cell(tr("As it is filled in; not handed over by this.")))),
    ]
    for name, fields in SECTIONS:
        rows = [
            (tr(one.label), said(one.name, filled[one.name]))
            for one in fields
            if filled.get(one.name, "").strip()
        ]
        blocks += [heading(tr(name)), facts(rows, grid=True)] if rows else []
    if images:
        number = filled.get(NUMBER, "").strip()
        lines = tuple(
            (cell(f"{number}.{at}", Style.STRONG), cell(name)) for at, name in enumerate(images, 1)
        )
        blocks += [heading(tr("Images")), Table((22, 78), lines, grid=True)]
    return Paper(
        title=title,
        blocks=tuple(blocks),
        made=about.made,
        space=words.plain(about.title),
        agreement=words.plain(about.agreement),
        marks=words.plain(marks) or tr("No marks stated"),
        seals=about.seals,
    )
