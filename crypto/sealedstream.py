"""A stream that anybody can seal to a public key and only its secret half opens: backups.

Layout: `jitseal1` (8 B) | sealed key (80 B: crypto_box_seal of a fresh 32 B key) | header (24 B) |
chunks of crypto_secretstream_xchacha20poly1305, each of CHUNK_BYTES but the last, which carries the
final tag. A stream cut anywhere, or with chunks exchanged, does not open. Whoever has the public
key can make one: what is inside must prove itself. Imported by the store, therefore free of every
other key. libsodium draws the randomness. Spec: docs/protocol/73-backup.md §2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

import nacl.exceptions
from nacl import bindings, public

from protocol.errors import ForgedError, MalformedError

CHUNK_BYTES: Final = 1024 * 1024
SECRET_BYTES: Final = 32
_MAGIC: Final = b"jitseal1"
_KEY_BYTES: Final = 32
_SEALED_KEY_BYTES: Final = 80
_HEADER_BYTES: Final = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE_BYTES: Final = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_CUT: Final = "The sealed file was cut off or altered."


class StreamSecret:
    """The secret half (X25519, 32 B); it stays off-line."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise MalformedError("A secret key is 32 bytes.")
        self._key = public.PrivateKey(secret)

    @property
    def public(self) -> bytes:
        """The public half, 32 B."""
        return bytes(self._key.public_key)

    def unseal(self, sealed: bytes) -> bytes:
        """The stream's key.

        Raises:
            ForgedError: it was sealed to another key, or altered.
        """
        try:
            return bytes(public.SealedBox(self._key).decrypt(sealed))
        except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
            raise ForgedError("This key does not open the sealed file.") from error

    def __repr__(self) -> str:
        return "StreamSecret(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")


class Sealer:
    """Seals what is written, chunk by chunk, into `sink`; memory stays at one chunk."""

    def __init__(self, to: bytes, sink: Callable[[bytes], object]) -> None:
        if len(to) != SECRET_BYTES:
            raise MalformedError("A public key is 32 bytes.")
        key = bindings.randombytes(_KEY_BYTES)
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._sink, self._waiting = sink, bytearray()
        sink(_MAGIC + bytes(public.SealedBox(public.PublicKey(to)).encrypt(key)) + header)

    def write(self, data: bytes) -> None:
        """Add bytes; the last chunk waits for `close`."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._push(bytes(self._waiting[:CHUNK_BYTES]), _MESSAGE)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> None:
        """Write the last chunk, which says that it is the last."""
        self._push(bytes(self._waiting), _FINAL)
        self._waiting.clear()

    def _push(self, chunk: bytes, tag: int) -> None:
        push = bindings.crypto_secretstream_xchacha20poly1305_push
        self._sink(push(self._state, chunk, None, tag))


class Opener:
    """Opens a stream from `source(n)`, which gives n bytes and fewer only at its end."""

    def __init__(self, secret: StreamSecret, source: Callable[[int], bytes]) -> None:
        head = source(len(_MAGIC) + _SEALED_KEY_BYTES + _HEADER_BYTES)
        if len(head) != len(_MAGIC) + _SEALED_KEY_BYTES + _HEADER_BYTES:
            raise MalformedError("This is no sealed file.")
        if head[: len(_MAGIC)] != _MAGIC:
            raise MalformedError("This is no sealed file.")
        key = secret.unseal(head[len(_MAGIC) : -_HEADER_BYTES])
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(
            self._state, head[-_HEADER_BYTES:], key
        )
        self._source, self._open, self._ended = source, bytearray(), False

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the stream's true end.

        Raises:
            ForgedError: cut off, altered or exchanged; nothing after it is given out.
        """
        while len(self._open) < size and not self._ended:
            self._pull()
        found = bytes(self._open[:size])
        del self._open[:size]
        return found

    def _pull(self) -> None:
        sealed = self._source(CHUNK_BYTES + _MORE_BYTES)
        try:  # what is too short to be a chunk is refused there, too
            chunk, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed)
        except (nacl.exceptions.CryptoError, RuntimeError) as error:
            raise ForgedError(_CUT) from error
        self._open += chunk
        if tag == _FINAL:
            self._ended = True
            if self._source(1):
                raise ForgedError("Something was added behind the sealed file.")
