"""The hash of a sealed part is BLAKE3, also when the part comes in pieces."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle, partleaf

# Lengths around a block, a chunk and a tree of several, and hashes: BLAKE3's published test values.
PUBLISHED = {
    0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    1023: "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    1024: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    1025: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    4096: "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969",
    7169: "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817",
}
PIECES = st.lists(st.binary(max_size=3000), max_size=6)


def counting(size: int) -> bytes:
    """The input of the published values: 0 to 250, again and again."""
    return bytes(at % 251 for at in range(size))


@pytest.mark.parametrize("size", PUBLISHED)
def test_leaves_equal_the_published_values(size: int) -> None:
    assert partleaf.leaf(counting(size)).hex() == PUBLISHED[size]


@given(PIECES)
def test_a_part_that_comes_in_pieces_has_the_same_leaf(pieces: list[bytes]) -> None:
    arriving = partleaf.Arriving()
    for piece in pieces:
        arriving.add(piece)

    assert arriving.leaf() == partleaf.leaf(b"".join(pieces))
    assert arriving.leaf() == partleaf.leaf(memoryview(bytearray(b"".join(pieces))))


def test_an_inner_node_of_the_tree_is_no_part() -> None:
    left, right = partleaf.leaf(b"left"), partleaf.leaf(b"right")
    top = merkle.root([left, right])

    assert top == hashlib.sha256(b"\x01" + left + right).digest()
    assert partleaf.leaf(b"\x01" + left + right) != top
