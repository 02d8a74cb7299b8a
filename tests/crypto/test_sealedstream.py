from __future__ import annotations

import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.sealedstream import CHUNK_BYTES, Opener, Sealer, StreamSecret
from protocol.errors import ForgedError, MalformedError

SECRET = StreamSecret(bytes(range(32)))
OTHER = StreamSecret(bytes(range(1, 33)))


def sealed(data: bytes, step: int = 100_000) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(SECRET.public, out.write)
    for start in range(0, len(data), step):
        sealer.write(data[start : start + step])
    sealer.close()
    return out.getvalue()


def opened(data: bytes, secret: StreamSecret = SECRET) -> bytes:
    opener = Opener(secret, io.BytesIO(data).read)
    found = bytearray()
    while piece := opener.read(70_001):
        found += piece
    return bytes(found)


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]
)
def test_what_is_sealed_opens_to_the_same_bytes(size: int) -> None:
    data = bytes(n % 251 for n in range(size))

    assert opened(sealed(data)) == data


def test_only_its_own_secret_opens_it() -> None:
    with pytest.raises(ForgedError):
        opened(sealed(b"x"), OTHER)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_flipped_byte_anywhere_is_refused(place: int, change: int) -> None:
    data = bytearray(sealed(b"some bytes"))
    data[place % len(data)] ^= change

    with pytest.raises((ForgedError, MalformedError)):
        opened(bytes(data))


@given(st.integers(min_value=0))
def test_a_stream_cut_anywhere_is_refused(place: int) -> None:
    data = sealed(b"some bytes")

    with pytest.raises((ForgedError, MalformedError)):
        opened(data[: place % len(data)])


def test_what_ends_within_its_head_is_no_sealed_file() -> None:
    data = sealed(b"some bytes")

    for place in range(8 + 80 + 24):
        with pytest.raises(MalformedError, match="no sealed file"):
            opened(data[:place])


def test_a_stream_without_its_last_chunk_is_refused_whatever_its_chunks_are() -> None:
    out = io.BytesIO()
    sealer = Sealer(SECRET.public, out.write)
    sealer.write(b"a chunk that is not the last and not full")
    sealer._push(bytes(sealer._waiting), 0)

    with pytest.raises(ForgedError, match="cut off"):
        opened(out.getvalue())


def test_a_chunk_removed_exchanged_or_added_is_refused() -> None:
    data = sealed(bytes(3 * CHUNK_BYTES))
    head, size = 8 + 80 + 24, CHUNK_BYTES + 17
    chunks = [data[head + n * size : head + (n + 1) * size] for n in range(3)]
    assert b"".join([data[:head], *chunks]) == data

    for wrong in ([0, 2], [1, 0, 2], [0, 1], [0, 0, 1, 2], [0, 1, 2, 2]):
        with pytest.raises(ForgedError):
            opened(data[:head] + b"".join(chunks[n] for n in wrong))


def test_a_secret_shows_nothing() -> None:
    assert "redacted" in repr(SECRET)
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    with pytest.raises(MalformedError):
        StreamSecret(b"short")
    with pytest.raises(MalformedError):
        Sealer(b"short", lambda _: None)
