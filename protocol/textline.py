"""Records as one line of text that people copy, paste or scan: prefix, base64url, checksum.

The prefix names the type, and the checksum is personalised by it: a line of one type is never
accepted for another. Spec: docs/protocol/10-encoding.md §6.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, TypeVar

from protocol import codec
from protocol.errors import BadInputError, LimitExceededError, MalformedError
from protocol.records import Record

R = TypeVar("R", bound=Record)

INVITE: Final = "jit-invite:"
LINK: Final = "jit-link:"
VERIFY: Final = "jit-verify:"
RECOVER: Final = "jit-recover:"
MAX_LINE_CHARS: Final = 1_000
_NAMES: Final = {
    INVITE: "an invitation",
    LINK: "the line that links a device",
    VERIFY: "the code of a safety number",
    RECOVER: "the line of a recovery sheet",
}
_CHECK_BYTES: Final = 6
_ALTERED: Final = "This line is incomplete or was altered. Copy all of it again."
_PERSONS: Final = {
    INVITE: b"jitc1invite",
    LINK: b"jitc1link",
    VERIFY: b"jitc1verify",
    RECOVER: b"jitc1recover",
}


def to_line(prefix: str, record: Record) -> str:
    """One line: prefix, base64url of record and checksum."""
    body = codec.encode(record)
    return prefix + _packed(body + _check(prefix, body))


def from_line(kind: type[R], prefix: str, text: str) -> R:
    """Read a line of one type; white space does not count.

    Raises:
        BadInputError: a line of another type, cut short, or altered; the sentence says which.
    """
    if len(text) > 2 * MAX_LINE_CHARS:
        raise BadInputError(_other_type(prefix, text[:MAX_LINE_CHARS]))
    line = "".join(text.split())
    if not line.startswith(prefix) or len(line) > MAX_LINE_CHARS:
        raise BadInputError(_other_type(prefix, line))
    packed = line[len(prefix) :]
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadInputError(_ALTERED) from error
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    # The last character may carry bits that no byte is made of: one record has one spelling.
    if len(raw) <= _CHECK_BYTES or check != _check(prefix, body) or packed != _packed(raw):
        raise BadInputError(_ALTERED)
    try:
        return codec.decode(kind, body)
    except (MalformedError, LimitExceededError) as error:
        raise BadInputError(_ALTERED) from error


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _other_type(wanted: str, line: str) -> str:
    for prefix, name in _NAMES.items():
        if prefix != wanted and line.startswith(prefix):
            return f"This is {name}. The one that is wanted begins with “{wanted}”."
    return f"This is another line: the one that is wanted begins with “{wanted}”."


def _check(prefix: str, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES, person=_PERSONS[prefix]).digest()
