"""Sentences about what is about to be handed over: how much, how long, what is known. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from ui import words
from ui.evidence.state import NewFile
from ui.language import tr, trn


def total(files: Sequence[NewFile], rate: float) -> str:
    """Files, bytes, and the time at `rate` bytes a second; 0: no rate is known."""
    count = sum(one.bytes for one in files)
    said = [trn("{count} file", "{count} files", len(files)), words.size(count)]
    if count and rate:
        time = words.span(int(count / rate) + 1)
        said.append(tr("about {time} at {rate}", time=time, rate=words.rate(rate)))
    elif count:
        said.append(tr("how long it takes is not known yet"))
    return "  ·  ".join(said)


def taken(found: int, files: int, inside: bool) -> str:
    """How many hashes a report had; `inside`: some are of what a container holds."""
    if not found:
        return tr("The report states no hash of these files.")
    said = trn(
        "Hashes of {found} of {count} file taken from the report.",
        "Hashes of {found} of {count} files taken from the report.",
        files,
        found=found,
    )
    if inside:
        said += " " + tr("In a container it is that of the data inside: stated, not compared.")
    return said
