"""Exhibits as sealed parts: padding, the cut into parts, sealing and opening them.

A file is padded with zeros to its Padmé length, sealed chunk by chunk (`chunkcipher`) and cut
into parts of 256 chunks that travel on their own, in any order. The 56-byte header stands in
front of part 0. Spec: docs/protocol/50-files.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn

from crypto.chunkcipher import (
    FILES,
    SEALED_CHUNK_BYTES,
    Buffer,
    ChunkCipher,
    sealed_length,
)
from protocol.errors import BugError, ForgedError, LimitExceededError
from protocol.ids import FileId, SpaceId
from protocol.limits import (
    CHUNK_BYTES,
    CHUNKS_PER_PART,
    FILE_HEADER_BYTES,
    MAX_FILE_BYTES,
    PART_BYTES,
    PART_PLAIN_BYTES,
)

_CONTEXT: Final = b"jitc/v1/file\x00"


def padme(size: int) -> int:
    """Round `size` bytes up to its Padmé length: at most 12 % more, and few lengths to tell apart.

    After Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
    PURBs" (2019). Spec: docs/protocol/50-files.md §50.2.
    """
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    zeros = max(exponent - exponent.bit_length(), 0)
    mask = (1 << zeros) - 1
    return (size + mask) & ~mask


@dataclass(frozen=True, slots=True)
class FileShape:
    """Every length that follows from the true `size` in bytes.

    Attributes:
        padded: plaintext bytes that are sealed.
        parts: how many parts, at least one.
        sealed_bytes: all parts together, with the header.

    Raises:
        LimitExceededError: negative or above MAX_FILE_BYTES.
    """

    size: int
    padded: int = field(init=False)
    parts: int = field(init=False)
    sealed_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_FILE_BYTES:
            raise LimitExceededError(f"A file of {self.size} bytes exceeds {MAX_FILE_BYTES}.")
        padded = padme(self.size)
        object.__setattr__(self, "padded", padded)
        object.__setattr__(self, "parts", padded // PART_PLAIN_BYTES + 1)
        object.__setattr__(self, "sealed_bytes", FILE_HEADER_BYTES + sealed_length(padded))

    def plain_range(self, index: int) -> range:
        """True plaintext offsets of a part; empty where a part holds only padding."""
        start = self._check(index) * PART_PLAIN_BYTES
        return range(min(start, self.size), min(start + PART_PLAIN_BYTES, self.size))

    def padded_len(self, index: int) -> int:
        """Plaintext bytes of a part including padding."""
        return min(PART_PLAIN_BYTES, self.padded - self._check(index) * PART_PLAIN_BYTES)

    def sealed_len(self, index: int) -> int:
        """Bytes of a sealed part; part 0 includes the header."""
        if self._check(index) < self.parts - 1:
            body = PART_BYTES
        else:
            body = sealed_length(self.padded_len(index))
        return body + (FILE_HEADER_BYTES if index == 0 else 0)

    def sealed_range(self, index: int) -> range:
        """Offsets of a part in the whole sealed file."""
        start = self._check(index) * PART_BYTES + (FILE_HEADER_BYTES if index else 0)
        return range(start, start + self.sealed_len(index))

    def _check(self, index: int) -> int:
        if not 0 <= index < self.parts:
            raise LimitExceededError(f"Part {index} of a file of {self.parts} parts.")
        return index


class Sealer:
    """Seals the parts of one file under its own key; several threads may seal at once.

    Args:
        key: 32 random bytes for this file only.
        salt: 24 random bytes.
    """

    __slots__ = ("_cipher", "shape")

    def __init__(
        self, key: bytes, space: SpaceId, file: FileId, salt: bytes, shape: FileShape
    ) -> None:
        self._cipher = ChunkCipher(FILES, key, salt, _CONTEXT + space + file)
        self.shape: Final = shape

    def __repr__(self) -> str:
        return "Sealer(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    @property
    def header(self) -> bytes:
        """Salt and commitment, 56 bytes, the beginning of part 0."""
        return self._cipher.header

    @property
    def commitment(self) -> bytes:
        """What binds the sealed file to its key, 32 bytes; stands in the manifest."""
        return self._cipher.commitment

    def seal_part(self, index: int, plain: Buffer) -> bytearray:
        """Seal the true plaintext of one part; padding is added here.

        Raises:
            BugError: `plain` is not exactly `shape.plain_range(index)` long.
        """
        sealed = bytearray(self.shape.sealed_len(index))
        self.seal_into(index, plain, sealed)
        return sealed

    def seal_into(self, index: int, plain: Buffer, out: bytearray | memoryview) -> int:
        """As `seal_part`, into a reused buffer; return the sealed length."""
        if len(plain) != len(self.shape.plain_range(index)):
            raise BugError("A part was read with the wrong length.")
        end = self.shape.sealed_len(index)
        with memoryview(out) as view:
            start = 0
            if index == 0:
                start = FILE_HEADER_BYTES
                view[:start] = self.header
            self._cipher.seal(
                index * CHUNKS_PER_PART, plain, self.shape.padded_len(index), view[start:end]
            )
        return end


class Opener:
    """Opens parts and ranges of one file; several threads may open at once.

    Raises:
        ForgedError: the key does not belong to this salt and commitment.
    """

    __slots__ = ("_cipher", "shape")

    def __init__(
        self,
        key: bytes,
        space: SpaceId,
        file: FileId,
        salt: bytes,
        commitment: bytes,
        shape: FileShape,
    ) -> None:
        self._cipher = ChunkCipher(FILES, key, salt, _CONTEXT + space + file)
        self._cipher.check(commitment)
        self.shape: Final = shape

    def __repr__(self) -> str:
        return "Opener(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def open_part(self, index: int, sealed: Buffer) -> memoryview:
        """Open one part; return its plaintext without the padding.

        Raises:
            ForgedError: altered, cut, extended, or of another place or file.
        """
        plain = bytearray(self.shape.padded_len(index))
        return self.open_into(index, sealed, plain)

    def open_into(self, index: int, sealed: Buffer, out: bytearray) -> memoryview:
        """As `open_part`, into a reused buffer of at least `shape.padded_len(index)` bytes."""
        view = memoryview(sealed)
        if len(view) != self.shape.sealed_len(index):
            raise ForgedError("A part does not have the length its file gives it.")
        if index == 0:
            if view[:FILE_HEADER_BYTES] != self._cipher.header:
                raise ForgedError("A part begins with the header of another file.")
            view = view[FILE_HEADER_BYTES:]
        plain = memoryview(out)
        final = index == self.shape.parts - 1
        self._cipher.open(index * CHUNKS_PER_PART, view, plain, final=final)
        return plain[: len(self.shape.plain_range(index))]

    def open_range(self, start: int, stop: int, read: Callable[[int, int, int], Buffer]) -> bytes:
        """Open the true plaintext bytes `start` to `stop`, touching only the chunks they lie in.

        Args:
            start: first offset; clipped like a slice.
            stop: offset behind the last.
            read: gives the sealed bytes of (part index, offset within the part, length).

        Raises:
            ForgedError: a chunk is altered, missing, or of another place or file.
        """
        start, stop, _ = slice(start, stop).indices(self.shape.size)
        pieces = bytearray()
        while start < stop:
            index = start // PART_PLAIN_BYTES
            end = min(stop, (index + 1) * PART_PLAIN_BYTES)
            pieces += self._within(index, start, end, read)
            start = end
        return bytes(pieces)

    def _within(
        self, index: int, start: int, stop: int, read: Callable[[int, int, int], Buffer]
    ) -> memoryview:
        """The plaintext from `start` to `stop`, both inside part `index`."""
        first, last = start // CHUNK_BYTES, (stop - 1) // CHUNK_BYTES
        header = FILE_HEADER_BYTES if index == 0 else 0
        offset = header + (first - index * CHUNKS_PER_PART) * SEALED_CHUNK_BYTES
        length = min((last - first + 1) * SEALED_CHUNK_BYTES, self.shape.sealed_len(index) - offset)
        sealed = read(index, offset, length)
        if len(sealed) != length:
            raise ForgedError("A stored part is shorter than its file says.")
        plain = bytearray((last - first + 1) * CHUNK_BYTES)
        final = last == self.shape.padded // CHUNK_BYTES
        opened = self._cipher.open(first, sealed, memoryview(plain), final=final)
        begin = start - first * CHUNK_BYTES
        return memoryview(plain)[:opened][begin : begin + stop - start]
