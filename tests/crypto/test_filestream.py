"""Sealed exhibits: the public vectors, and everything an attacker may do to parts."""

from __future__ import annotations

import pickle
import random

import nacl.bindings
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.chunkcipher import FILES
from crypto.filestream import FileShape, Opener, Sealer, padme
from protocol.errors import BugError, ForgedError, LimitExceededError
from protocol.ids import FileId, SpaceId
from protocol.limits import (
    CHUNK_BYTES,
    FILE_HEADER_BYTES,
    MAX_FILE_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    PART_BYTES,
    PART_PLAIN_BYTES,
    TAG_BYTES,
)

KEY = bytes(range(32))
SALT = bytes(range(100, 124))
SPACE = SpaceId(b"S" * 16)
FILE = FileId(b"F" * 16)

SIZES = [
    0,
    1,
    5_000,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    PART_PLAIN_BYTES - 1,
    PART_PLAIN_BYTES,
    PART_PLAIN_BYTES + 1,
    2 * PART_PLAIN_BYTES,
    2 * PART_PLAIN_BYTES + 300_000,
]


def plaintext(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def sealed_parts(size: int, file: FileId = FILE) -> list[bytearray]:
    shape = FileShape(size)
    sealer = Sealer(KEY, SPACE, file, SALT, shape)
    data = plaintext(size)
    spans = (shape.plain_range(i) for i in range(shape.parts))
    return [sealer.seal_part(i, data[s.start : s.stop]) for i, s in enumerate(spans)]


def opener(size: int, *, key: bytes = KEY, space: SpaceId = SPACE, file: FileId = FILE) -> Opener:
    commitment = Sealer(KEY, SPACE, FILE, SALT, FileShape(size)).commitment
    return Opener(key, space, file, SALT, commitment, FileShape(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens_to_the_same_bytes(size: int) -> None:
    parts = sealed_parts(size)
    reader = opener(size)

    opened = b"".join(bytes(reader.open_part(i, part)) for i, part in enumerate(parts))

    assert opened == plaintext(size)


@pytest.mark.parametrize("size", SIZES)
def test_the_parts_are_the_message_of_another_implementation(size: int) -> None:
    data = plaintext(size).ljust(padme(size), b"\0")
    sealer = Sealer(KEY, SPACE, FILE, SALT, FileShape(size))

    whole = b"".join(sealed_parts(size))

    assert whole == sealer.header + _seal_with_pynacl(data)


@pytest.mark.parametrize("size", SIZES)
def test_the_shape_foretells_every_length(size: int) -> None:
    shape = FileShape(size)
    parts = sealed_parts(size)

    assert [len(part) for part in parts] == [shape.sealed_len(i) for i in range(shape.parts)]
    assert sum(len(part) for part in parts) == shape.sealed_bytes
    assert [shape.sealed_range(i).stop for i in range(shape.parts)][-1] == shape.sealed_bytes
    assert all(shape.sealed_len(i) <= MAX_PART_BYTES for i in range(shape.parts))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, 0),
        (1, 1),
        (2, 2),
        (8, 8),
        (9, 10),
        (1000, 1024),
        (1023, 1024),
        (2**30 + 1, 2**30 + 2**25),
    ],
)
def test_padme_rounds_up_to_few_lengths(size: int, expected: int) -> None:
    assert padme(size) == expected


