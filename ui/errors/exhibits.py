"""The cards of what can go wrong with an exhibit, in the form of table.py."""

from __future__ import annotations

from typing import Final

EXHIBITS: Final[dict[str, tuple[str, str, str]]] = {
    "source-changed": (
        "The file changed while it was read",
        "Nothing of it counts as evidence. The file itself was not touched.",
        "Add the file again when nothing writes to it any more.",
    ),
    "part-corrupted": (
        "A part of the exhibit is damaged",
        "The damaged part is not used.",
        "Resume to fetch it again. If it stays damaged, ask the author to hand it over again.",
    ),
    "hash-mismatch": (
        "The exhibit is not what its author signed",
        "It cannot be exported.",
        "Do not use it. Ask the author to hand it over again, and report the code.",
    ),
    "acquisition-differs": (
        "The file is not what was acquired",
        "Nothing of it left this computer, and it is on record in the log.",
        "Find the file that the report is about, or the report of this file.",
    ),
    "duplicate": (
        "This content is in the space already",
        "It was not handed over a second time.",
        "Leave it out, or say that it is to go once more.",
    ),
    "cannot-show": (
        "This cannot be shown safely",
        "Nothing of it was opened outside the safe viewer.",
        "Save a copy, and open it on a machine that is made for looking at such things.",
    ),
    "viewer-ended": (
        "The viewer was ended",
        "Everything else goes on. Nothing of the exhibit was changed, and it is on record.",
        "Do not open it with another program on this computer unless you know what it is.",
    ),
    "viewer-ended-before": (
        "The viewer ended on this exhibit before",
        "Nothing of it was opened now.",
        "Ask who handed it over what it is before you open it again.",
    ),
    "viewer-refused": (
        "The exhibit attacked the viewer",
        "It was stopped before it reached anything, and it is on record.",
        "Do not open it with any other program. Tell your administrator and who handed it over.",
    ),
    "viewer-unconfined": (
        "The safe viewer does not work on this computer",
        "Nothing of the exhibit was opened.",
        "Save a copy, and open it on a machine that is made for looking at such things.",
    ),
    "handling-code": (
        "Its handling code does not allow that",
        "Nothing was written and nothing was handed over.",
        "Ask who handed it over. When you have the permission, record it at the exhibit.",
    ),
}
