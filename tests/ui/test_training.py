"""The training in the window: each window says it, tasks tick by what happened, the end is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged
from jitclient.training.views import Erased, Ready
from jitclient.views import ExhibitState, SpaceState, Trust
from protocol.ids import SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui import practising
from ui.language.catalogue import SOURCE, choose
from ui.language.speaking import _Own
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.training.farewell import FarewellWindow
from ui.training.marking import Marking, dress
from ui.training.presenter import TrainingPresenter
from ui.training.state import Task
from ui.training.view import Band, said
from ui.widgets.notice import Notice
from ui.widgets.sheet import Sheet

Followed = tuple[TrainingPresenter, DeskDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


def _ready(space: SpaceId) -> Ready:
    place = Path("/nowhere/session")
    return Ready(
        profile=place / "profiles/trainee",
        passphrase="harbour quiet violin tent",
        space=space,
        reads=(),
        practice=place / "material/practice-file.txt",
    )


def _untouched(desk: DeskDouble) -> SpaceId:
    """A case in which the trainee has done nothing yet."""
    space = desk.space_a
    desk.rows[space] = [one for one in desk.rows[space] if not one.mine]
    detail = desk.details[space]
    members = tuple(
        replace(one, trust=Trust.SELF if one.is_me else Trust.UNVERIFIED) for one in detail.members
    )
    desk.details[space] = replace(detail, members=members)
    desk.files[space] = [replace(one, mine=False, tags=()) for one in desk.files[space]]
    return space


@pytest_asyncio.fixture(loop_scope="session")
async def followed(
    failures: list[Exception],
) -> AsyncIterator[Followed]:
    """A presenter that looks at an untouched case."""
    desk = story()
    tasks = TaskScope(failures.append)
    presenter = TrainingPresenter(tasks, _ready(_untouched(desk)))
    presenter.follow(desk)
    await until(lambda: tasks.idle)
    assert presenter.state.done == frozenset()
    yield presenter, desk
    tasks.close()
    assert failures == []


async def test_a_message_ticks_when_it_is_written(
    followed: Followed,
) -> None:
    presenter, desk = followed

    await desk.send(desk.space_a, "Good morning.")
    desk.events.publish(MessagesChanged(desk.space_a))

    await until(lambda: presenter.state.done == {Task.MESSAGE})


async def test_a_number_ticks_when_it_was_compared(
    followed: Followed,
) -> None:
    presenter, desk = followed
    detail = desk.details[desk.space_a]
    members = tuple(
        one if one.is_me else replace(one, trust=Trust.VERIFIED) for one in detail.members
    )
    desk.details[desk.space_a] = replace(detail, members=members)

    desk.events.publish(SpacesChanged())

    await until(lambda: presenter.state.done == {Task.VERIFY})


@pytest.mark.parametrize("state", list(ExhibitState))
async def test_a_file_ticks_when_the_store_has_it_and_not_before(
    followed: Followed, state: ExhibitState, failures: list[Exception]
) -> None:
    presenter, desk = followed
    arrived = state in (ExhibitState.ON_SERVER, ExhibitState.VERIFIED, ExhibitState.ERASED)
    first = desk.files[desk.space_a][0]
    desk.files[desk.space_a][0] = replace(first, mine=True, state=state)
    desk.files[desk.space_a][1] = replace(desk.files[desk.space_a][1], tags=("odd",))

    desk.events.publish(ExhibitsChanged(desk.space_a))

    await until(lambda: Task.TAG in presenter.state.done)
    assert presenter.state.done == ({Task.FILE, Task.TAG} if arrived else {Task.TAG})


@pytest.mark.parametrize("state", [SpaceState.CLOSING, SpaceState.WIPED])
async def test_closing_ticks_and_what_was_done_before_stays_ticked(
    followed: Followed, state: SpaceState
) -> None:
    presenter, desk = followed
    presenter.saw_log()
    desk.set(desk.space_a, state=state)

    desk.events.publish(SpacesChanged())

    await until(lambda: presenter.state.done == {Task.CUSTODY, Task.CLOSE})


async def test_every_window_of_a_training_says_that_it_is_one(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    presenter = TrainingPresenter(shell.tasks, _ready(desk.space_a))
    marking = Marking(shell, presenter)
    view = dress(shell, presenter)
    presenter.follow(desk)

    frame.another.emit()
    await until(lambda: shell.windows is not None and len(shell.windows.open) == 1)
    assert shell.windows is not None
    beside = shell.windows.open[0]
    await until(beside.isVisible)
    frame.new_space()
    opened = await sheet()

    assert view.band.words.text() == said()
    for window in (beside, opened):
        assert [one.words.text() for one in _bands(window)] == [said()]
        assert window.windowTitle().endswith("(training)")
    opened.reject()
    await until(lambda: open_dialogs() == [])
    beside.close()
    marking.deleteLater()
    await calm(frame)


def _bands(window: QWidget) -> list[Band]:
    return [one for one in window.findChildren(Band) if one.isVisible()]


async def test_the_log_on_the_screen_ticks_the_custody_log(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    frame.go(Tab.PEOPLE)
    await calm(frame)
    presenter = TrainingPresenter(locked[0].tasks, _ready(desk.space_a))
    marking = Marking(locked[0], presenter)
    assert Task.CUSTODY not in presenter.state.done

    frame.go(Tab.LOG)

    await until(lambda: Task.CUSTODY in presenter.state.done)
    marking.deleteLater()
    await calm(frame)


async def test_where_there_is_no_store_the_window_says_why_and_starts_nothing(
    locked: tuple[Shell, DoorDouble], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(QProcess, "startDetached", lambda *_: started.append(1))
    monkeypatch.setattr(practising, "can_train", lambda: False)

    practising.open_training(locked[0])

    found = await sheet()
    assert isinstance(found, Sheet)
    assert "does not bring the store" in found.lead.text()
    assert started == []
    found.reject()
    await until(lambda: open_dialogs() == [])


async def test_the_last_window_names_what_was_erased_and_what_is_still_there(
    qapp: QApplication, qtbot: QtBot
) -> None:
    window = FarewellWindow()
    qtbot.addWidget(window)
    window.show()
    assert not window.close_it.isVisible()

    window.show_gone(Erased(profiles=3, files=39, bytes=2048, left=("/nowhere/store",)))

    assert "3 profiles" in window.gone.text()
    assert "39 files" in window.gone.text()
    assert "/nowhere/store" in window.left.text()
    assert window.close_it.isVisible()


@pytest.mark.parametrize("why", ["", "The training failed (OSError). This is our fault."])
async def test_when_nobody_plays_the_colleagues_any_more_the_window_says_so_and_can_end_it(
    locked: tuple[Shell, DoorDouble], why: str, qtbot: QtBot
) -> None:
    frame, desk = await enter(*locked)
    presenter = TrainingPresenter(locked[0].tasks, _ready(desk.space_a))
    view = dress(locked[0], presenter)
    presenter.follow(desk)
    assert view.findChildren(Notice) == []

    presenter.stopped(why)

    assert view.stopped is not None
    assert "has stopped" in view.stopped.accessibleName()
    assert why in view.stopped.accessibleName()
    with qtbot.waitSignal(view.ends):
        view.stopped._again.click()
    await calm(frame)


def _marked(sentence: str) -> str:
    return f"~{sentence}"


async def test_the_band_and_the_tasks_follow_the_language(
    locked: tuple[Shell, DoorDouble], qapp: QApplication
) -> None:
    frame, desk = await enter(*locked)
    presenter = TrainingPresenter(locked[0].tasks, _ready(desk.space_a))
    view = dress(locked[0], presenter)
    presenter.follow(desk)
    heard = _Own(qapp)

    choose(SOURCE, altered=_marked)
    qapp.installTranslator(heard)
    try:
        await until(lambda: view.band.words.text().startswith("~"))
        await until(lambda: view.end.text().startswith("~"))
        assert view.rows[Task.TAG]._title.text().startswith("~")
    finally:
        choose(SOURCE)
        qapp.removeTranslator(heard)
    await until(lambda: (view.band.words.text(), view.end.text()) == (said(), "End the training"))
    await calm(frame)


async def test_what_is_out_of_sight_of_the_tasks_can_be_scrolled_by_keyboard(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell = locked[0]
    frame, desk = await enter(*locked)
    shell.resize(1280, 1000)
    presenter = TrainingPresenter(shell.tasks, _ready(desk.space_a))
    view = dress(shell, presenter)
    presenter.follow(desk)
    await until(view.listing.isVisible)
    await until(lambda: view.listing.verticalScrollBar().maximum() == 0)
    assert view.listing.focusPolicy() == Qt.FocusPolicy.NoFocus

    shell.resize(640, 600)

    await until(lambda: view.listing.focusPolicy() == Qt.FocusPolicy.TabFocus)
    await calm(frame)
