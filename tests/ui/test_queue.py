"""The queue of transfers in the window: all of it, in order, one act for the one selected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jitclient.events import TransferMoved
from jitclient.views import Going, QueueRow
from protocol.ids import FileId, SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.test_screens import Locked
from tests.ui.waiting import enter, open_dialogs, sheet, until
from ui.evidence.queue import QueuePresenter
from ui.evidence.queuesheet import QueueSheet
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


def queued(number: int, going: Going = Going.WAITING, **changes: Any) -> QueueRow:
    row = QueueRow(
        space=SpaceId(bytes(16)), space_title="Case", file=FileId(bytes([number]) * 16),
        name=f"{number}.img", exhibit="", up=True, going=going, done=0, total=1 << 30, rate=0.0,
        eta=None,
    )  # fmt: skip
    return replace(row, **changes)


def names(queue: QueuePresenter) -> list[str]:
    return [one.name for one in queue.state.items]


async def test_the_queue_is_ordered_paused_and_bounded(failures: list[Exception]) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.queued = (queued(1, Going.MOVING, rate=1e6), queued(2), queued(3))
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)
    assert names(queue) == ["1.img", "2.img", "3.img"]
    assert (queue.state.can_pause, queue.state.can_resume) == (True, False)

    queue.move(queue.state.items[2], first=True)
    await until(lambda: tasks.idle)
    assert names(queue) == ["3.img", "1.img", "2.img"]

    queue.pause_all()
    await until(lambda: tasks.idle)
    assert (queue.state.can_pause, queue.state.can_resume) == (False, True)

    queue.limit(up=1 << 20)
    await until(lambda: tasks.idle)
    assert (queue.state.up, queue.state.down) == (1 << 20, 0)
    queue.close()
    assert failures == []


async def test_bytes_move_a_row_of_the_queue_without_asking_again(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.queued = (queued(1),)
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)
    asked = desk.calls.count("queue")

    one = desk.queued[0]
    desk.publish(TransferMoved(one.space, one.file, 1 << 29, 1 << 30, float(1 << 20)))

    (item,) = queue.state.items
    assert item.percent == 50
    assert item.motion == "512 MiB of 1 GiB  ·  1 MiB/s  ·  8 min left"
    assert desk.calls.count("queue") == asked
    queue.close()


async def test_all_transfers_are_shown_some_at_a_time_as_somebody_scrolls(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.queued = tuple(
        queued(0, file=FileId(n.to_bytes(16, "big")), name=f"{n}.img") for n in range(2_500)
    )
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)
    assert (len(queue.state.items), queue.state.more) == (1_000, 1_500)

    for count in (2_000, 2_500, 2_500):
        queue.further()
        await until(lambda: tasks.idle)
        assert len(queue.state.items) == count

    assert names(queue) == [f"{n}.img" for n in range(2_500)]
    assert queue.state.more == 0
    last = desk.queued[-1]
    desk.publish(TransferMoved(last.space, last.file, 1 << 29, 1 << 30, float(1 << 20)))
    assert queue.state.items[-1].percent == 50
    queue.close()


async def test_the_sheet_of_transfers_acts_on_the_one_that_is_selected(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.queued = (queued(1, Going.MOVING, rate=1e6), queued(2), queued(3, Going.PAUSED))
    frame.stage.sheets.transfers()
    found = await sheet()
    assert isinstance(found, QueueSheet)
    await until(lambda: found.model.rowCount() == 3)
    assert found.list.currentIndex().row() == 0

    found.list.setCurrentIndex(found.model.index(1, 0))
    found.first.click()
    await until(lambda: desk.queued[0].name == "2.img")
    await until(lambda: found.model.items[0].name == "2.img")
    assert found.list.currentIndex().row() == 0, "it stays selected where it stands now"
    found.list.setCurrentIndex(found.model.index(2, 0))
    assert (found.turn.text(), found.first.isEnabled()) == ("Resume", False)
    found.turn.click()
    await until(lambda: "resume" in desk.calls)
    assert found.count.text() == "3 transfers"
    found.reject()
    await until(lambda: open_dialogs() == [])
