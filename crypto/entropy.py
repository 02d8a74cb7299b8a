"""Randomness as an argument, so that a run can be repeated from a seed in tests.

Spec: docs/protocol/20-identities.md §5.
"""

from __future__ import annotations

import secrets
from typing import Final, Protocol

from protocol.errors import BugError


class Entropy(Protocol):
    """A source of random bytes."""

    def token(self, size: int) -> bytes:
        """Exactly `size` fresh random bytes."""
        ...


class _System:
    """The operating system's generator."""

    def token(self, size: int) -> bytes:
        """`size` bytes from the operating system."""
        return secrets.token_bytes(size)


SYSTEM: Final[Entropy] = _System()
"""The only source that product code passes in."""


def draw(entropy: Entropy, size: int) -> bytes:
    """Take `size` bytes and check the length: a short nonce or key must never pass unnoticed.

    Raises:
        BugError: the source returned another number of bytes.
    """
    token = entropy.token(size)
    if len(token) != size:
        raise BugError("The source of randomness returned too few or too many bytes.")
    return token
