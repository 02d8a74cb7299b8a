"""What the access log's tree costs as it grows: tiles touched, counted, from 10^4 to 10^6 rows.

`python -m bench.accesslog`. Counts do not depend on the machine; the one time printed is that of
building the whole tree in batches of a thousand, hashes included.
"""

from __future__ import annotations

import time
from collections import Counter

from centralstore import tiles
from centralstore.tiles import Tree
from crypto import merkle

BATCH = 1_000
SIZES = (10_000, 100_000, 1_000_000)


class Counted:
    """Tiles in memory, with a count of how often each is read and written."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.touched: Counter[str] = Counter()

    def get(self, level: int, number: int) -> bytes:
        """See `Tiles.get`."""
        self.touched["read"] += 1
        return self.tiles.get((level, number), b"")

    def put(self, level: int, number: int, hashes: bytes) -> None:
        """See `Tiles.put`."""
        self.touched["written"] += 1
        self.tiles[level, number] = hashes

    def counted(self) -> dict[str, int]:
        """What was touched since the last time."""
        found, self.touched = dict(self.touched), Counter()
        return found


def main() -> None:
    """Grow one tree and print a line of figures at each size."""
    kept, size = Counted(), 0
    began = time.perf_counter()
    for wanted in SIZES:
        while size < wanted:
            rows = range(size, min(wanted, size + BATCH))
            size = tiles.append(kept, size, [merkle.leaf(n.to_bytes(8, "big")) for n in rows])
        seconds = time.perf_counter() - began
        kept.counted()
        size = tiles.append(kept, size, [merkle.leaf(b"one more")])
        one = kept.counted()
        tree = Tree(kept)
        tree.root(size)
        root = kept.counted()
        path = tree.inclusion(size // 3, size)
        inclusion = kept.counted()
        grown = tree.consistency(size // 3, size)
        consistency = kept.counted()
        stored = sum(len(hashes) for hashes in kept.tiles.values())
        print(
            f"{size:>9,} rows: one more {one}, root {root}, inclusion {inclusion} ({len(path)} "
            f"hashes), consistency {consistency} ({len(grown)} hashes), "
            f"{stored / 1e6:.1f} MB kept, built in {seconds:.1f} s"
        )


if __name__ == "__main__":
    main()
