"""Safety numbers: 60 digits two people compare to know that nobody stands between them.

Signal's numeric fingerprint over the users' signing keys, so that its public test values apply.
Both sides compute the same digits; a substituted key changes half of them.
Spec: docs/protocol/20-identities.md, docs/protocol/80-vault.md §80.5.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Final

from protocol.ids import UserId

ITERATIONS: Final = 5_200
HALF_DIGITS: Final = 30
GROUP_DIGITS: Final = 5
FINGERPRINT_BYTES: Final = 32
_VERSION: Final = b"\x00\x00"
_GROUP_BYTES: Final = 5


@lru_cache(64)
def fingerprint(user: UserId, user_key: bytes) -> bytes:
    """32 bytes of SHA-512 over version || key || id, iterated 5 200 times: what a code carries.

    Args:
        user: the user's id.
        user_key: the encoded `SigningPublic` of the user.
    """
    digest = _VERSION + user_key + user
    for _ in range(ITERATIONS):
        digest = hashlib.sha512(digest + user_key).digest()
    return digest[:FINGERPRINT_BYTES]


def digits_of(print_: bytes) -> str:
    """The 30 digits of one `fingerprint`: six groups of five, 5 bytes each."""
    groups = (
        int.from_bytes(print_[start : start + _GROUP_BYTES]) % 10**GROUP_DIGITS
        for start in range(0, HALF_DIGITS, _GROUP_BYTES)
    )
    return "".join(f"{group:0{GROUP_DIGITS}}" for group in groups)


def half(user: UserId, user_key: bytes) -> str:
    """The 30 digits of one user, given by id and encoded `SigningPublic`."""
    return digits_of(fingerprint(user, user_key))


def number_of(one: bytes, other: bytes) -> str:
    """The 60 digits of two `fingerprint`s; the order does not matter."""
    return "".join(sorted((digits_of(one), digits_of(other))))


def safety_number(one: tuple[UserId, bytes], other: tuple[UserId, bytes]) -> str:
    """The 60 digits of two users, each given as (id, encoded key); the order does not matter."""
    return number_of(fingerprint(*one), fingerprint(*other))


def of_device(signing: bytes, identity: bytes) -> str:
    """64 bits of a device's keys in hex, four groups of four: shown at both ends of a linking.

    Args:
        signing: the encoded `SigningPublic` of the device.
        identity: its X25519 public key, 32 bytes.
    """
    digest = hashlib.blake2b(signing + identity, digest_size=8, person=b"jitc1devprint").hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4)).upper()


def grouped(text: str) -> str:
    """Digits in groups of five, separated by spaces, for reading aloud."""
    return " ".join(text[at : at + GROUP_DIGITS] for at in range(0, len(text), GROUP_DIGITS))


def compare(given: str, expected: str) -> bool:
    """Tell whether a person gave the expected number; white space does not count."""
    typed = "".join(given.split())
    wanted = "".join(expected.split())
    return hmac.compare_digest(
        typed.encode(errors="surrogatepass"), wanted.encode(errors="surrogatepass")
    )
