"""How much of a write-ahead log counts: what stands after it was never committed.

After an `fsync` that failed the log has a whole transaction that was refused. The process that
refused it writes over it; whoever copies the file would bring it to life. How far the log counts
stands in its index, beside it (sqlite.org/walformat.html §2.1).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_INDEX: Final = struct.Struct(
    "=III??HI"
)  # version, unused, change, is it made, order, page, frames
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_LARGEST: Final = 1  # how a page of 65,536 bytes is written down


def counted(log: Path) -> int | None:
    """Bytes of the log of an open database that count; None: its index tells nothing.

    For the thread that writes the database.
    """
    index = log.with_name(log.name.removesuffix("-wal") + "-shm")
    try:
        with index.open("rb") as file:
            head = file.read(_INDEX.size)
    except OSError:
        return None
    if len(head) < _INDEX.size:
        return None
    _, _, _, made, _, page, frames = _INDEX.unpack(head)
    if not made:
        return None
    size = 65_536 if page == _LARGEST else page
    return _LOG_HEADER + frames * (_FRAME_HEADER + size) if frames else 0
