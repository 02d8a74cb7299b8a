"""One comparison of the access log: what is asked, and what a refusal of the store means."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from protocol.api.logs import ProvenRow
from protocol.errors import JitError, NotFoundError, StoreUnreachableError
from sync import accesslog
from tests.sync.device import Device


class Log(accesslog.LogApi):
    """Answers from memory."""

    def __init__(self, **broken: JitError) -> None:
        self.broken = broken
        self.asked: list[tuple[object, ...]] = []

    def _note(self, what: str, *about: object) -> None:
        self.asked.append((what, *about))
        if what in self.broken:
            raise self.broken[what]

    async def checkpoint(self) -> str:
        self._note("checkpoint")
        return "note"

    async def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        self._note("consistency", first, second)
        return (b"h",)

    async def rows(self, first: int, size: int) -> tuple[ProvenRow, ...]:
        self._note("rows", first, size)
        return ()


async def compared(log: Log, wanted: tuple[int, int] | None = (3, 9)) -> Sequence[str]:
    device = Device(log_due=True, log_wanted=wanted)
    await accesslog.compare(log, device.ports().access)
    return device.did


@pytest.mark.asyncio
async def test_nothing_is_asked_before_it_is_time() -> None:
    log = Log()

    await accesslog.compare(log, Device().ports().access)

    assert log.asked == []


@pytest.mark.asyncio
async def test_growth_is_asked_for_between_the_sizes_wanted() -> None:
    log = Log()

    assert await compared(log) == ["checkpoint note", "compared note (b'h',) ()"]
    assert log.asked == [("checkpoint",), ("consistency", 3, 9), ("rows", 3, 9)]


@pytest.mark.asyncio
async def test_a_first_checkpoint_needs_no_proof() -> None:
    log = Log()

    assert await compared(log, None) == ["checkpoint note"]
    assert log.asked == [("checkpoint",)]


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["checkpoint", "consistency", "rows"])
async def test_what_the_store_refuses_is_handed_on_as_not_shown(what: str) -> None:
    told = await compared(Log(**{what: NotFoundError("no")}))

    assert "None" in told[-1]


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["checkpoint", "consistency", "rows"])
async def test_a_lost_line_is_no_refusal(what: str) -> None:
    with pytest.raises(StoreUnreachableError):
        await compared(Log(**{what: StoreUnreachableError("gone")}))
