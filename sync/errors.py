"""Errors of the transport, and the translation of the store's answers into the product's errors.

The store is not trusted: it may say that it refuses, or that it is busy, but no answer of it can
raise one of our alarms (forged, ghost member, ...) or be taken for a bug. Its own words are shown
only as its words, and only when they are plain printable text.
Spec: docs/protocol/70-store.md §2.
"""

from __future__ import annotations

import re
from typing import Final

from protocol import errors
from protocol.api.accounts import Problem
from protocol.errors import (
    ActionNeededError,
    AlreadyEnrolledError,
    BadInputError,
    DiskError,
    ErasedError,
    InvitationError,
    JitError,
    LogMovedError,
    NotFoundError,
    NotPermittedError,
    NotSignedInError,
    RecipientsChangedError,
    SpaceClosedError,
    StoreBusyError,
)

__all__ = [
    "BusyError",
    "ConflictError",
    "DiskRefusesError",
    "NotSignedInError",
    "RecipientsChangedError",
    "StoreRefusedError",
    "from_answer",
    "parse_retry_after",
]

MAX_RETRY_AFTER_SECONDS: Final = 3600.0
_MAX_DETAIL_CHARS: Final = 300
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,47}")


class BusyError(StoreBusyError):
    """The store is busy and may have named a time: `retry_after` in seconds, or None.

    A person sees `store-busy` like for its base; the code of its own only tells them apart here.
    """

    code = "store-busy-until"

    def __init__(self, sentence: str, *, retry_after: float | None) -> None:
        super().__init__(sentence, code=StoreBusyError.code)
        self.retry_after = retry_after


class DiskRefusesError(DiskError):
    """The disk of this device takes no writing: nothing is exchanged, as nothing would be kept."""

    code = "disk-refuses"


class ConflictError(ActionNeededError):
    """What was asked contradicts what the store already holds."""

    code = "conflict"


class StoreRefusedError(ActionNeededError):
    """The store refused a request for a reason of its own."""

    code = "store-refused"


_BY_CODE: Final[dict[str, type[JitError]]] = {
    kind.code: kind
    for kind in (
        AlreadyEnrolledError,
        BadInputError,
        ConflictError,
        ErasedError,
        InvitationError,
        LogMovedError,
        NotFoundError,
        NotSignedInError,
        NotPermittedError,
        RecipientsChangedError,
        SpaceClosedError,
    )
}

_OURS: Final = frozenset(
    kind.code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, JitError)
)
"""Codes with a meaning of their own here: one that is not in `_BY_CODE` is not the store's."""

_BY_STATUS: Final[dict[int, type[JitError]]] = {
    401: NotSignedInError,
    403: NotPermittedError,
    404: NotFoundError,
    409: ConflictError,
    410: ErasedError,
}

_SENTENCES: Final[dict[type[JitError], str]] = {
    ConflictError: "The store already holds something else under this id.",
    ErasedError: "The store has erased it.",
    InvitationError: "The store does not accept this invitation: it was used, or it has expired.",
    LogMovedError: "Somebody else changed the members at the same moment. Try again.",
    NotFoundError: "The store does not know it.",
    NotSignedInError: "The store does not accept the sign-in of this device.",
    NotPermittedError: "The store does not allow this to you.",
    RecipientsChangedError: "The members have changed. The message is sealed again and sent.",
    SpaceClosedError: "The space is closed. Nothing new can enter it.",
}


def from_answer(status: int, problem: Problem, retry_after: str | None) -> JitError:
    """The error for an answer of the store that is no success.

    Args:
        status: the HTTP status, 400 to 599.
        problem: the decoded problem, or a default `Problem` when it sent none.
        retry_after: the header as received, if any.

    Returns:
        An error whose class follows the problem's code where we know it, else the status; an
        unknown code is kept as the error's `reason`.
    """
    code = problem.code
    if status == 429 or status >= 500:
        wanted = parse_retry_after(retry_after)
        return BusyError("The store is busy. It is tried again.", retry_after=wanted)
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status, StoreRefusedError)
    keep = _CODE.fullmatch(code) is not None and code not in _OURS
    return kind(_sentence(kind, problem), code=code if keep else None)


def parse_retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, at most an hour; None for a date or anything else.

    A date would need the wall clock, which may be wrong here: the back-off decides then.
    """
    text = (value or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(float(text), MAX_RETRY_AFTER_SECONDS)


def _sentence(kind: type[JitError], problem: Problem) -> str:
    detail = problem.detail.strip()
    if detail and len(detail) <= _MAX_DETAIL_CHARS and detail.isprintable():
        return f"The store answers: {detail}"
    return _SENTENCES.get(kind, "The store refused the request.")
