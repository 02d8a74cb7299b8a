"""The leaf of a sealed part: its BLAKE3, the hash that costs a fifth of SHA-256.

Every byte of an exhibit is hashed as ciphertext at three places: where it is sealed, in the store,
where it arrives. The exhibit's own hash stays SHA-256, which a court's expert computes; this one
only programs compare (docs/adr/0067). `b3sum FILE` prints the same of a part that lies in a vault.
Spec: docs/protocol/50-files.md §50.5.
"""

from __future__ import annotations

from blake3 import blake3


def leaf(data: bytes | bytearray | memoryview) -> bytes:
    """Hash one sealed part, 32 bytes. Copies nothing; other threads run meanwhile."""
    return blake3(data).digest()


class Arriving:
    """The leaf of a part that comes in pieces."""

    __slots__ = ("_hash",)

    def __init__(self) -> None:
        self._hash = blake3()

    def add(self, piece: bytes | bytearray | memoryview) -> None:
        """The next bytes."""
        self._hash.update(piece)

    def leaf(self) -> bytes:
        """Of what came so far, 32 bytes."""
        return self._hash.digest()
