"""The chains of the ratchet: how keys follow from keys, and the keys kept for late messages.

The first 64 bytes of a root step, and the message chain, are those of the plain Double Ratchet;
an independent implementation is the judge in the tests. Spec: docs/protocol/30-ratchet.md §2, §5.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Final, NamedTuple

import msgspec

from crypto.kdf import hkdf, hkdf_expand
from protocol.limits import MAX_HEADER_CHAINS, MAX_SKIPPED_KEYS, SKIPPED_KEY_SECONDS
from protocol.records import Bytes32, UnixTime

_ROOT_LABEL: Final = b"jitc/v1/dr/root"
_MESSAGE_LABEL: Final = b"jitc/v1/dr/msg"

Number = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class RootStep(NamedTuple):
    """What one Diffie-Hellman step yields, 32 bytes each."""

    root: bytes
    chain: bytes
    next_header: bytes


class SkippedKey(NamedTuple):
    """The key of message `number` that has not arrived; `since` is when we noticed."""

    number: Number
    key: Bytes32
    since: UnixTime


class SkippedChain(NamedTuple):
    """Keys kept for late messages whose headers open under `header`."""

    header: Bytes32
    keys: Annotated[tuple[SkippedKey, ...], msgspec.Meta(max_length=MAX_SKIPPED_KEYS)]


Skipped = tuple[SkippedChain, ...]


def root_step(root: bytes, secret: bytes) -> RootStep:
    """KDF_RK: mix a fresh X25519 secret (and an ML-KEM secret after it) into the root key."""
    out = hkdf(root, secret, _ROOT_LABEL, b"", 96)
    return RootStep(out[:32], out[32:64], out[64:])


def chain_step(chain: bytes) -> tuple[bytes, bytes]:
    """KDF_CK: the message key of this place and the chain key of the next."""
    return hmac.digest(chain, b"\x01", "sha256"), hmac.digest(chain, b"\x02", "sha256")


def sealing_key(message_key: bytes) -> bytes:
    """KEY: the 32-byte key that seals one payload."""
    return hkdf_expand(message_key, _MESSAGE_LABEL, b"", 32)


def keep(skipped: Skipped, header: bytes, fresh: tuple[SkippedKey, ...]) -> Skipped:
    """Keep keys for late messages; over a bound, the oldest go first."""
    if not fresh:
        return skipped
    earlier = next((chain.keys for chain in skipped if chain.header == header), ())
    rest = tuple(chain for chain in skipped if chain.header != header)
    kept = (*rest, SkippedChain(header, (*earlier, *fresh)))[-MAX_HEADER_CHAINS:]
    excess = sum(len(chain.keys) for chain in kept) - MAX_SKIPPED_KEYS
    while excess > 0:
        oldest = kept[0]
        trimmed = oldest.keys[excess:]
        excess -= len(oldest.keys) - len(trimmed)
        kept = ((SkippedChain(oldest.header, trimmed),) if trimmed else ()) + kept[1:]
    return kept


def take(skipped: Skipped, header: bytes, number: int) -> tuple[bytes | None, Skipped]:
    """Take the key of one late message out: a second copy of the message finds none."""
    for place, chain in enumerate(skipped):
        if chain.header != header:
            continue
        for index, kept in enumerate(chain.keys):
            if kept.number == number:
                keys = chain.keys[:index] + chain.keys[index + 1 :]
                left = (SkippedChain(header, keys),) if keys else ()
                return kept.key, skipped[:place] + left + skipped[place + 1 :]
    return None, skipped


def forget_old(skipped: Skipped, now: int) -> Skipped:
    """Drop keys kept for longer than the store keeps any message."""
    oldest = now - SKIPPED_KEY_SECONDS
    if all(chain.keys[0].since >= oldest for chain in skipped):
        return skipped
    aged = (
        SkippedChain(chain.header, tuple(kept for kept in chain.keys if kept.since >= oldest))
        for chain in skipped
    )
    return tuple(chain for chain in aged if chain.keys)
