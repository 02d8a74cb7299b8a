"""The Merkle trees over a file's leaves and over the access log: RFC 6962 with SHA-256.

Leaf and node carry different first bytes, so no inner node can be passed off as a row; the leaf
of a part is another hash altogether (`crypto.partleaf`). The store imports this module to
recompute the root; it needs no key.
Spec: docs/protocol/50-files.md §50.5, docs/protocol/72-access-log.md §2.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from protocol.errors import MalformedError

HASH_BYTES: Final = 32
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf(data: bytes | bytearray | memoryview) -> bytes:
    """Hash one row of the access log as a leaf: SHA-256(0x00 || data), 32 bytes.

    Accepts any buffer without copying it; the interpreter lock is released while hashing.
    """
    digest = hashlib.sha256(_LEAF)
    digest.update(data)
    return digest.digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours: SHA-256(0x01 || left || right), 32 bytes."""
    return hashlib.sha256(_NODE + left + right).digest()


class Builder:
    """The root of leaves added in order, in memory that grows with the logarithm of their count."""

    __slots__ = ("_count", "_peaks")

    def __init__(self) -> None:
        self._count = 0
        self._peaks: list[bytes] = []

    @property
    def count(self) -> int:
        """How many leaves were added."""
        return self._count

    def add(self, leaf_hash: bytes) -> None:
        """Add the next leaf hash (32 bytes, see `leaf`).

        Raises:
            MalformedError: not 32 bytes.
        """
        top = _checked(leaf_hash)
        # A set low bit of the count is a finished perfect subtree of the same height.
        height = self._count
        while height & 1:
            top = node(self._peaks.pop(), top)
            height >>= 1
        self._peaks.append(top)
        self._count += 1

    def root(self) -> bytes:
        """Hash what was added so far, 32 bytes; more leaves may follow."""
        if not self._peaks:
            return hashlib.sha256().digest()
        top = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            top = node(peak, top)
        return top


def root(leaves: Iterable[bytes]) -> bytes:
    """Hash all leaf hashes, in order, to the 32-byte tree head of RFC 6962 §2.1.

    Raises:
        MalformedError: a leaf is not 32 bytes.
    """
    builder = Builder()
    for item in leaves:
        builder.add(item)
    return builder.root()


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Collect the siblings that tie leaf `index` to the root, lowest first (RFC 6962 §2.1.1).

    Raises:
        MalformedError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise MalformedError("The tree has no such leaf.")
    return inclusion(index, len(leaves), lambda low, high: root(leaves[low:high]))


Subtrees = Callable[[int, int], bytes]
"""The hash over leaves `low` to `high` (not included), as a tree keeps it."""


def inclusion(index: int, size: int, subtree: Subtrees) -> tuple[bytes, ...]:
    """The path of `proof` out of a tree that keeps its inner hashes; `index` is below `size`."""
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low = middle
    return tuple(reversed(path))


def consistency(first: int, second: int, subtree: Subtrees) -> tuple[bytes, ...]:
    """That the tree of `first` leaves is the beginning of that of `second` (RFC 6962 §2.1.2).

    0 < `first` <= `second`.
    """
    path: list[bytes] = []
    low, high, whole = 0, second, True
    while first < high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low, whole = middle, False
    if not whole:
        path.append(subtree(low, high))
    return tuple(reversed(path))


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the tree `second_root` of `second` leaves begins with that of `first`.

    RFC 9162 §2.1.4.2; `first` is at least 1. Never raises.
    """
    if not 0 < first <= second or any(len(item) != HASH_BYTES for item in path):
        return False
    if first == second:
        return not path and hmac.compare_digest(first_root, second_root)
    # The old tree, when it is perfect, is a node of the new one: its root stands for it.
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not hashes:
        return False
    inner, last = first - 1, second - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    old = new = hashes[0]
    for item in hashes[1:]:
        if last == 0:
            return False
        if inner & 1 or inner == last:
            old, new = node(item, old), node(item, new)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            new = node(new, item)
        inner, last = inner >> 1, last >> 1
    same = hmac.compare_digest(old, first_root) and hmac.compare_digest(new, second_root)
    return same and last == 0


def verify_proof(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes
) -> bool:
    """Tell whether `leaf_hash` is leaf `index` of `size` under the root `expected`.

    The shape of the tree follows from `index` and `size` alone, so a path that is too long, too
    short or for another place is refused. Never raises.
    """
    if not 0 <= index < size or any(len(item) != HASH_BYTES for item in (leaf_hash, *path)):
        return False
    sides = _sides(index, size)
    if len(sides) != len(path):
        return False
    top = leaf_hash
    for sibling, on_the_left in zip(path, sides, strict=True):
        top = node(sibling, top) if on_the_left else node(top, sibling)
    return hmac.compare_digest(top, expected)


def _sides(index: int, size: int) -> list[bool]:
    """Per level from the leaf up: does the sibling stand on the left?"""
    sides: list[bool] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        sides.append(index >= middle)
        low, high = (low, middle) if index < middle else (middle, high)
    sides.reverse()
    return sides


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1


def _checked(leaf_hash: bytes) -> bytes:
    if len(leaf_hash) != HASH_BYTES:
        raise MalformedError("A leaf hash is 32 bytes.")
    return leaf_hash
