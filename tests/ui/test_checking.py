"""Checking a space: what it reads, how far it is, that it can be stopped, what it found."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from jitclient.checkviews import Finding, SpaceCheck
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.story import story
from tests.ui.waiting import until
from ui.custody.check import CheckPresenter
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAMAGED = Finding("A-1", "part-corrupted", "Part 2 of 3 is missing or damaged on this disk.")


def _presenter(desk: DeskDouble) -> tuple[CheckPresenter, TaskScope]:
    failures: list[Exception] = []
    tasks = TaskScope(failures.append)
    return CheckPresenter(desk, tasks, desk.space_a, lambda: NOW), tasks


async def test_a_sound_space_is_called_sound_in_words() -> None:
    desk = DeskDouble()
    desk.check = SpaceCheck(3, 27_000_000, (), ())
    presenter, tasks = _presenter(desk)

    presenter.check()
    await until(lambda: tasks.idle)

    state = presenter.state
    assert (state.running, state.sound, state.lines) == (False, True, ())
    assert state.result.startswith("3 exhibits are what the manifests say")


async def test_what_is_damaged_and_what_was_not_read_are_told_apart() -> None:
    desk = DeskDouble()
    desk.check = SpaceCheck(1, 27_000_000, ("c.img",), (DAMAGED,))
    presenter, tasks = _presenter(desk)

    presenter.check()
    await until(lambda: tasks.idle)

    assert not presenter.state.sound
    assert [(one.what, one.damaged) for one in presenter.state.lines] == [
        ("A-1", True),
        ("c.img", False),
    ]


async def test_it_shows_how_far_it_is_and_can_be_stopped() -> None:
    desk = story()
    desk.checking = asyncio.Event()
    presenter, tasks = _presenter(desk)

    presenter.check()
    await until(lambda: presenter.state.percent > 0)
    assert " of " in presenter.state.progress
    presenter.stop()
    await until(lambda: tasks.idle)

    assert not presenter.state.running
    assert presenter.state.result.startswith("Stopped")


async def test_a_failing_disk_is_told() -> None:
    desk = DeskDouble()
    desk.fail["check_space"] = DiskError("The disk is failing.")
    presenter, tasks = _presenter(desk)

    presenter.check()
    await until(lambda: tasks.idle)

    assert presenter.state.problem is not None
    assert presenter.state.problem.code == "disk"
    assert presenter.state == replace(presenter.state, running=False)
