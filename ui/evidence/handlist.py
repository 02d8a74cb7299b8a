"""The hand-over list: what was handed over, by whom, to whom, with which hash, ready to be signed.

Pure: makes the paper from rows. What comes from outside is set letter by letter, never obeyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from jitclient import factviews
from jitclient.views import ExhibitRow, ExhibitState, MemberRow
from ui import words
from ui.evidence.stated import shown_marks, translated
from ui.language import number, told, tr, trn
from ui.printing.paper import Block, Cell, Paper, Style, Table, Words, cell, facts, heading, zoned

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
    seals: tuple[str, ...] = ()  # of who made it, at the foot of every page


@dataclass(frozen=True, slots=True)
class HandList:
    """The list as it is printed, and how many exhibits stand on it."""

    count: int
    paper: Paper


def listed_of(rows: Sequence[ExhibitRow]) -> list[ExhibitRow]:
    """Those that were handed over, by exhibit number."""
    return sorted((row for row in rows if row.state in LISTED), key=_by_number)


def hand_list(rows: Sequence[ExhibitRow], about: About, zone: tzinfo | None) -> HandList:
    """The list of those of `rows` that were handed over, and of those this device refused."""
    listed = listed_of(rows)
    refused = sorted((row for row in rows if row.state in REFUSED and not row.mine), key=_by_number)
    marks = "  ·  ".join(map(translated, factviews.highest(row.facts for row in listed)))
    count = trn("{count} exhibit", "{count} exhibits", len(listed))
    heads, widths = zip(*_HEADS, strict=True)
    blocks = (
        Words((*cell(tr("Hand-over list"), Style.TITLE), *cell(about.title, Style.STRONG))),
        Words((*cell(about.agreement), *cell(count))),
        facts(_stated(listed, about, zone), grid=True),
        Table(widths, tuple(_line(row, zone) for row in listed), tuple(map(tr, heads))),
        *_not_taken(refused),
        _signed(),
        Words(cell(tr(_MEANS), Style.SMALL), gap=8),
    )
    paper = Paper(
        title=tr("Hand-over list"),
        blocks=blocks,
        made=about.made,
        space=words.plain(about.title),
        agreement=words.plain(about.agreement),
        marks=words.plain(marks) or tr("No marks stated"),
        seals=(*about.seals, tr("SHA-256 of the list: {digest}", digest=digest_of(listed))),
        across=True,
    )
    return HandList(len(listed), paper)


def digest_of(listed: Sequence[ExhibitRow]) -> str:
    """What binds the pages together: SHA-256 over a line `HASH  NUMBER` of each, as `sha256sum`."""
    lines = "".join(f"{row.sha256}  {words.plain(row.exhibit)}\n" for row in listed)
    return hashlib.sha256(lines.encode()).hexdigest()


def _by_number(row: ExhibitRow) -> tuple[str, int, bytes]:
    return row.exhibit.casefold(), row.added_at, row.file


def _stated(
    listed: Sequence[ExhibitRow], about: About, zone: tzinfo | None
) -> tuple[tuple[str, str], ...]:
    """From whom, to whom, what for, on which basis, when."""
    known = {one.user: f"{one.name}, {one.authority}, {one.country}" for one in about.members}
    senders = {row.author: row.author_name for row in listed}
    receivers = {one.user: one.name for row in listed for one in row.recipients}
    times = sorted({zoned(row.added_at, zone): row.added_at for row in listed}.items(),
                   key=lambda one: one[1])  # fmt: skip
    sent = " – ".join(dict.fromkeys(text for text, _ in (*times[:1], *times[-1:])))
    return (
        (tr("List number"), about.number),
        (tr("Purpose"), about.purpose),
        (tr("Legal basis"), about.basis),
        (tr("From"), "\n".join(known.get(user, name) for user, name in senders.items())),
        (tr("To"), "\n".join(known.get(user, name) for user, name in receivers.items())),
        (tr("Sent"), sent),
    )


def _not_taken(refused: Sequence[ExhibitRow]) -> tuple[Block, ...]:
    """What came and was not taken over here, with the reason."""
    if not refused:
        return ()
    rows = tuple(
        (
            cell(row.exhibit or "–"),
            cell(row.name),
            cell(told(row.problem) or tr("Its bytes are not those of the manifest.")),
        )
        for row in refused
    )
    return heading(tr("Refused lines, with the reason")), Table((8, 35, 57), rows)


def _line(row: ExhibitRow, zone: tzinfo | None) -> tuple[Cell, ...]:
    stated = dict(row.facts)
    by = tuple(stated.get(one, "") for one in ("authority", "legal-basis", "seal"))
    names = [stated["title"], row.name] if "title" in stated else [row.name]
    names += [stated["description"]] if "description" in stated else []
    what = (
        *cell(names[0], Style.STRONG),
        *(line for one in names[1:] for line in cell(one)),
        *cell("SHA-256", Style.SMALL),
        *cell(f"{row.sha256[:32]}\n{row.sha256[32:]}", Style.MONO),
        *cell(", ".join(shown_marks(row.facts))),
    )
    added = "\n".join((row.author_name, zoned(row.added_at, zone), *filter(None, by)))
    verified = "\n".join(_verified(one.name, one.at, zone) for one in row.recipients)
    return (
        cell(row.exhibit or "–", Style.STRONG),
        tuple(line for line in what if line.text),
        cell(tr("{size} bytes", size=number(row.size))),
        cell(added),
        cell(verified),
        cell(stated.get("remarks", "")),
    )


def _verified(name: str, at: int | None, zone: tzinfo | None) -> str:
    if at is None:
        return f"{name}: {tr('not yet')}"
    return tr("{name}: {at}, hash equal", name=name, at=zoned(at, zone))


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


def _signed() -> Table:
    """Room for what is written by hand, never torn apart."""
    rows = tuple((cell(tr(one)), (), ()) for one in _ROWS)
    heads = ("", tr("Handed over by"), tr("Received by"))
    return Table((26, 37, 37), rows, heads, grid=True, whole=True, pad=7, gap=18)
