"""The head of the access log as a signed note: C2SP tlog-checkpoint under the store's Ed25519 key.

    jitstore/log/<SHA-256 of the key, first 16 bytes, hex>
    <leaves>
    <root, base64>
    <empty line>
    — <first line> <base64 of key hash (4 B) and signature (64 B)>

Exactly one spelling is read. The note begins otherwise than anything else this key signs
(`jitc/v1/sig/`), so that neither is ever taken for the other. Spec: docs/protocol/72-access-log.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from crypto import merkle, signatures
from crypto.signatures import StoreKey
from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.errors import ForgedError, LimitExceededError, MalformedError

_PREFIX: Final = "jitstore/log/"
_SIGNED: Final = "\N{EM DASH} "
_ED25519: Final = b"\x01"
_KEY_HASH_BYTES: Final = 4
_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many leaves a log has, and their root (32 B)."""

    size: int
    root: bytes


def origin(public: bytes) -> str:
    """The name of the log of the store with this 32-byte key."""
    return _PREFIX + hashlib.sha256(public).digest()[:16].hex()


def sign(key: StoreKey, checkpoint: Checkpoint) -> str:
    """The signed note."""
    body = _body(key.public, checkpoint)
    return _note(key.public, body, key.ed_sign(body.encode()))


def verify(text: str, public: bytes) -> Checkpoint:
    """Read a note that the store with this pinned 32-byte key signed.

    Raises:
        MalformedError: not a checkpoint, in its one spelling.
        ForgedError: of another log, or the signature does not verify.
    """
    if len(text) > MAX_CHECKPOINT_CHARS:
        raise LimitExceededError(f"A checkpoint has at most {MAX_CHECKPOINT_CHARS} characters.")
    lines = text.split("\n")
    if len(lines) != _LINES:
        raise MalformedError("A checkpoint has five lines.")
    if lines[0] != origin(public):
        raise ForgedError("The checkpoint is of another store's log.")
    found = Checkpoint(size=_number(lines[1]), root=_base64(lines[2]))
    if len(found.root) != merkle.HASH_BYTES:
        raise MalformedError("The root of a checkpoint is 32 bytes.")
    signature = _base64(lines[4].rpartition(" ")[2])[_KEY_HASH_BYTES:]
    body = _body(public, found)
    if _note(public, body, signature) != text:
        raise MalformedError("A checkpoint in a spelling that is not its own.")
    signatures.verify_text(public, body.encode(), signature)
    return found


def _body(public: bytes, checkpoint: Checkpoint) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    return f"{origin(public)}\n{checkpoint.size}\n{root}\n"


def _note(public: bytes, body: str, signature: bytes) -> str:
    name = origin(public)
    key_hash = hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_HASH_BYTES]
    return f"{body}\n{_SIGNED}{name} {base64.b64encode(key_hash + signature).decode()}\n"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise MalformedError("The size of a checkpoint is not a number.")
    return int(text)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedError("A checkpoint holds something that is not base64.") from error
