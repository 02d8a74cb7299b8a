"""Randomness that can be repeated: the same seed gives the same tokens."""

from __future__ import annotations

import hashlib


class Seeded:
    """SHAKE-256 over seed and counter; implements crypto.entropy.Entropy."""

    def __init__(self, seed: bytes | int) -> None:
        self._seed = seed if isinstance(seed, bytes) else seed.to_bytes(8, "big")
        self._count = 0

    def token(self, size: int) -> bytes:
        """The next `size` bytes; every call is independent of the sizes asked before."""
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(size)
