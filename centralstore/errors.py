"""The store's refusals, and the HTTP status and problem document of every error.

Codes are those of `protocol.errors` or named here; window, command line and store speak the same
ones. Unknown and forbidden things answer alike. Spec: docs/protocol/70-store.md §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from protocol.api.accounts import Problem
from protocol.errors import (
    BadInputError,
    BugError,
    DiskError,
    ErasedError,
    ForgedError,
    HashMismatchError,
    InvitationError,
    JitError,
    LimitExceededError,
    LogMovedError,
    MalformedError,
    NotFoundError,
    NotPermittedError,
    PartCorruptedError,
    RefusedError,
    SpaceClosedError,
    StoreBusyError,
    TryAgainError,
)
from protocol.membership import EntryRefusedError

_BY_CODE: Final = {
    "not-signed-in": 401,
    "recipients-changed": 409,
    "conflict": 409,
    "parts-missing": 409,
    "agreement-in-use": 409,
    "usage": 405,
    "not-administrator": 403,
    "administrator-not-eligible": 403,
    "store-busy": 429,
    "quota-exceeded": 413,
}
_BY_TYPE: Final[tuple[tuple[type[JitError], int], ...]] = (
    (LimitExceededError, 413),
    (MalformedError, 400),
    (BadInputError, 400),
    (NotFoundError, 404),
    (NotPermittedError, 403),
    (SpaceClosedError, 409),
    (InvitationError, 403),
    (ErasedError, 410),
    (LogMovedError, 409),
    (EntryRefusedError, 409),
    (ForgedError, 403),
    (PartCorruptedError, 422),
    (HashMismatchError, 422),
    (DiskError, 507),
    (StoreBusyError, 503),
    (RefusedError, 403),
    (TryAgainError, 503),
    (BugError, 500),
)


class LimitedError(StoreBusyError):
    """One request too many (429); `scope` is what was counted, `seconds` how long to wait.

    `fields` are the headers that say what the limit is.
    """

    code = "rate-limited"

    def __init__(
        self, scope: str, seconds: int, fields: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        sentence = f"Too many requests from this {scope}; wait a moment."
        super().__init__(sentence, code=StoreBusyError.code)
        self.scope, self.seconds, self.fields = scope, seconds, fields


def status_of(error: JitError) -> int:
    """The HTTP status of an error; 500 for what nobody foresaw."""
    if error.reason in _BY_CODE:
        return _BY_CODE[error.reason]
    return next((status for kind, status in _BY_TYPE if isinstance(error, kind)), 500)


def problem_of(error: JitError) -> Problem:
    """The RFC 9457 document of an error."""
    status = status_of(error)
    return Problem(
        type=f"urn:jit:problem:{error.reason}",
        title=error.reason.replace("-", " ").capitalize(),
        status=status,
        code=error.reason,
        detail=error.sentence,
    )


def unknown() -> NotFoundError:
    """The one answer for what does not exist and for what is not the caller's to see."""
    return NotFoundError("Nothing here has that id, or it is not yours to see.")


def not_signed_in() -> TryAgainError:
    """No session, or one that has ended: sign in and repeat (401)."""
    return TryAgainError("Sign in to the store first.", code="not-signed-in")


def recipients_changed() -> TryAgainError:
    """An envelope is for a device that is not, or no longer, in the space (409)."""
    sentence = "The members of the space have changed. Look again."
    return TryAgainError(sentence, code="recipients-changed")


def conflict(sentence: str) -> BadInputError:
    """The id is taken by something with other content (409)."""
    return BadInputError(sentence, code="conflict")


def parts_missing() -> BadInputError:
    """A file is completed before all its parts are here (409)."""
    return BadInputError("Parts of the file are missing.", code="parts-missing")


def agreement_in_use() -> BadInputError:
    """A space for this agreement exists already (R13.1; 409)."""
    sentence = "A space for this agreement exists already. There is one space per JIT."
    return BadInputError(sentence, code="agreement-in-use")


def quota_exceeded(whose: str, limit: int) -> BadInputError:
    """An account or a space would hold more than it may (413)."""
    room = f"{limit / 1024**3:.0f} GiB" if limit >= 1024**3 else f"{limit} bytes"
    sentence = (
        f"{whose} no room left for this file: at most {room} at a time. "
        "There is room again when recipients have verified other files, or one is withdrawn."
    )
    return BadInputError(sentence, code="quota-exceeded")
