"""The list of 100,000 exhibits in the window: how long it takes, and how long the window stands.

    python -m bench.vaultlist            100,000 exhibits
    python -m bench.vaultlist --quick    5,000: proves that it works

Presenter and view are the product's, offscreen, on the event loop of the product; the desk is the
double of the window's tests, so nothing of the database is in it (bench.vault). "Stands" is the
longest time in which the loop that paints and takes keys got no turn, with what other programs and
the worker thread took of it; "works" the most that its own thread worked between two turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import qasync

from bench.heart import BEAT, STANDS, Heart
from bench.reporting import floor, heading, publish, table
from jitclient.events import TransferMoved
from jitclient.views import ExhibitRow, ExhibitState
from protocol.ids import SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from ui.application import application
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import Column
from ui.evidence.view import EvidenceView
from ui.tasks import TaskScope


class Desk(DeskDouble):
    """Answers from another thread, as the product's does."""

    async def exhibits(self, space: SpaceId) -> tuple[ExhibitRow, ...]:
        return await asyncio.to_thread(tuple, self.files[space])

    @property
    def reviewing(self) -> Any:
        return self

    async def views(self, _: SpaceId) -> Mapping[str, str]:
        return {}

    async def tags(self, _: SpaceId) -> tuple[tuple[str, int], ...]:
        return (("phone", 1),)


def _desk(rows: int) -> DeskDouble:
    desk = Desk()
    for at in range(rows):
        facts = (("title", f"Disk of the {at}th computer"), ("place", "Gdańsk"))
        state = ExhibitState.DOWNLOADING if at == rows - 1 else ExhibitState.VERIFIED
        desk.exhibit(desk.space_a, f"{at}.E01", f"A-{at}", at, state, author=1, facts=facts)
    return desk


async def _measure(rows: int) -> list[tuple[str, float, Heart]]:
    desk, tasks = _desk(rows), TaskScope(lambda failure: print(repr(failure)))
    shown = EvidencePresenter(desk, tasks, lambda: NOW, lambda _: None)
    view = EvidenceView(shown, tasks)
    view.resize(1200, 760)
    view.show()
    last = desk.files[desk.space_a][-1].file
    found = []

    async def act(name: str, begin: Callable[[], None]) -> None:
        heart, began = Heart(), time.perf_counter()
        await asyncio.sleep(5 * BEAT)
        begin()
        await asyncio.sleep(5 * BEAT)
        while not tasks.idle:  # noqa: ASYNC110 - as the tests of the window do
            await asyncio.sleep(BEAT)
        await asyncio.sleep(20 * BEAT)
        found.append((name, time.perf_counter() - began, heart))
        heart.stop()

    def type_quickly() -> None:
        for end in range(1, 7):
            shown.filter("77.E01"[:end])

    def move() -> None:
        for done in range(10):
            shown.moved(TransferMoved(desk.space_a, last, done, 100, 1.0))

    await act("open", lambda: shown.open(desk.details[desk.space_a]))
    await act("filter, six letters at once", type_quickly)
    await act("no filter", lambda: shown.filter(""))
    await act("order by size", lambda: shown.sort_by(Column.SIZE, descending=True))
    await act("order by name", lambda: shown.sort_by(Column.NAME, descending=False))
    await act("order by place", lambda: shown.sort_by(Column.PLACE, descending=False))
    await act("select all", view.table.selectAll)
    await act("order by number", lambda: shown.sort_by(Column.NUMBER, descending=False))
    await act("select the last", lambda: shown.select(last))
    await act("ten reports of bytes that moved", move)
    await act("an exhibit changed", shown.refresh)
    view.close()
    return found


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.vaultlist", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-record", action="store_true", help="print only")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows = 5_000 if asked.quick else 100_000
    loop = qasync.QEventLoop(application())
    with loop:
        found = loop.run_until_complete(_measure(rows))
    lines = [*heading("Vault, list", f"{rows:,} exhibits in the window"), ""]
    cells = [
        [name, f"{seconds:.2f}", f"{heart.longest:.0f}", f"{heart.busiest:.0f}"]
        for name, seconds, heart in found
    ]
    lines += table(("act", "until shown, s", "window stands, ms", "works, ms"), cells)
    for what, worst in (
        ("window stands, ms", max(heart.longest for _, _, heart in found)),
        ("window works at a time, ms", max(heart.busiest for _, _, heart in found)),
    ):
        lines.append(floor(what, worst, STANDS))
    publish([*lines, ""], record=not asked.no_record)


if __name__ == "__main__":
    main()
