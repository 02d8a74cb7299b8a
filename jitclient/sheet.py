"""A recovery sheet as plain text: to print, to keep in a safe, never to keep on a computer."""

from __future__ import annotations

import datetime as dt
from typing import Final

from jitclient.usecases.recovery import Sheet

ROW: Final = 4
CAN: Final = (
    "opens this profile when the passphrase is forgotten or the computer's keyring is lost,",
    "and sets a new passphrase. Nothing is lost then.",
    "on a new computer: makes you the same person again, with the same safety number.",
    "Lost devices can be shut out there.",
)
CANNOT: Final = (
    "bring back messages or exhibits that were only on a lost computer.",
    "let you into a space by itself: an administrator of each space lets the new",
    "computer in, and every member sees that.",
    "be replaced. Whoever holds these words can act as you: keep them like a seal.",
)


def lines(sheet: Sheet) -> list[str]:
    """The sheet, line by line, at most 90 characters wide except for `jit-recover:`."""
    day = dt.datetime.fromtimestamp(sheet.made_at, dt.UTC).date().isoformat()
    rows = [
        "  ".join(
            f"{at + 1:>2} {sheet.words[at]:<10}"
            for at in range(start, min(start + ROW, len(sheet.words)))
        ).rstrip()
        for start in range(0, len(sheet.words), ROW)
    ]
    who = f"{sheet.name}, {sheet.authority}" if sheet.authority else sheet.name
    return [
        "RECOVERY SHEET",
        f"{who}. Store {sheet.store}. Made on {day}.",
        "",
        *rows,
        "",
        sheet.line,
        "",
        "This sheet:",
        *(f"  {text}" for text in CAN),
        "It cannot:",
        *(f"  {text}" for text in CANNOT),
    ]
