"""A part on a slow line: what counts is whether it comes, not how long it takes.

The event loop's clock is moved by hand; nobody waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from centralstore.routes import files
from crypto import partleaf
from protocol.errors import JitError, StoreBusyError
from protocol.limits import KIB, PART_BYTES

PART = bytes(range(256)) * (PART_BYTES // 256)


async def _arrives(pieces: Iterator[bytes], seconds: float) -> tuple[float, bytes | JitError]:
    """Take a part whose pieces come `seconds` apart: when it ended, and its leaf or refusal."""
    loop = asyncio.get_running_loop()
    real, ahead, left = loop.time, [0.0], list[int]()
    began = real()
    loop.time = lambda: began + ahead[0]  # type: ignore[method-assign]

    async def receive() -> Message:
        ahead[0] += seconds
        await asyncio.sleep(0)  # let what is due by now happen
        await asyncio.sleep(0)
        left.append(len(piece := next(pieces)))
        return {"type": "http.request", "body": piece, "more_body": sum(left) < len(PART)}

    scope = {"type": "http", "method": "PUT", "headers": []}
    try:
        leaf, _, _ = await files._receive(Request(scope, receive))
    except JitError as error:
        return ahead[0], error
    finally:
        loop.time = real  # type: ignore[method-assign]
    return ahead[0], leaf


def _cut(size: int) -> Iterator[bytes]:
    return (PART[at : at + size] for at in range(0, len(PART), size))


@pytest.mark.asyncio
async def test_a_part_at_nine_kilobits_a_second_is_taken_whole() -> None:
    took, leaf = await _arrives(_cut(64 * KIB), files.STILL_SECONDS - 1)

    assert took > 3600, "it was not slow: nothing was tested"
    assert leaf == partleaf.leaf(PART)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [1, KIB])
async def test_a_part_that_hardly_comes_gives_its_place_up_and_may_be_sent_again(size: int) -> None:
    took, refusal = await _arrives(_cut(size), 7.0)

    assert isinstance(refusal, StoreBusyError)
    assert took <= files.STILL_SECONDS + 14
