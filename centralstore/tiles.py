"""The access log's tree as it is kept: tiles of 256 hashes, as in C2SP tlog-tiles.

Tile `number` of level 0 holds the hashes of leaves 256·number and on; of level L the roots of full
tiles of level L-1. Adding leaves rewrites the last tile of each level it reaches; any inner hash is
at most one tile and 255 hashes away. Spec: docs/protocol/72-access-log.md §2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from sqlalchemy import Connection, bindparam, delete, insert, select

from centralstore.prepared import Prepared
from centralstore.tables import LOG_TILE
from crypto import merkle

WIDTH: Final = 256
_HEIGHT: Final = 8
_HASH: Final = merkle.HASH_BYTES
_HERE: Final = (LOG_TILE.c.level == bindparam("of_level")) & (LOG_TILE.c.number == bindparam("at"))
_GET: Final = Prepared(select(LOG_TILE.c.hashes).where(_HERE))
_DROP: Final = Prepared(delete(LOG_TILE).where(_HERE))
_PUT: Final = Prepared(insert(LOG_TILE))


class Tiles(Protocol):
    """Where tiles are kept."""

    def get(self, level: int, number: int) -> bytes:
        """The hashes of a tile, one after another; of a tile that is not there: none."""
        ...

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """Keep a tile, in the place of what it was."""
        ...


class Table:
    """Tiles in table `log_tile`, each read once."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, number: int) -> bytes:
        """See `Tiles.get`."""
        if (level, number) not in self._known:
            found = _GET.one(self._conn, {"of_level": level, "at": number})
            self._known[level, number] = b"" if found is None else bytes(found.hashes)
        return self._known[level, number]

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """See `Tiles.put`."""
        _DROP.do(self._conn, {"of_level": level, "at": number})
        _PUT.do(self._conn, {"level": level, "number": number, "hashes": hashes})
        self._known[level, number] = hashes

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf; nothing where there is none."""
        number, place = divmod(index, WIDTH)
        return self.get(0, number)[place * _HASH : (place + 1) * _HASH]

    def sound(self, size: int) -> bool:
        """Whether every full tile of a tree of `size` leaves has its root in the tile above."""
        level, count = 0, size // WIDTH
        while count:
            for number in range(count):
                tile, (above, place) = self.get(level, number), divmod(number, WIDTH)
                root = merkle.root(_split(tile[: WIDTH * _HASH]))
                if self.get(level + 1, above)[place * _HASH : (place + 1) * _HASH] != root:
                    return False
            level, count = level + 1, count // WIDTH
        return True


def append(tiles: Tiles, size: int, leaves: Sequence[bytes]) -> int:
    """Add leaf hashes (32 B each) to a tree of `size` leaves; how many it has now."""
    level, start, fresh = 0, size, list(leaves)
    while fresh:
        number, have = divmod(start, WIDTH)
        full: list[bytes] = []
        taken = 0
        while taken < len(fresh):
            some = fresh[taken : taken + WIDTH - have]
            kept = tiles.get(level, number)[: have * _HASH] if have else b""
            hashes = kept + b"".join(some)
            tiles.put(level, number, hashes)
            if len(hashes) == WIDTH * _HASH:
                full.append(merkle.root(_split(hashes)))
            taken, number, have = taken + len(some), number + 1, 0
        level, start, fresh = level + 1, start // WIDTH, full
    return size + len(leaves)


class Tree:
    """The first `size` leaves, for roots and proofs of any tree up to it."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves."""
        return self.subtree(0, size) if size else merkle.root(())

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The path of one leaf to the root of the first `size`."""
        return merkle.inclusion(index, size, self.subtree)

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """That the first `first` leaves begin the first `second`."""
        return merkle.consistency(first, second, self.subtree)

    def subtree(self, low: int, high: int) -> bytes:
        """The hash over leaves `low` to `high`, where the tree of some size has one."""
        count = high - low
        height = (count - 1).bit_length()
        if count == 1 << height:
            return self._perfect(height, low >> height)
        middle = low + (1 << height - 1)
        return merkle.node(self.subtree(low, middle), self.subtree(middle, high))

    def _perfect(self, height: int, index: int) -> bytes:
        level, above = divmod(height, _HEIGHT)
        number, first = divmod(index << above, WIDTH)
        hashes = self._tiles.get(level, number)[first * _HASH : (first + (1 << above)) * _HASH]
        return merkle.root(_split(hashes))


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH)]
