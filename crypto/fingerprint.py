"""Safety numbers: 60 digits two people compare to know that nobody stands between them.

Signal's numeric fingerprint over the users' signing keys, so that its public test values apply.
Both sides compute the same digits; a substituted key changes half of them.
Spec: docs/protocol/20-identities.md, docs/protocol/80-vault.md §80.5.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from protocol.ids import UserId

ITERATIONS: Final = 5_200
HALF_DIGITS: Final = 30
GROUP_DIGITS: Final = 5
_VERSION: Final = b"\x00\x00"
_GROUP_BYTES: Final = 5


def half(user: UserId, user_key: bytes) -> str:
    """The 30 digits of one user: SHA-512 over version || key || id, iterated 5 200 times.

    Args:
        user: the user's id.
        user_key: the encoded `SigningPublic` of the user.
    """
    digest = _VERSION + user_key + user
    for _ in range(ITERATIONS):
        digest = hashlib.sha512(digest + user_key).digest()
    groups = (
        int.from_bytes(digest[start : start + _GROUP_BYTES]) % 10**GROUP_DIGITS
        for start in range(0, HALF_DIGITS, _GROUP_BYTES)
    )
    return "".join(f"{group:0{GROUP_DIGITS}}" for group in groups)


def safety_number(one: tuple[UserId, bytes], other: tuple[UserId, bytes]) -> str:
    """The 60 digits of two users, each given as (id, encoded key); the order does not matter."""
    return "".join(sorted((half(*one), half(*other))))


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
