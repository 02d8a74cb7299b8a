"""A customs detection in the window: kept as it is typed, checked, handed over whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient.intakeviews import BY_NAME, STARRED, Intake
from protocol.errors import StoreUnreachableError
from tests.ui.desk_double import DeskDouble
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.evidence.intake import IntakePresenter
from ui.evidence.intakesheet import IntakeSheet
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")
FORM = {
    "number": "C-7",
    "case": "2026/114",
    "post": "Port of Antwerp",
    "detected-at": "2026-11-02T14:05+01:00",
    "officer": "J. Peeters",
    "authority": "Belgian Customs",
    "found": "White powder",
    "control": "scan+dog",
}


async def detecting(
    desk: DeskDouble, failures: list[Exception]
) -> tuple[IntakePresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    made = IntakePresenter(desk, tasks, desk.details[desk.space_a])
    made.load()
    await until(lambda: tasks.idle)
    return made, tasks


def fill(presenter: IntakePresenter, **others: str) -> None:
    for name, value in (FORM | others).items():
        presenter.type(name, value)


async def test_a_form_begins_with_what_is_known_and_says_what_is_lacking(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    presenter, _ = await detecting(desk, failures)

    assert dict(presenter.state.form)["officer"] == desk.me.name
    assert "Port, airport or border post" in presenter.state.lacking
    assert not presenter.state.can_hand_over


@pytest.mark.parametrize("name", STARRED)
async def test_it_does_not_go_while_a_starred_field_is_empty(
    name: str, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    presenter, tasks = await detecting(desk, failures)
    fill(presenter)
    ready = presenter.state.can_hand_over
    presenter.type(name, " ")

    assert (ready, presenter.state.can_hand_over) == (True, False)
    assert not await presenter.hand_over()

    assert presenter.state.lacking == (BY_NAME[name].label,)
    assert "intake_take" not in desk.calls
    await until(lambda: tasks.idle)


async def test_what_is_typed_is_kept_and_there_again_when_the_sheet_is_opened_again(
    failures: list[Exception], tmp_path: Path
) -> None:
    desk = DeskDouble()
    presenter, tasks = await detecting(desk, failures)
    fill(presenter, means="container", **{"means-number": "CSQU3054384"})
    presenter.add_images([tmp_path / "a.png", tmp_path / "a.png"])
    await until(lambda: tasks.idle)

    again, _ = await detecting(desk, failures)

    assert again.state.form == presenter.state.form
    assert again.state.images == (tmp_path / "a.png",)
    assert "last digit" in dict(again.state.problems)["means-number"]
    again.type("means", "other")
    assert again.state.problems == ()


async def test_while_one_draft_is_written_what_is_typed_waits_and_is_not_lost(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    presenter, tasks = await detecting(desk, failures)
    before = desk.calls.count("intake_keep")

    for end in range(1, 40):
        presenter.type("found", "x" * end)
    await until(lambda: tasks.idle)

    assert dict(desk.detecting.drafts[desk.space_a].form)["found"] == "x" * 39
    assert desk.calls.count("intake_keep") - before <= 2


async def test_an_emptied_form_can_be_brought_back(
    failures: list[Exception], tmp_path: Path
) -> None:
    desk = DeskDouble()
    presenter, tasks = await detecting(desk, failures)
    fill(presenter)
    presenter.add_images([tmp_path / "a.png"])
    full = presenter.state.form

    presenter.empty()
    assert dict(presenter.state.form).keys() == {"officer", "authority"}
    assert presenter.state.images == ()
    presenter.bring_back()
    await until(lambda: tasks.idle)

    assert presenter.state.form == full
    assert desk.detecting.drafts[desk.space_a] == Intake(form=full, images=(tmp_path / "a.png",))


async def test_what_fails_stays_filled_in_and_kept(failures: list[Exception]) -> None:
    desk = DeskDouble()
    presenter, tasks = await detecting(desk, failures)
    fill(presenter)
    desk.fail["intake_take"] = StoreUnreachableError("The disk is full.")

    assert not await presenter.hand_over()
    await until(lambda: tasks.idle)

    assert presenter.state.problem is not None
    assert dict(desk.detecting.drafts[desk.space_a].form)["found"] == "White powder"
    assert presenter.state.can_hand_over


async def test_images_that_did_not_go_are_named_and_the_form_is_gone_from_the_sheet(
    failures: list[Exception], tmp_path: Path
) -> None:
    desk = DeskDouble()
    presenter, _ = await detecting(desk, failures)
    fill(presenter)
    presenter.add_images([tmp_path / "a.png", tmp_path / "b.png"])
    desk.detecting.stays = ("b.png",)

    assert not await presenter.hand_over()

    assert "C-7" in presenter.state.note
    assert "b.png" in presenter.state.note
    assert presenter.state.form == ()
    assert desk.space_a not in desk.detecting.drafts


async def test_the_sheet_hands_over_and_closes(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.stage.evidence.detection.click()
    found = await sheet()
    assert isinstance(found, IntakeSheet)
    await until(lambda: not found._presenter.state.loading)
    before = len(desk.files[desk.space_a])
    fill(found._presenter)
    await until(found.action.isEnabled)

    found.action.click()
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    assert len(desk.files[desk.space_a]) == before + 1
    assert "C-7" in frame.room.status.state.notice


async def test_locking_keeps_what_was_typed_while_the_draft_was_being_written(
    locked: Locked,
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    frame.stage.sheets.detect()
    opened = await sheet()
    assert isinstance(opened, IntakeSheet)
    await until(lambda: not opened._presenter.state.loading)
    presenter = opened._presenter
    desk.gate = asyncio.Event()
    presenter.type("found", "White")
    await until(lambda: desk.calls[-1] == "intake_keep")
    presenter.type("found", "White powder, 2 kg")

    shell.lock()
    desk.gate.set()
    await until(lambda: shell.frame is None and shell.tasks.idle)

    assert dict(desk.detecting.drafts[desk.space_a].form)["found"] == "White powder, 2 kg"
