"""How much is about to be handed over, and how long that may take. No Qt."""

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
