"""The hand-over list: what was handed over, by whom, to whom, with which hash, ready to be signed.

Pure: makes the text of the paper from rows. What comes from outside is escaped, never obeyed.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from jitclient import factviews
from jitclient.views import ExhibitRow, ExhibitState
from ui import words
from ui.evidence.stated import shown_marks, translated
from ui.language import number, tr, trn

LISTED: Final = frozenset(
    {
        ExhibitState.ON_SERVER,
        ExhibitState.AVAILABLE,
        ExhibitState.DOWNLOADING,
        ExhibitState.VERIFIED,
    }
)
"""What was handed over. What failed or was taken back is on no list."""
_HEADS: Final = (
    ("Exhibit", 8),
    ("What it is", 27),
    ("Size", 11),
    ("Handed over", 17),
    ("Verified", 22),
    ("Remarks", 15),
)
_STRONG: Final = "<span style='font-weight:600'>{}</span>"  # a weight that the typeface has


@dataclass(frozen=True, slots=True)
class HandList:
    """The paper: `marks` stand in head and foot of every page, `body` is HTML of ours."""

    count: int
    marks: str
    made: str
    body: str


def hand_list(
    rows: Sequence[ExhibitRow], title: str, agreement: str, made: str, zone: tzinfo | None
) -> HandList:
    """The list of those of `rows` that were handed over, by exhibit number.

    `title` and `agreement` are of the space; `made` says by whom and when in words.
    """
    listed = sorted(
        (row for row in rows if row.state in LISTED),
        key=lambda row: (row.exhibit.casefold(), row.added_at, row.file),
    )
    marks = "  ·  ".join(map(translated, factviews.highest(row.facts for row in listed))) or tr(
        "No marks stated"
    )
    head = "".join(f"<td width='{wide}%'>{_strong(tr(name))}</td>" for name, wide in _HEADS)
    lines = "".join(_line(row, zone) for row in listed)
    body = (
        f"<p style='font-size:20px'>{_strong(tr('Hand-over list'))}</p>"
        f"<p>{_strong(title)}<br>{_text(agreement)}<br>"
        f"{_text(trn('{count} exhibit', '{count} exhibits', len(listed)))}</p>"
        f"<table width='100%' cellspacing='0' cellpadding='5' border='1'>"
        f"<thead><tr>{head}</tr></thead>{lines}</table>"
    )
    return HandList(len(listed), words.plain(marks), words.plain(made), body)


def _line(row: ExhibitRow, zone: tzinfo | None) -> str:
    stated = dict(row.facts)
    said = (stated.get("authority", ""), stated.get("seal", ""))
    by = "<br>".join(_text(one) for one in said if one)
    names = [stated["title"], row.name] if "title" in stated else [row.name]
    what = "<br>".join([_strong(names[0]), *map(_text, names[1:])])
    digest = row.sha256
    halves = f"{digest[:32]}<br>{digest[32:]}"
    marks = _text(", ".join(shown_marks(row.facts)))
    cells = (
        _text(row.exhibit or "–"),
        f"{what}<br><small>SHA-256<br>{halves}</small>" + (f"<br>{marks}" if marks else ""),
        tr("{size} bytes", size=number(row.size)),
        f"{_text(row.author_name)}<br>{_text(words.stamp(row.added_at, zone))}"
        + (f"<br>{by}" if by else ""),
        "<br>".join(_verified(one.name, one.at, zone) for one in row.recipients),
        "",
    )
    return "<tr>" + "".join(f"<td valign='top'>{cell}</td>" for cell in cells) + "</tr>"


def _verified(name: str, at: int | None, zone: tzinfo | None) -> str:
    return f"{_text(name)}: {words.stamp(at, zone) if at is not None else _text(tr('not yet'))}"


def _strong(value: str) -> str:
    return _STRONG.format(_text(value))


def _text(value: str) -> str:
    return html.escape(words.plain(value)).replace("\n", "<br>")


_ROWS: Final = (
    "Name, function",
    "Authority, state",
    "Place, date",
    "Condition, seals intact, refused",
    "Signature",
)
_MEANS: Final = (
    "“Verified” means that the recipient's device has every byte of the file, with the SHA-256 "
    "above, and signed for it."
)


def signed(gap: str = "") -> str:
    """Room for what is written by hand; `gap` is the style of what stands before it."""
    rows = "".join(
        f"<tr><td>{_text(tr(one))}</td><td width='37%'>&nbsp;</td><td width='37%'>&nbsp;</td></tr>"
        for one in _ROWS
    )
    return (
        f"<p style='{gap}'>&nbsp;</p>"
        "<table width='100%' cellspacing='0' cellpadding='9' border='1'>"
        f"<tr><td></td><td>{_strong(tr('Handed over by'))}</td>"
        f"<td>{_strong(tr('Received by'))}</td></tr>"
        f"{rows}</table><p><small>{_text(tr(_MEANS))}</small></p>"
    )
