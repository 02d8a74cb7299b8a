"""The tree over a file's parts."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from protocol.errors import MalformedError

# The test tree and tree heads that Certificate Transparency implementations share.
RFC_INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
RFC_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

LEAVES = st.lists(st.binary(max_size=8).map(merkle.leaf), min_size=1, max_size=70)


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_equal_the_certificate_transparency_test_tree(count: int) -> None:
    leaves = [merkle.leaf(data) for data in RFC_INPUTS[:count]]

    assert merkle.root(leaves).hex() == RFC_ROOTS[count - 1]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_a_leaf_hashes_any_buffer_alike() -> None:
    data = b"exhibit"

    assert merkle.leaf(memoryview(bytearray(data))) == merkle.leaf(data)


@given(LEAVES)
def test_the_builder_agrees_with_the_recursive_definition(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == _by_definition(leaves)


@given(LEAVES)
def test_a_root_may_be_read_between_two_leaves(leaves: list[bytes]) -> None:
    builder = merkle.Builder()

    for count, item in enumerate(leaves, start=1):
        builder.add(item)
        assert builder.root() == _by_definition(leaves[:count])
    assert builder.count == len(leaves)


@given(LEAVES, st.data())
def test_a_proof_holds_for_its_own_place_only(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.proof(leaves, index)
    top = merkle.root(leaves)

    assert merkle.verify_proof(leaves[index], index, len(leaves), path, top)
    other = data.draw(st.integers(0, len(leaves) - 1))
    if leaves[other] != leaves[index]:
        assert not merkle.verify_proof(leaves[other], index, len(leaves), path, top)
        assert not merkle.verify_proof(leaves[index], other, len(leaves), path, top)


def test_a_changed_short_or_long_path_proves_nothing() -> None:
    leaves = [merkle.leaf(bytes([i])) for i in range(7)]
    top = merkle.root(leaves)
    path = merkle.proof(leaves, 2)

    assert not merkle.verify_proof(leaves[2], 2, 7, path[:-1], top)
    assert not merkle.verify_proof(leaves[2], 2, 7, (*path, path[0]), top)
    assert not merkle.verify_proof(leaves[2], 2, 7, (path[0][:31], *path[1:]), top)
    assert not merkle.verify_proof(leaves[2], 2, 7, (bytes(32), *path[1:]), top)
    assert not merkle.verify_proof(leaves[2], 7, 7, path, top)
    assert not merkle.verify_proof(leaves[2], 2, 7, path, bytes(32))


def test_an_inner_node_cannot_pose_as_a_part() -> None:
    left, right = merkle.leaf(b"a"), merkle.leaf(b"b")

    assert merkle.leaf(left + right) != merkle.root([left, right])


def test_a_leaf_that_is_not_a_hash_is_refused() -> None:
    with pytest.raises(MalformedError):
        merkle.root([b"short"])


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_for_a_missing_leaf(index: int) -> None:
    with pytest.raises(MalformedError):
        merkle.proof([bytes(32)] * 3, index)


def _by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, written down literally."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _by_definition(leaves[:split]), _by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()
