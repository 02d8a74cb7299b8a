"""The tree as it is kept, against the tree by its definition."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centralstore import tiles
from centralstore.tiles import Tree
from crypto import merkle


class Memory:
    """Tiles in a dictionary, with a count of how often each is touched."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.touched: Counter[str] = Counter()

    def get(self, level: int, number: int) -> bytes:
        self.touched["get"] += 1
        return self.tiles.get((level, number), b"")

    def put(self, level: int, number: int, hashes: bytes) -> None:
        self.touched["put"] += 1
        self.tiles[level, number] = hashes


LEAVES = [merkle.leaf(number.to_bytes(4, "big")) for number in range(70_000)]


def grown(*sizes: int) -> Memory:
    made, size = Memory(), 0
    for wanted in sizes:
        assert tiles.append(made, size, LEAVES[size:wanted]) == wanted
        size = wanted
    return made


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1_500), min_size=1, max_size=6).map(sorted))
def test_any_batches_make_the_tree_of_the_definition(sizes: list[int]) -> None:
    memory = grown(*sizes)

    for size in (*sizes, sizes[-1] // 2):
        assert Tree(memory).root(size) == merkle.root(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 65_535, 65_536, 65_537, 70_000])
def test_every_edge_of_a_tile_gives_roots_and_proofs(size: int) -> None:
    memory = grown(size // 3, size)
    tree = Tree(memory)
    root = merkle.root(LEAVES[:size])

    assert tree.root(size) == root
    for index in {0, size // 2, size - 1}:
        path = tree.inclusion(index, size)
        assert merkle.verify_proof(LEAVES[index], index, size, path, root)
    for first in {1, max(1, size // 2), size}:
        older = merkle.root(LEAVES[:first])
        path = tree.consistency(first, size)
        assert merkle.verify_consistency(first, older, size, root, path)


def test_adding_and_proving_touch_a_few_tiles_however_long_the_log_is() -> None:
    """Counted, not timed: one row more, one root, one proof, on a tree of 70,000 leaves."""
    memory = grown(69_999)
    memory.touched.clear()

    tiles.append(memory, 69_999, LEAVES[69_999:70_000])
    assert memory.touched == {"get": 1, "put": 1}

    memory.touched.clear()
    Tree(memory).root(70_000)
    assert memory.touched["get"] <= 17  # one for each bit of the size
    memory.touched.clear()
    Tree(memory).inclusion(33_333, 70_000)
    assert memory.touched["get"] <= 34
    memory.touched.clear()
    Tree(memory).consistency(33_333, 70_000)
    assert memory.touched["get"] <= 34


def test_kept_are_the_leaves_and_one_part_in_255_of_them() -> None:
    memory = grown(*range(1_000, 70_001, 1_000))

    kept = sum(len(hashes) for hashes in memory.tiles.values()) // 32

    assert kept == 70_000 + 70_000 // 256 + 70_000 // 65_536
