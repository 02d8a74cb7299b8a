"""Who may do what: every access is decided here, from facts alone.

Pure: no I/O, no clock. The clients do not rely on this (they derive everything from the signed
log); it is the second line, and what the law asks of the operator (R14 to R18, R21, R23.2, R24.2).
Spec: docs/protocol/70-store.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never

from protocol.api.files import FileState
from protocol.roles import Right, Role, allows


class Act(Enum):
    """What a signed-in device may ask for inside a space."""

    READ_LOG = "log.read"
    APPEND_LOG = "log.append"
    CLAIM_BUNDLE = "bundle.claim"
    POST_MESSAGE = "message.post"
    ANNOUNCE_FILE = "file.announce"
    READ_FILE = "file.read"
    PUT_PART = "part.put"
    GET_PART = "part.get"
    COMPLETE_FILE = "file.complete"
    PROVE_FILE = "file.verified"
    WITHDRAW_FILE = "file.withdraw"
    READ_WIPES = "wipe.read"
    POST_WIPE = "wipe.post"


class Ruling(Enum):
    """The decision; UNKNOWN answers exactly as if the thing did not exist."""

    ALLOWED = "allowed"
    UNKNOWN = "unknown"
    FORBIDDEN = "forbidden"
    CLOSED = "closed"
    ERASED = "erased"
    NOT_READY = "not-ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the database knows about caller and object at this moment.

    `role` is None for everyone who is not a member now; `former` tells that he once was;
    `controlled` that a controller is designated for what he uploads (R23.2).
    """

    role: Role | None
    former: bool = False
    controlled: bool = False
    closed: bool = False
    uploader: bool = False
    uploading_device: bool = False
    recipient: bool = False
    proven: bool = False
    state: FileState | None = None


_NEEDS: Final[dict[Act, Right]] = {
    Act.READ_LOG: Right.READ,
    Act.APPEND_LOG: Right.READ,  # what an entry needs, the log's own rules say
    Act.CLAIM_BUNDLE: Right.MESSAGE,
    Act.POST_MESSAGE: Right.MESSAGE,
    Act.ANNOUNCE_FILE: Right.UPLOAD,
    Act.READ_FILE: Right.READ,
    Act.PUT_PART: Right.UPLOAD,
    Act.GET_PART: Right.DOWNLOAD,
    Act.COMPLETE_FILE: Right.UPLOAD,
    Act.PROVE_FILE: Right.DOWNLOAD,
    Act.WITHDRAW_FILE: Right.READ,  # erasing one's own is never held up
    Act.READ_WIPES: Right.READ,
    Act.POST_WIPE: Right.READ,
}
_NEW_CONTENT: Final = frozenset(
    {
        Act.APPEND_LOG,
        Act.CLAIM_BUNDLE,
        Act.POST_MESSAGE,
        Act.ANNOUNCE_FILE,
        Act.PUT_PART,
        Act.COMPLETE_FILE,
    }
)
_FORMER_MAY: Final = frozenset({Act.READ_LOG, Act.POST_WIPE})
"""Somebody removed may still read the log up to his removal, and report his wipe."""


def decide(act: Act, facts: Facts) -> Ruling:
    """Decide one access to a space or to something in it."""
    if facts.role is None:
        return Ruling.ALLOWED if facts.former and act in _FORMER_MAY else Ruling.UNKNOWN
    if not allows(facts.role, _NEEDS[act], controlled=facts.controlled):
        return Ruling.FORBIDDEN
    if facts.closed and act in _NEW_CONTENT:
        return Ruling.CLOSED
    match act:
        case Act.READ_FILE | Act.PUT_PART | Act.GET_PART | Act.COMPLETE_FILE:
            return _file(act, facts)
        case Act.PROVE_FILE | Act.WITHDRAW_FILE:
            return _file(act, facts)
        case (
            Act.READ_LOG
            | Act.APPEND_LOG
            | Act.CLAIM_BUNDLE
            | Act.POST_MESSAGE
            | Act.ANNOUNCE_FILE
            | Act.READ_WIPES
            | Act.POST_WIPE
        ):
            return Ruling.ALLOWED
        case _:
            assert_never(act)


_UPLOADING: Final = frozenset({Act.PUT_PART, Act.COMPLETE_FILE})


def _file(act: Act, facts: Facts) -> Ruling:
    if facts.state is None or not _concerned(act, facts):
        return Ruling.UNKNOWN
    if act in (Act.READ_FILE, Act.WITHDRAW_FILE):
        return Ruling.ALLOWED
    if facts.state is FileState.ERASED:
        # A proof repeated after a lost answer is no error.
        repeated = act is Act.PROVE_FILE and facts.proven
        return Ruling.ALLOWED if repeated else Ruling.ERASED
    complete = facts.state is FileState.COMPLETE
    if act is Act.COMPLETE_FILE:
        return Ruling.ALLOWED
    ready = not complete if act is Act.PUT_PART else complete
    return Ruling.ALLOWED if ready else Ruling.NOT_READY


def _concerned(act: Act, facts: Facts) -> bool:
    """Whether a file is this person's matter; for everyone else it does not exist."""
    if act in _UPLOADING:
        return facts.uploader and facts.uploading_device
    if act is Act.WITHDRAW_FILE:
        return facts.uploader
    if act is Act.PROVE_FILE:
        return facts.recipient
    return facts.uploader or facts.recipient
