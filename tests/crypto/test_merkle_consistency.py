"""That one tree begins another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle

LEAVES = [merkle.leaf(bytes([number])) for number in range(70)]


def subtree(low: int, high: int) -> bytes:
    return merkle.root(LEAVES[low:high])


def path_of(first: int, second: int) -> tuple[bytes, ...]:
    return merkle.consistency(first, second, subtree)


def holds(first: int, second: int, path: tuple[bytes, ...]) -> bool:
    return merkle.verify_consistency(first, subtree(0, first), second, subtree(0, second), path)


SIZES = st.tuples(st.integers(1, 70), st.integers(1, 70)).map(sorted)


@given(SIZES)
def test_the_path_is_that_of_the_definition_and_holds(sizes: list[int]) -> None:
    first, second = sizes

    path = path_of(first, second)

    assert path == tuple(_by_definition(first, 0, second, whole=True))
    assert holds(first, second, path)
    assert len(path) <= 8


@given(SIZES, st.integers(0, 69))
def test_a_tree_with_one_other_leaf_is_not_continued(sizes: list[int], place: int) -> None:
    first, second = sizes
    forged = list(LEAVES)
    forged[place % first] = merkle.leaf(b"edited afterwards")
    path = merkle.consistency(first, second, lambda low, high: merkle.root(forged[low:high]))

    assert not merkle.verify_consistency(
        first, subtree(0, first), second, merkle.root(forged[:second]), path
    )


@given(SIZES, st.data())
def test_a_path_altered_anywhere_proves_nothing(sizes: list[int], data: st.DataObject) -> None:
    first, second = sizes
    path = path_of(first, second)
    place = data.draw(st.integers(0, len(path)))

    assert not holds(first, second, (*path[:place], bytes(32), *path[place:]))
    if path:
        place %= len(path)
        assert not holds(first, second, (*path[:place], *path[place + 1 :]))
        assert not holds(first, second, (*path[:place], bytes(32), *path[place + 1 :]))
        assert not holds(first, second, (*path[:place], path[place][:31], *path[place + 1 :]))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (-1, 5), (6, 5)])
def test_sizes_that_no_log_had_in_that_order_prove_nothing(first: int, second: int) -> None:
    root = subtree(0, 5)

    assert not merkle.verify_consistency(first, root, second, root, ())


def test_the_same_size_needs_the_same_root_and_no_path() -> None:
    assert holds(5, 5, ())
    assert not holds(5, 5, (bytes(32),))
    assert not merkle.verify_consistency(5, subtree(0, 5), 5, subtree(0, 6), ())


def test_growth_without_a_path_proves_nothing() -> None:
    assert not holds(3, 5, ())
    assert not holds(4, 8, ())


def test_the_newer_root_counts_as_much_as_the_older_one() -> None:
    path = path_of(3, 7)

    assert not merkle.verify_consistency(3, subtree(0, 3), 7, bytes(32), path)
    assert not merkle.verify_consistency(3, bytes(32), 7, subtree(0, 7), path)


def test_a_path_for_another_size_does_not_end_early() -> None:
    """Every hash is used, and the way up ends at the top."""
    assert not holds(3, 8, path_of(3, 7))
    assert not merkle.verify_consistency(2, subtree(0, 2), 9, subtree(0, 4), path_of(2, 4))


def _by_definition(first: int, low: int, high: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2 over leaves `low` to `high`, of which `first` are old."""
    if first == high - low:
        return [] if whole else [subtree(low, high)]
    split = 1
    while split * 2 < high - low:
        split *= 2
    if first <= split:
        left = _by_definition(first, low, low + split, whole=whole)
        return [*left, subtree(low + split, high)]
    right = _by_definition(first - split, low + split, high, whole=False)
    return [*right, subtree(low, low + split)]
