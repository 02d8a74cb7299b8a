"""Sealing what waits on one's own disk: blocks of chunks under a key that is used for it alone.

The same chunks as an exhibit's (`chunkcipher`), bound to space and file under a context of its own.
The length need not be known before the end. Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

from typing import Final, NoReturn

from crypto.chunkcipher import (
    FILES,
    SALT_BYTES,
    SEALED_CHUNK_BYTES,
    Buffer,
    ChunkCipher,
    sealed_length,
)
from protocol.ids import FileId, SpaceId
from protocol.limits import CHUNK_BYTES

_CONTEXT: Final = b"jitc/v1/spool\x00"
_TAG_BYTES: Final = SEALED_CHUNK_BYTES - CHUNK_BYTES


class SpoolCipher:
    """Seals and opens the chunks of one spooled file; safe in several threads.

    Args:
        key: 32 random bytes for this file only; no other salt is needed then.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes, space: SpaceId, file: FileId) -> None:
        self._cipher = ChunkCipher(FILES, key, bytes(SALT_BYTES), _CONTEXT + space + file)

    def __repr__(self) -> str:
        return "SpoolCipher(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def seal(self, first: int, plain: Buffer, *, final: bool) -> bytearray:
        """Seal a block that begins at chunk `first`: whole chunks, unless it is the `final` one."""
        length = len(plain)
        size = sealed_length(length) if final else length // CHUNK_BYTES * SEALED_CHUNK_BYTES
        sealed = bytearray(size)
        self._cipher.seal(first, plain, length, memoryview(sealed))
        return sealed

    def open(self, first: int, sealed: Buffer, out: memoryview, *, final: bool) -> int:
        """Open chunks into `out`; how many bytes it now holds.

        Raises:
            ForgedError: altered, cut, or of another place or file.
        """
        return self._cipher.open(first, sealed, out, final=final)


def plain_length(sealed: int) -> int:
    """How many bytes a whole spooled file of `sealed` bytes holds; negative: it is none."""
    whole, rest = divmod(sealed, SEALED_CHUNK_BYTES)
    return whole * CHUNK_BYTES + rest - _TAG_BYTES
