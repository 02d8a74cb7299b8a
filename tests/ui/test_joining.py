"""Linking, at the new device: code, person, confirmation, and the first screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication

from jitclient.errors import LinkEndedError
from tests.ui.conftest import put_away
from tests.ui.desk_devices import LINE, PASSPHRASE
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, until
from ui.firstrun.joining import JoinPresenter
from ui.firstrun.joinview import JoinView
from ui.firstrun.state import JoinStep
from ui.firstrun.view import FirstRunView
from ui.shell import Shell
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


async def _joining(
    failures: list[Exception],
) -> tuple[JoinPresenter, DoorDouble, TaskScope, list[Any]]:
    opened: list[Any] = []
    door, tasks = DoorDouble(enrolled=False), TaskScope(failures.append)
    join = JoinPresenter(door, tasks, opened.append, "/home/clara/jit")
    join.line_changed(LINE)
    join.name_changed("Travel laptop")
    return join, door, tasks, opened


async def test_a_line_of_another_type_is_refused_before_anything_is_sent(
    failures: list[Exception],
) -> None:
    join, door, _, _ = await _joining(failures)

    join.line_changed("jit-invite:" + "A" * 40)
    join.ask()

    assert join.state.line_problem
    assert not join.state.can_go_on
    assert door.linkings == []


async def test_the_new_device_shows_code_then_person_and_asks_before_it_joins(
    failures: list[Exception],
) -> None:
    join, door, tasks, opened = await _joining(failures)

    join.ask()
    await until(lambda: bool(join.state.code))
    assert join.state.step is JoinStep.CODE
    assert join.state.authority == ""
    door.linkings[0].answered.set()
    await until(lambda: tasks.idle)
    assert (join.state.step, join.state.authority) == (
        JoinStep.CONFIRM,
        "Hamburg Public Prosecution",
    )
    assert opened == []
    join.accept(PASSPHRASE, "another one entirely")
    await until(lambda: tasks.idle)
    assert opened == []
    join.accept(PASSPHRASE, PASSPHRASE)
    await until(lambda: tasks.idle)

    assert opened == door.desks


async def test_whoever_is_not_that_person_cancels_and_nothing_stays(
    failures: list[Exception],
) -> None:
    join, door, tasks, opened = await _joining(failures)
    join.ask()
    await until(lambda: bool(join.state.code))
    door.linkings[0].answered.set()
    await until(lambda: join.state.step is JoinStep.CONFIRM)

    join.cancel()
    await until(lambda: tasks.idle)

    assert door.linkings[0].cancelled
    assert (join.state.step, join.state.line, join.state.who) == (JoinStep.LINE, "", "")
    assert opened == []


async def test_an_answer_that_comes_after_cancelling_changes_nothing(
    failures: list[Exception],
) -> None:
    join, door, tasks, _ = await _joining(failures)
    join.ask()
    await until(lambda: bool(join.state.code))

    join.cancel()
    door.linkings[0].answered.set()
    await until(lambda: tasks.idle)

    assert join.state.step is JoinStep.LINE


async def test_an_offer_that_was_withdrawn_leads_back_with_its_reason(
    failures: list[Exception],
) -> None:
    join, door, tasks, _ = await _joining(failures)
    join.ask()
    await until(lambda: bool(join.state.code))
    door.linkings[0].refused = LinkEndedError("The other device withdrew.")

    door.linkings[0].answered.set()
    await until(lambda: tasks.idle)

    assert join.state.step is JoinStep.LINE
    assert join.state.problem is not None
    assert join.state.problem.code == "link-ended"


@pytest_asyncio.fixture(loop_scope="session")
async def empty(qapp: QApplication, failures: list[Exception]) -> AsyncIterator[Locked]:
    """A shown shell before an empty profile."""
    door = DoorDouble(make=story, enrolled=False)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    yield shell, door
    await put_away(shell)
    assert failures == []


async def test_the_first_run_leads_by_link_into_the_frame(empty: Locked) -> None:
    shell, door = empty
    first = shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.invitation.link.click()
    join = shell.pages.currentWidget()
    assert isinstance(join, JoinView)
    join.line.edit.setPlainText(LINE)
    join.line.device.edit.setText("Travel laptop")
    join.line.next.click()
    await until(lambda: join.code.code.text() != "")
    door.linkings[0].answered.set()
    await until(lambda: join.pages.currentIndex() == 2)

    for field in (join.confirm.first, join.confirm.second):
        field.edit.setText(PASSPHRASE)
    join.confirm.go.click()
    await until(lambda: shell.frame is not None)
    frame = shell.frame
    assert frame is not None
    await calm(frame)

    assert door.enrolled()


async def test_the_first_screen_is_ready_to_paste_into(empty: Locked) -> None:
    shell, _ = empty
    first = shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)

    assert shell.focusWidget() is first.invitation.edit
