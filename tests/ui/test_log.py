"""The log: what is filtered, until which entry its chain was followed, and where it breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitclient.housekeeping import broken_at
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, until
from ui import words
from ui.custody.lines import EVERYTHING, LogFilter, remembered
from ui.custody.presenter import LogPresenter
from ui.spaces.state import Tab
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _logged(desk: DeskDouble) -> None:
    """Four entries of two persons on three days."""
    rows = desk.logs[desk.space_a] = []
    for what, subject in (
        ("exhibit-received", "a.bin"),
        ("exhibit-viewed", "a.bin"),
        ("exhibit-received", "b.bin"),
        ("space-checked", ""),
    ):
        desk.log(desk.space_a, what, subject)
    days, actors = (3, 2, 1, 1), ("Clara", "Jan", "Jan", "Clara")
    for at, (day, actor) in enumerate(zip(days, actors, strict=True)):
        rows[at] = replace(rows[at], at=NOW - day * DAY, actor=actor)


async def _log(desk: DeskDouble, failures: list[Exception]) -> tuple[LogPresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    presenter = LogPresenter(desk, tasks, words.fixed(0))
    presenter.open(desk.details[desk.space_a])
    await until(lambda: tasks.idle)
    return presenter, tasks


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (LogFilter(), [4, 3, 2, 1]),
        (LogFilter(actor="Jan"), [3, 2]),
        (LogFilter(what="Exhibit announced"), [3, 1]),
        (LogFilter(about="A.BIN"), [2, 1]),
        (LogFilter(since="2026-11-20"), [4, 3, 2]),
        (LogFilter(until="2026-11-20"), [2, 1]),
        (LogFilter(since="2026-11-20", until="2026-11-20"), [2]),
        (LogFilter(actor="Jan", about="b.bin", words="announced"), [3]),
        (LogFilter(actor="Jan", what="Space checked"), []),
    ],
)
async def test_an_entry_is_kept_that_has_all_that_is_asked_both_days_counted_in(
    asked: LogFilter, kept: list[int], failures: list[Exception]
) -> None:
    desk = DeskDouble()
    _logged(desk)
    presenter, _ = await _log(desk, failures)

    presenter.ask(asked)

    assert [one.seq for one in presenter.state.lines] == kept
    assert presenter.state.total == 4
    presenter.everything()
    assert len(presenter.state.lines) == 4


async def test_what_was_asked_is_remembered_of_the_space_and_what_is_nonsense_is_nothing() -> None:
    asked = LogFilter("word", "Jan", "Space checked", "b", "2026-11-20", "2026-11-21")

    assert remembered(asked.words, asked.noted()) == asked
    assert remembered("", EVERYTHING.noted()) == EVERYTHING
    for nonsense in ("word", "a\nb", "\n" * 9):
        assert remembered("", nonsense) == EVERYTHING


async def test_who_is_in_no_entry_any_more_is_not_asked_for(failures: list[Exception]) -> None:
    desk = DeskDouble()
    _logged(desk)
    presenter, tasks = await _log(desk, failures)
    presenter.ask(LogFilter(actor="Jan"))
    desk.logs[desk.space_a][1:3] = []

    presenter.refresh()
    await until(lambda: tasks.idle)

    assert presenter.state.filter == EVERYTHING
    assert [one.seq for one in presenter.state.lines] == [4, 1]


async def test_the_chain_is_said_to_be_verified_only_up_to_what_was_followed(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    _logged(desk)
    presenter, tasks = await _log(desk, failures)
    assert presenter.state.chain == "Verified to entry 4 at 22 Nov 2026, 14:00"

    desk.log(desk.space_a, "space-checked", "")
    desk.fail["custody_chain"] = broken_at(2)
    presenter.refresh()
    await until(lambda: tasks.idle)

    assert "Verified" not in presenter.state.chain
    breach = presenter.state.breach
    assert breach is not None
    assert breach.code == "custody-broken"
    assert "changed at entry 2." in breach.sentence


async def test_a_break_stands_above_the_entries_and_cannot_be_sent_away(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.fail["custody_chain"] = broken_at(2)
    frame.room.spaces.show_tab(Tab.LOG)
    frame.room.log.refresh()
    await calm(frame)

    frame.room.log.dismiss()
    await calm(frame)

    assert frame.stage.log.breach.isVisible()
    assert frame.stage.log.table.isVisible()


async def test_days_and_persons_are_picked_in_the_window_and_an_empty_range_offers_all(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    _logged(desk)
    frame.room.spaces.show_tab(Tab.LOG)
    frame.room.log.refresh()
    await calm(frame)
    view = frame.stage.log
    assert not view.filters.isVisible()

    view.more.click()
    bar = view.filters
    assert bar.isVisible()
    bar.until.setDate(bar.until.minimumDate())
    assert [one.seq for one in frame.room.log.state.lines] == [1]
    bar.actor.setCurrentIndex(bar.actor.findData("Jan"))
    bar.actor.activated.emit(bar.actor.currentIndex())

    assert not frame.room.log.state.lines
    assert view.none.isVisible()
    view.none.action.click()
    assert len(frame.room.log.state.lines) == 4
    assert bar.until.date() == bar.until.maximumDate()
    assert view.table.isVisible()
