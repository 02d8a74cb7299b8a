"""The queue of transfers in the window: all of it, in order, one act for the one selected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from jitclient.events import MessagesChanged, TransferMoved
from jitclient.views import ExhibitState, Going, Held, OutboxRow, QueueRow
from protocol.ids import FileId, SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
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


async def test_what_failed_stays_in_sight_with_its_reason_and_is_tried_again(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    row = desk.exhibit(desk.space_a, "2.img", "A-2", 1 << 20, ExhibitState.FAILED)
    desk.queued = (
        queued(1, recipients=3),
        queued(2, Going.FAILED, space=desk.space_a, file=row.file, problem="The disk is full."),
    )
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)
    failed, waits = queue.state.items
    assert "to 3 persons" in waits.motion
    assert failed.failed
    assert failed.motion == "The disk is full."
    assert not queue.state.can_resume, "failed is not paused"

    queue.turn(failed)
    await until(lambda: tasks.idle)

    assert "resume" in desk.calls
    assert "pause" not in desk.calls
    queue.close()
    assert failures == []


async def test_the_sheet_says_what_has_not_left_why_and_when_it_is_tried_again(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    one = OutboxRow(
        space=desk.space_a, space_title="Case", kind="text", text="Seal no. 4411\nand more",
        at=NOW, held=Held.STORE, next_try=None,
    )  # fmt: skip
    later = replace(one, kind="receipts", held=Held.LATER, next_try=NOW + 120)
    keyless = replace(one, kind="exhibit", held=Held.KEY)
    desk.beside = {
        "outbox": (one, later, keyless),
        "unsent": 3,
        "problem": "The store cannot be reached.",
        "next_try": NOW + 60,
    }
    queue = QueuePresenter(desk, tasks, UTC)
    await until(lambda: tasks.idle)

    assert queue.state.trouble == "The store cannot be reached. Next try at 14:01."
    assert [(line.what, line.why) for line in queue.state.outbox] == [
        ("Seal no. 4411", "Waits for the store."),
        ("Receipts", "The store did not take it. Next try at 14:02."),
        ("An exhibit is announced", "Waits for a key of a recipient's device."),
    ]
    desk.beside = {"last_upload": NOW}
    desk.publish(MessagesChanged(desk.space_a))
    await until(lambda: tasks.idle and not queue.state.unsent)
    assert queue.state.trouble == ""
    assert queue.state.caught_up.endswith("Last upload: 22 Nov 2026, 14:00.")
    queue.close()
    assert failures == []


async def test_a_metered_line_is_said_by_hand_and_what_waits_for_another_is_told(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.beside = {"metered": "auto", "held": True}
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)
    assert queue.state.trouble == ("The line is metered: files over 1 MiB wait. Messages travel.")

    queue.meter("no")
    await until(lambda: tasks.idle)

    assert desk.network.chosen == [("metered", "no")]
    queue.close()
    assert failures == []


async def test_pauses_and_places_in_the_queue_are_taken_back(failures: list[Exception]) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.queued = tuple(queued(at + 1, rank=at) for at in range(3))
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)

    queue.move(queue.state.items[2], first=True)
    await until(lambda: tasks.idle)
    assert names(queue) == ["3.img", "1.img", "2.img"]
    queue.undo()
    await until(lambda: tasks.idle and not queue.state.can_undo)
    assert names(queue) == ["1.img", "2.img", "3.img"]

    queue.pause_all()
    await until(lambda: tasks.idle)
    assert {one.paused for one in queue.state.items} == {True}
    queue.undo()
    await until(lambda: tasks.idle)
    assert {one.paused for one in queue.state.items} == {False}
    queue.close()
    assert failures == []


async def test_pausing_all_is_no_undoing_of_pauses_that_stood_before(
    failures: list[Exception],
) -> None:
    desk, tasks = DeskDouble(), TaskScope(failures.append)
    desk.queued = (queued(1), queued(2, Going.PAUSED))
    queue = QueuePresenter(desk, tasks)
    await until(lambda: tasks.idle)

    queue.pause_all()
    await until(lambda: tasks.idle)

    assert not queue.state.can_undo, "it would let go what was paused before"
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
