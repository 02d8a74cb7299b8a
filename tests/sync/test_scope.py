"""A scope's tasks end with it, and each failure is told once."""

from __future__ import annotations

import asyncio

import pytest

from sync.scope import Scope

pytestmark = pytest.mark.asyncio


async def test_tasks_are_cancelled_with_their_scope() -> None:
    told: list[BaseException] = []

    async with Scope(told.append) as scope:
        task = scope.start(asyncio.Event().wait(), name="waits")  # type: ignore[arg-type]
        await asyncio.sleep(0)

    assert task.cancelled()
    assert scope.running == 0
    assert told == []


async def test_a_failure_is_told_once_and_stops_no_other_task() -> None:
    told: list[BaseException] = []
    done: list[str] = []

    async def fail() -> None:
        raise ValueError("broken")

    async def work() -> None:
        await asyncio.sleep(0)
        done.append("work")

    async with Scope(told.append) as scope:
        scope.start(fail(), name="fails")
        scope.start(work(), name="works")
        await scope.settle()

    assert [str(error) for error in told] == ["broken"]
    assert done == ["work"]


async def test_settling_includes_what_was_started_meanwhile() -> None:
    done: list[str] = []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        scope.start(second(), name="second")

    async with Scope(lambda _: None) as scope:
        scope.start(first(), name="first")
        await scope.settle()
        assert done == ["second"]


async def test_a_closed_scope_starts_nothing() -> None:
    scope = Scope(lambda _: None)
    await scope.close()

    async def work() -> None:
        raise AssertionError

    with pytest.raises(RuntimeError):
        scope.start(work(), name="late")
