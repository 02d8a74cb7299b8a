"""What waits on one's own disk opens with its own key, in its place, whole, and not otherwise."""

from __future__ import annotations

import pickle

import pytest

from crypto.chunkcipher import SEALED_CHUNK_BYTES
from crypto.spool import SpoolCipher, plain_length
from protocol.errors import ForgedError
from protocol.ids import FileId, SpaceId
from protocol.limits import CHUNK_BYTES

KEY, SPACE, FILE = b"k" * 32, SpaceId(b"s" * 16), FileId(b"f" * 16)


def opened(cipher: SpoolCipher, sealed: bytes, *, first: int = 0, final: bool = True) -> bytes:
    out = memoryview(bytearray(4 * CHUNK_BYTES))
    return bytes(out[: cipher.open(first, sealed, out, final=final)])


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7])
def test_what_was_sealed_in_blocks_opens_as_a_whole(size: int) -> None:
    plain, cipher = bytes(range(256)) * (size // 256 + 1), SpoolCipher(KEY, SPACE, FILE)
    plain = plain[:size]
    whole = size // CHUNK_BYTES

    sealed = b"".join(
        bytes(cipher.seal(n, plain[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES], final=False))
        for n in range(whole)
    ) + bytes(cipher.seal(whole, plain[whole * CHUNK_BYTES :], final=True))

    assert plain_length(len(sealed)) == size
    assert opened(cipher, sealed) == plain


def test_another_key_space_file_place_or_a_cut_does_not_open() -> None:
    sealed = bytes(SpoolCipher(KEY, SPACE, FILE).seal(0, b"x" * CHUNK_BYTES + b"y", final=True))
    right = SpoolCipher(KEY, SPACE, FILE)
    others = (
        SpoolCipher(b"K" * 32, SPACE, FILE),
        SpoolCipher(KEY, SpaceId(b"S" * 16), FILE),
        SpoolCipher(KEY, SPACE, FileId(b"F" * 16)),
    )

    for cipher in others:
        with pytest.raises(ForgedError):
            opened(cipher, sealed)
    with pytest.raises(ForgedError):
        opened(right, sealed, first=1)
    with pytest.raises(ForgedError):
        opened(right, sealed[:-1])
    with pytest.raises(ForgedError):
        opened(right, sealed[SEALED_CHUNK_BYTES:])


def test_its_key_is_not_shown_and_not_pickled() -> None:
    cipher = SpoolCipher(KEY, SPACE, FILE)

    assert repr(cipher) == "SpoolCipher(<redacted>)"
    with pytest.raises(TypeError):
        pickle.dumps(cipher)
