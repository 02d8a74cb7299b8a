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
from jitclient.views import ExhibitRow, ExhibitState, MemberRow
from ui import words
from ui.evidence.stated import shown_marks, translated
from ui.language import number, told, tr, trn

LISTED: Final = frozenset(
    {
        ExhibitState.ON_SERVER,
        ExhibitState.AVAILABLE,
        ExhibitState.DOWNLOADING,
        ExhibitState.VERIFIED,
    }
)
"""What was handed over. What failed or was taken back is on no list."""
REFUSED: Final = frozenset({ExhibitState.CORRUPTED})
"""What came here with other bytes than its manifest says."""
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
class About:
    """What it says beside its lines. `title`, `agreement` and `members` are of the space.

    What of `number`, `purpose` and `basis` is empty is written by hand.
    """

    title: str
    agreement: str
    made: str  # by whom and when, in words
    members: tuple[MemberRow, ...] = ()
    number: str = ""
    purpose: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class HandList:
    """The paper: `marks` stand in head and foot of every page, `body` is HTML of ours."""

    count: int
    marks: str
    made: str
    body: str


def listed_of(rows: Sequence[ExhibitRow]) -> list[ExhibitRow]:
    """Those that were handed over, by exhibit number."""
    return sorted((row for row in rows if row.state in LISTED), key=_by_number)


def hand_list(rows: Sequence[ExhibitRow], about: About, zone: tzinfo | None) -> HandList:
    """The list of those of `rows` that were handed over, and of those this device refused."""
    listed = listed_of(rows)
    refused = sorted((row for row in rows if row.state in REFUSED and not row.mine), key=_by_number)
    marks = "  ·  ".join(map(translated, factviews.highest(row.facts for row in listed))) or tr(
        "No marks stated"
    )
    head = "".join(f"<td width='{wide}%'>{_strong(tr(name))}</td>" for name, wide in _HEADS)
    lines = "".join(_line(row, zone) for row in listed)
    body = (
        f"<p style='font-size:20px'>{_strong(tr('Hand-over list'))}</p>"
        f"<p>{_strong(about.title)}<br>{_text(about.agreement)}<br>"
        f"{_text(trn('{count} exhibit', '{count} exhibits', len(listed)))}</p>"
        f"{_head(listed, about, zone)}<p></p>"
        f"<table width='100%' cellspacing='0' cellpadding='5' border='1'>"
        f"<thead><tr>{head}</tr></thead>{lines}</table>{_not_taken(refused)}"
    )
    return HandList(len(listed), words.plain(marks), words.plain(about.made), body)


def _by_number(row: ExhibitRow) -> tuple[str, int, bytes]:
    return row.exhibit.casefold(), row.added_at, row.file


def _head(listed: Sequence[ExhibitRow], about: About, zone: tzinfo | None) -> str:
    """From whom, to whom, what for, on which basis, when."""
    known = {one.user: f"{one.name}, {one.authority}, {one.country}" for one in about.members}
    senders = {row.author: row.author_name for row in listed}
    receivers = {one.user: one.name for row in listed for one in row.recipients}
    times = sorted({words.stamp(row.added_at, zone): row.added_at for row in listed}.items(),
                   key=lambda one: one[1])  # fmt: skip
    sent = " – ".join(dict.fromkeys(text for text, _ in (*times[:1], *times[-1:])))
    stated = ((tr("List number"), about.number), (tr("Purpose"), about.purpose))
    lines = (
        *stated,
        (tr("Legal basis"), about.basis),
        (tr("From"), "\n".join(known.get(user, name) for user, name in senders.items())),
        (tr("To"), "\n".join(known.get(user, name) for user, name in receivers.items())),
        (tr("Sent"), sent),
    )
    cells = "".join(
        f"<tr><td width='16%' valign='top'>{_text(name)}</td>"
        f"<td>{_text(said) or '&nbsp;'}</td></tr>"
        for name, said in lines
    )
    return f"<table width='100%' cellspacing='0' cellpadding='5' border='1'>{cells}</table>"


def _not_taken(refused: Sequence[ExhibitRow]) -> str:
    """What came and was not taken over here, with the reason."""
    if not refused:
        return ""
    other = tr("Its bytes are not those of the manifest.")
    rows = "".join(
        f"<tr><td width='8%'>{_text(row.exhibit or '–')}</td><td width='35%'>{_text(row.name)}</td>"
        f"<td>{_text(told(row.problem) or other)}</td></tr>"
        for row in refused
    )
    said = _strong(tr("Refused lines, with the reason"))
    table = "<table width='100%' cellspacing='0' cellpadding='5' border='1'>"
    return f"<p>{said}</p>{table}{rows}</table>"


def _line(row: ExhibitRow, zone: tzinfo | None) -> str:
    stated = dict(row.facts)
    said = tuple(stated.get(one, "") for one in ("authority", "legal-basis", "seal"))
    by = "<br>".join(_text(one) for one in said if one)
    names = [stated["title"], row.name] if "title" in stated else [row.name]
    names += [stated["description"]] if "description" in stated else []
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
        _text(stated.get("remarks", "")),
    )
    return "<tr>" + "".join(f"<td valign='top'>{cell}</td>" for cell in cells) + "</tr>"


def _verified(name: str, at: int | None, zone: tzinfo | None) -> str:
    if at is None:
        return f"{_text(name)}: {_text(tr('not yet'))}"
    return _text(tr("{name}: {at}, hash equal", name=name, at=words.stamp(at, zone)))


def _strong(value: str) -> str:
    return _STRONG.format(_text(value))


def _text(value: str) -> str:
    return "<br>".join(html.escape(words.plain(line)) for line in value.split("\n"))


_ROWS: Final = (
    "Name, function",
    "Authority, state",
    "Place, date and time",
    "Condition, seals intact",
    "Hashes equal: yes / no",
    "Refused lines, with the reason",
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
