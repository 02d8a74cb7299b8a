"""The cards of what is rarely met, in the form of table.py."""

from __future__ import annotations

from typing import Final

_UNCHANGED: Final = "Nothing was changed."
_KEPT: Final = "Everything already saved on this computer is unchanged."
_QUEUED: Final = "What you wrote is saved here and goes out once, as soon as it can."
_REFUSED: Final = "It was refused and recorded. Nothing was accepted from it."
_REPORT: Final = "Tell your administrator, and quote the code below."
_WAITS: Final = "Nothing to do: it is tried again by itself."
_CORRECT: Final = "Correct what the sentence names, then try again."

_AGREEMENT: Final = ("The agreement does not open a space", _UNCHANGED, _CORRECT)
_ENTRY: Final = ("A change of the members breaks the rules", _REFUSED, _REPORT)
_LATER: Final = ("This did not work just now", _QUEUED, _WAITS)

RARE: Final[dict[str, tuple[str, str, str]]] = {
    **dict.fromkeys(("agreement-date", "agreement-reference"), _AGREEMENT),
    "agreement-in-use": (
        "There is a space for this agreement already",
        _UNCHANGED,
        "Ask its administrator to add you.",
    ),
    "disk-refuses": (
        "The disk takes no writing",
        "What is here can be read and searched. Nothing is written, sent, received or exported.",
        "Make room or mend the disk, then try again.",
    ),
    "late-edit": (
        "A message was changed too late",
        "It stands as it was written; the change was refused and recorded.",
        "Ask its author what was to be said.",
    ),
    "party-differs": (
        "The operator entered you for another authority",
        _UNCHANGED,
        "Ask the operator of the store to set it right.",
    ),
    **dict.fromkeys(
        ("cut", "incomplete", "list-rollback", "log-broken", "log-entry-refused", "other-space"),
        _ENTRY,
    ),
    "administrator-not-eligible": (
        "This authority may not open a space",
        _UNCHANGED,
        "A representative of a Member State or of the EPPO opens it.",
    ),
    "not-a-member": (
        "Not a member of this space",
        _KEPT,
        "Ask an administrator of the space.",
    ),
    "shown-log-fork": (
        "Two different lists of members exist",
        "Nothing is sent until one of them is shown to be true.",
        "Compare the members with a colleague by telephone, and report the code.",
    ),
    "custody-broken": (
        "The log of this computer was changed",
        "Messages and exhibits are not concerned. Nothing was deleted.",
        "Do not delete anything.\n" + _REPORT,
    ),
    "log-altered": (
        "The store's access log was changed",
        "Messages and exhibits are not concerned.",
        _REPORT,
    ),
    "other-body": ("A signature is false", _REFUSED, _REPORT),
    "role-not-allowed": ("Somebody did what the role does not allow", _REFUSED, _REPORT),
    "flood": (
        "A member's device does something without end",
        _REFUSED,
        "Ask the person whether the program is in order.\n" + _REPORT,
    ),
    "cancelled": ("The transfer was cancelled", _KEPT, "Add the file again if it is to go."),
    "quota-exceeded": (
        "The store has no more room for this space",
        "Nothing that was handed over is lost.",
        "Wait until the others have fetched theirs, or ask the operator of the store.",
    ),
    "parts-missing": _LATER,
    **dict.fromkeys(("ahead-of-log", "not-ready"), _LATER),
    **dict.fromkeys(
        ("mailbox-full", "no-prekeys"), ("Somebody cannot be written to yet", _QUEUED, _WAITS)
    ),
    **dict.fromkeys(("rate-limited", "store-busy-until"), ("The store is busy", _QUEUED, _WAITS)),
    "prekeys-expired": (
        "A device was away for too long",
        _QUEUED,
        "It gets what you sent when it is online again.",
    ),
    "conflict": (
        "The store holds something else under this name",
        _UNCHANGED,
        "Synchronise, look again, then repeat what you did.",
    ),
    "store-refused": ("The store did not accept this", _KEPT, _REPORT),
    "no-terminal": (
        "Something has to be typed",
        _UNCHANGED,
        "Start the command where you can type, or use the window.",
    ),
    "try-again": ("This did not work just now", _KEPT, "Try again in a moment."),
    "action-needed": ("This needs you", _KEPT, _CORRECT),
    "refused": ("A check failed", _REFUSED, _REPORT),
    **dict.fromkeys(
        ("bug", "internal"), ("Something went wrong in JIT Client", _KEPT, _REPORT)
    ),
}  # fmt: skip
