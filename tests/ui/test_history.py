"""What happened to an exhibit, beside its facts: its own events in order, kept up to date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitclient.events import ExhibitsChanged
from jitclient.views import ExhibitState
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, until
from ui.evidence.history import MOST, History
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.state import EvidenceState
from ui.presenting import Presenter
from ui.spaces.state import Tab
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Listed(Presenter[EvidenceState]):
    """A list of exhibits of which one is selected."""

    def __init__(self, desk: DeskDouble) -> None:
        super().__init__(EvidenceState(space=desk.space_a))

    def select(self, desk: DeskDouble, at: int | None) -> None:
        """That one, or nothing."""
        row = None if at is None else desk.files[desk.space_a][at]
        self._show(replace(self.state, row=row))


async def _history(desk: DeskDouble) -> tuple[Listed, History, TaskScope]:
    tasks = TaskScope(lambda _: None)
    listed = Listed(desk)
    return listed, History(desk, tasks, listed), tasks


def _two(desk: DeskDouble) -> None:
    for name, number in (("a.bin", "A-1"), ("b.bin", "A-2")):
        desk.exhibit(desk.space_a, name, number, 1, ExhibitState.VERIFIED)
        desk.log(desk.space_a, "exhibit-received", name, "sha256")


async def test_the_events_of_the_selected_one_are_shown_and_of_no_other() -> None:
    desk = DeskDouble()
    _two(desk)
    desk.log(desk.space_a, "exhibit-exported", "a.bin", "/usb/a.bin")
    listed, history, tasks = await _history(desk)
    at = [one.name for one in desk.files[desk.space_a]].index("a.bin")

    listed.select(desk, at)
    await until(lambda: tasks.idle)

    assert [one.what for one in history.state.events] == ["Exhibit announced", "Exhibit exported"]
    assert history.state.events[1].detail == "/usb/a.bin"
    listed.select(desk, None)
    assert history.state.events == ()


async def test_what_happens_to_it_is_added_while_it_is_shown() -> None:
    desk = DeskDouble()
    _two(desk)
    listed, history, tasks = await _history(desk)
    listed.select(desk, 0)
    await until(lambda: tasks.idle)
    row = desk.files[desk.space_a][0]

    desk.log(desk.space_a, "exhibit-exported", row.name)
    history.heard(ExhibitsChanged(desk.space_a))
    await until(lambda: tasks.idle)
    assert history.state.events[-1].what == "Exhibit exported"
    desk.log(desk.space_a, "exhibit-withdrawn", row.name)
    desk.files[desk.space_a][0] = replace(row, state=ExhibitState.WITHDRAWN)
    listed.select(desk, 0)
    await until(lambda: tasks.idle)

    assert history.state.events[-1].what == "Exhibit withdrawn"


async def test_of_many_the_latest_are_shown_and_how_many_were_before() -> None:
    desk = DeskDouble()
    _two(desk)
    name = desk.files[desk.space_a][0].name
    for at in range(MOST + 2):
        desk.log(desk.space_a, "exhibit-viewed", name, str(at))
    listed, history, tasks = await _history(desk)

    listed.select(desk, 0)
    await until(lambda: tasks.idle)

    assert len(history.state.events) == MOST
    assert history.state.events[-1].detail == str(MOST + 1)
    assert history.state.before.startswith("3 earlier")


async def test_a_disk_that_does_not_answer_says_so_there() -> None:
    desk = DeskDouble()
    _two(desk)
    desk.fail["custody_of"] = DiskError("The disk does not answer.")
    listed, history, tasks = await _history(desk)

    listed.select(desk, 0)
    await until(lambda: tasks.idle)

    assert history.state.problem == "The disk does not answer."


async def test_the_window_shows_them_beside_the_facts(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    evidence: EvidencePresenter = frame.room.evidence
    row = next(one for one in desk.files[desk.space_a] if one.exhibit == "A-2")

    evidence.select(row.file)
    await calm(frame)

    assert next(one.what for one in evidence.history.state.events) == "Exhibit verified"
