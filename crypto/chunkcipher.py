"""C2SP chunked-encryption@v1: a large message as independently sealed 16 KiB chunks.

One key, base nonce and commitment come from the input key by HKDF-Expand; chunk `n` is sealed
under the base nonce XOR `n`. The last chunk is always shorter than 16 KiB, which makes every
truncation and every extension fail. AEAD and hash are parameters so that the public test vectors
apply; the product uses `FILES` only. Spec: docs/protocol/50-files.md §50.3.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from protocol.errors import ForgedError
from protocol.limits import CHUNK_BYTES, TAG_BYTES

Buffer: TypeAlias = bytes | bytearray | memoryview
SALT_BYTES: Final = 24
COMMITMENT_BYTES: Final = 32
MAX_CHUNKS: Final = 1 << 38
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES
_NONCE_BYTES: Final = 12
_INFO: Final = b"c2sp.org/chunked-encryption@v1+"
_ZEROS: Final = bytes(CHUNK_BYTES)


@dataclass(frozen=True, slots=True)
class Suite:
    """An AEAD by its IANA name, its key length in bytes, and the hash of the key derivation."""

    name: bytes
    key_bytes: int
    cipher: Callable[[bytes], ChaCha20Poly1305 | AESGCM]
    hash: Callable[[], hashes.HashAlgorithm]


FILES: Final = Suite(b"AEAD_CHACHA20_POLY1305", 32, ChaCha20Poly1305, hashes.SHA512)
"""The only suite of the product."""


class ChunkCipher:
    """Seals and opens chunks of one message. Safe to use from several threads at once.

    Args:
        suite: `FILES`, or another for the public vectors.
        key: uniformly random input key, `suite.key_bytes` long, for this message only.
        salt: 24 random bytes, stored in front of the message.
        context: what the message is bound to.

    Raises:
        ForgedError: the key or the salt has another length (no such message was ever sealed).
    """

    __slots__ = ("_aead", "_base", "commitment", "salt")

    def __init__(self, suite: Suite, key: bytes, salt: bytes, context: bytes) -> None:
        if len(key) != suite.key_bytes or len(salt) != SALT_BYTES:
            raise ForgedError("A file key or a salt has the wrong length.")
        info = _INFO + suite.name + b"\x00" + salt + context
        size = suite.key_bytes + _NONCE_BYTES + COMMITMENT_BYTES
        stream = HKDFExpand(suite.hash(), size, info).derive(key)
        base_end = suite.key_bytes + _NONCE_BYTES
        self._aead = suite.cipher(stream[: suite.key_bytes])
        self._base = int.from_bytes(stream[suite.key_bytes : base_end])
        self.salt: Final = salt
        self.commitment: Final = stream[base_end:]

    def __repr__(self) -> str:
        return "ChunkCipher(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    @property
    def header(self) -> bytes:
        """Salt and commitment, 56 bytes: the beginning of the sealed message."""
        return self.salt + self.commitment

    def check(self, commitment: bytes) -> None:
        """Refuse any key but the one this message was sealed under.

        Raises:
            ForgedError: the commitment is another one.
        """
        if not hmac.compare_digest(commitment, self.commitment):
            raise ForgedError("The file key is not the one this exhibit was sealed with.")

    def seal(self, first: int, plain: Buffer, length: int, out: memoryview) -> None:
        """Seal `length` bytes as chunks `first`, `first` + 1, ... until `out` is full.

        Bytes of `plain` beyond its end count as zeros. `out` decides how many chunks there are:
        a message ends with a short chunk, which is empty behind a multiple of 16 KiB.
        """
        view = memoryview(plain)
        at = start = 0
        number = first
        while at < len(out):
            size = min(CHUNK_BYTES, length - start)
            end = at + size + TAG_BYTES
            self._aead.encrypt_into(
                self._nonce(number), _piece(view, start, size), None, out[at:end]
            )
            at, start, number = end, start + size, number + 1

    def open(self, first: int, sealed: Buffer, out: memoryview, *, final: bool) -> int:
        """Open chunks `first`, `first` + 1, ... into `out`; return how many bytes it now holds.

        `final` says whether the message ends here: its last chunk, and no other, is short.
        Nothing in `out` may be used when this raises.

        Raises:
            ForgedError: a chunk is altered, moved, missing, added or of another message.
        """
        view = memoryview(sealed)
        if (len(view) % SEALED_CHUNK_BYTES > 0) is not final:
            raise ForgedError("A file was cut short or made longer.")
        written = 0
        for number, start in enumerate(range(0, len(view), SEALED_CHUNK_BYTES), start=first):
            piece = view[start : start + SEALED_CHUNK_BYTES]
            size = len(piece) - TAG_BYTES
            if size < 0 or written + size > len(out):
                raise ForgedError("A chunk has an impossible length.")
            try:
                self._aead.decrypt_into(
                    self._nonce(number), piece, None, out[written : written + size]
                )
            except InvalidTag as error:
                raise ForgedError("A chunk does not carry the tag of its place.") from error
            written += size
        return written

    def _nonce(self, number: int) -> bytes:
        if not 0 <= number < MAX_CHUNKS:
            raise ForgedError("A file has more chunks than the format allows.")
        return (self._base ^ number).to_bytes(_NONCE_BYTES)


def sealed_length(plain: int) -> int:
    """Bytes of a whole message of `plain` bytes without its header: every chunk gains a tag."""
    return plain + (plain // CHUNK_BYTES + 1) * TAG_BYTES


def _piece(view: memoryview, start: int, size: int) -> Buffer:
    """`size` bytes from `start`, with zeros where `view` has ended; copies at most one chunk."""
    piece = view[start : start + size]
    if len(piece) == size:
        return piece
    return bytes(piece) + _ZEROS[: size - len(piece)] if len(piece) else _ZEROS[:size]
