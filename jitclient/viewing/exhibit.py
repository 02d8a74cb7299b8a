"""The exhibit as a file for decoders: ranges are asked of the client when they are read."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

BLOCK: Final = 256 * 1024
_KEPT: Final = 32


class Exhibit(io.RawIOBase):
    """Readable and seekable; there is no file behind it.

    Args:
        ask: gives the bytes at an offset, of a length.
        size: of the exhibit, bytes.
    """

    def __init__(self, ask: Callable[[int, int], bytes], size: int) -> None:
        self._ask = ask
        self._size = size
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere; behind the end there is nothing."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill as much as one block has."""
        view = memoryview(buffer).cast("B")
        if self._at >= self._size or not view:
            return 0
        number, inside = divmod(self._at, BLOCK)
        piece = self._block(number)[inside : inside + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _block(self, number: int) -> bytes:
        known = self._blocks.get(number)
        if known is None:
            start = number * BLOCK
            known = self._ask(start, min(BLOCK, self._size - start))
            self._blocks[number] = known
            if len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
        else:
            self._blocks.move_to_end(number)
        return known
