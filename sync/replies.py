"""Bodies of the store's replies over `http.client`, none longer or slower than it may be."""

from __future__ import annotations

import http.client
import time
from typing import Final

from protocol.errors import LimitExceededError, MalformedError, StoreUnreachableError
from protocol.limits import KIB

MIN_BYTES_PER_SECOND: Final = 1 * KIB
"""A reply slower than this after the first `timeout` seconds is given up (slow loris)."""
_MOST_FOR_NOTHING: Final = 16 * KIB
_PIECE: Final = 64 * KIB


def nothing(response: http.client.HTTPResponse) -> None:
    """A success whose content does not matter."""
    if len(response.read(_MOST_FOR_NOTHING)) == _MOST_FOR_NOTHING:
        raise LimitExceededError("The store sent a reply that is too long.")


def whole(response: http.client.HTTPResponse, limit: int, timeout: float) -> bytes:
    """A reply of at most `limit` bytes that does not come drop by drop."""
    if response.getheader("Content-Encoding", "identity") != "identity":
        raise MalformedError("The store sent a compressed reply, which was not asked for.")
    if (response.length or 0) > limit:
        raise LimitExceededError("The store announced a reply that is too long.")
    data, patience = bytearray(), time.monotonic() + timeout
    while piece := response.read1(_PIECE):
        data += piece
        if len(data) > limit:
            raise LimitExceededError("The store sent a reply that is too long.")
        if time.monotonic() > patience + len(data) / MIN_BYTES_PER_SECOND:
            raise StoreUnreachableError("The store answers too slowly.")
    if response.length:
        raise http.client.IncompleteRead(b"")
    response.close()
    return bytes(data)
