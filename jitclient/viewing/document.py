"""What a decoder makes of an exhibit: pages that become pixels."""

from __future__ import annotations

from typing import Protocol

from jitclient.viewing.wire import MAX_POINTS, MAX_SIDE, Encoding, Kind, Pixels, Reason


class CannotError(Exception):
    """It cannot be shown, for a reason that can be told."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


class Document(Protocol):
    """An exhibit that was opened."""

    kind: Kind
    encoding: Encoding
    cut: bool
    pages: int

    def page(self, number: int, width: int, height: int) -> Pixels:
        """A page, from 0, fitted into so many points."""
        ...


def fitted(
    natural: tuple[float, float], box: tuple[int, int], most: float
) -> tuple[float, int, int]:
    """How much to enlarge by, and the size that comes of it: inside the box and every limit.

    Args:
        natural: width and height of the page as it is; neither is zero.
        box: what it is to fit into, points.
        most: the largest enlargement.
    """
    wide, high = max(natural[0], 1e-6), max(natural[1], 1e-6)
    scale = min(box[0] / wide, box[1] / high, MAX_SIDE / wide, MAX_SIDE / high, most)
    scale = min(scale, (MAX_POINTS / (wide * high)) ** 0.5)
    return scale, _side(wide * scale), _side(high * scale)


def _side(length: float) -> int:
    return max(1, min(MAX_SIDE, int(length)))