@given(st.integers(0, MAX_FILE_BYTES))
def test_i27_padding_costs_at_most_an_eighth_and_hides_the_size(size: int) -> None:
    shape = FileShape(size)

    assert size <= shape.padded <= size + max(size // 8, 1)
    assert FileShape(shape.padded).sealed_bytes == shape.sealed_bytes
    assert 1 <= shape.parts <= MAX_PARTS


@given(st.integers(0, 2**34), st.integers(0, 10**6))
def test_the_ranges_of_parts_join_without_gap(size: int, pick: int) -> None:
    shape = FileShape(size)
    index = pick % shape.parts

    start = shape.sealed_range(index).start
    assert start == (shape.sealed_range(index - 1).stop if index else 0)
    assert shape.plain_range(index).start == min(index * PART_PLAIN_BYTES, size)


@pytest.mark.parametrize("size", [-1, MAX_FILE_BYTES + 1])
def test_a_file_beyond_the_limit_is_refused(size: int) -> None:
    with pytest.raises(LimitExceededError):
        FileShape(size)


@pytest.mark.parametrize("index", [-1, 1])
def test_a_part_that_does_not_exist_is_refused(index: int) -> None:
    with pytest.raises(LimitExceededError):
        FileShape(1).sealed_len(index)


@pytest.mark.parametrize("size", [1, PART_PLAIN_BYTES + 1])
def test_a_part_read_with_the_wrong_length_is_not_sealed(size: int) -> None:
    with pytest.raises(BugError):
        Sealer(KEY, SPACE, FILE, SALT, FileShape(size)).seal_part(0, b"")


def test_i21_a_part_moved_to_another_place_does_not_open() -> None:
    parts = sealed_parts(3 * PART_PLAIN_BYTES)
    reader = opener(3 * PART_PLAIN_BYTES)

    with pytest.raises(ForgedError):
        reader.open_part(1, parts[2])
    with pytest.raises(ForgedError):
        reader.open_part(2, parts[1])


def test_a_part_moved_to_another_file_or_space_does_not_open() -> None:
    size = 2 * PART_PLAIN_BYTES
    foreign = sealed_parts(size, FileId(b"G" * 16))

    with pytest.raises(ForgedError):
        opener(size).open_part(0, foreign[0])
    with pytest.raises(ForgedError):
        opener(size).open_part(1, foreign[1])


@pytest.mark.parametrize(
    "changed",
    [{"key": bytes(32)}, {"space": SpaceId(bytes(16))}, {"file": FileId(bytes(16))}],
    ids=["key", "space", "file"],
)
def test_i25_a_wrong_key_or_place_fails_at_the_commitment(changed: dict[str, bytes]) -> None:
    with pytest.raises(ForgedError):
        opener(1, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change", ["cut", "extend", "chunk gone", "last chunk gone", "chunk twice", "chunks swapped"]
)
def test_i21_a_part_cut_extended_or_with_chunks_rearranged_does_not_open(change: str) -> None:
    size = 3 * PART_PLAIN_BYTES
    part = bytes(sealed_parts(size)[1])
    step = CHUNK_BYTES + TAG_BYTES
    one, two, rest = part[:step], part[step : 2 * step], part[2 * step :]
    forged = {
        "cut": part[:-1],
        "extend": part + b"\0",
        "chunk gone": one + rest,
        "last chunk gone": part[:-step],
        "chunk twice": one + one + rest,
        "chunks swapped": two + one + rest,
    }[change]

    with pytest.raises(ForgedError):
        opener(size).open_part(1, forged)


@pytest.mark.parametrize("where", [0, 30, FILE_HEADER_BYTES, 5_000, -1])
def test_one_flipped_bit_anywhere_is_noticed(where: int) -> None:
    part = sealed_parts(5_000)[0]
    part[where] ^= 1

    with pytest.raises(ForgedError):
        opener(5_000).open_part(0, part)


def test_the_whole_cut_at_a_chunk_is_not_a_shorter_file() -> None:
    part = sealed_parts(3 * CHUNK_BYTES)[0]
    shorter = part[: FILE_HEADER_BYTES + 2 * (CHUNK_BYTES + TAG_BYTES) + TAG_BYTES]

    with pytest.raises(ForgedError):
        opener(2 * CHUNK_BYTES).open_part(0, shorter)


@given(st.data())
def test_i22_a_random_range_equals_the_slice(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES))
    start = data.draw(st.integers(-5, size + 5))
    stop = data.draw(st.integers(-5, size + 5))
    parts = _PARTS.setdefault(size, sealed_parts(size))
    touched: list[int] = []

    def read(index: int, offset: int, length: int) -> bytearray:
        touched.append(length)
        return parts[index][offset : offset + length]

    got = opener(size).open_range(start, stop, read)

    assert got == plaintext(size)[start:stop]
    assert sum(touched) <= (len(got) // CHUNK_BYTES + 4) * (CHUNK_BYTES + TAG_BYTES)


_PARTS: dict[int, list[bytearray]] = {}


def test_a_range_over_an_altered_chunk_does_not_open() -> None:
    part = sealed_parts(3 * CHUNK_BYTES)[0]
    part[FILE_HEADER_BYTES + CHUNK_BYTES + TAG_BYTES] ^= 1

    def read(_index: int, offset: int, length: int) -> bytearray:
        return part[offset : offset + length]

    reader = opener(3 * CHUNK_BYTES)
    assert reader.open_range(0, 10, read) == plaintext(3 * CHUNK_BYTES)[:10]
    with pytest.raises(ForgedError):
        reader.open_range(0, CHUNK_BYTES + 1, read)
    with pytest.raises(ForgedError):
        reader.open_range(0, 10, lambda *_: b"short")


def test_a_range_whose_last_chunk_is_missing_is_not_a_shorter_range() -> None:
    part = sealed_parts(3 * CHUNK_BYTES)[0]

    def read(_index: int, offset: int, length: int) -> bytearray:
        return part[offset : offset + length - CHUNK_BYTES - TAG_BYTES]

    with pytest.raises(ForgedError):
        opener(3 * CHUNK_BYTES).open_range(0, 2 * CHUNK_BYTES, read)


def test_reused_buffers_hold_the_same_bytes() -> None:
    size = PART_PLAIN_BYTES + 10
    shape = FileShape(size)
    out = bytearray(b"x" * MAX_PART_BYTES)
    plain = bytearray(b"x" * PART_PLAIN_BYTES)
    sealer = Sealer(KEY, SPACE, FILE, SALT, shape)

    end = sealer.seal_into(1, plaintext(size)[PART_PLAIN_BYTES:], out)
    opened = opener(size).open_into(1, memoryview(out)[:end], plain)

    assert out[:end] == sealed_parts(size)[1]
    assert opened == plaintext(size)[PART_PLAIN_BYTES:]


@pytest.mark.parametrize("secret", [Sealer(KEY, SPACE, FILE, SALT, FileShape(1)), opener(1)])
def test_keys_show_and_pickle_nothing(secret: object) -> None:
    assert "redacted" in f"{secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_full_parts_have_the_length_of_the_limits() -> None:
    assert FileShape(3 * PART_PLAIN_BYTES).sealed_len(1) == PART_BYTES
    assert FileShape(3 * PART_PLAIN_BYTES).sealed_len(0) == MAX_PART_BYTES
    assert FILES.name == b"AEAD_CHACHA20_POLY1305"


def _seal_with_pynacl(data: bytes) -> bytes:
    """The body of the message, written a second time over HMAC and libsodium."""
    import hashlib
    import hmac

    info = b"c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305\x00" + SALT
    info += b"jitc/v1/file\x00" + SPACE + FILE
    first = hmac.digest(KEY, info + b"\x01", hashlib.sha512)
    stream = first + hmac.digest(KEY, first + info + b"\x02", hashlib.sha512)
    key, base = stream[:32], stream[32:44]
    out = []
    for number in range(len(data) // CHUNK_BYTES + 1):
        nonce = bytes(a ^ b for a, b in zip(base, number.to_bytes(12, "big"), strict=True))
        chunk = data[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        out.append(nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(chunk, None, nonce, key))
    return b"".join(out)
