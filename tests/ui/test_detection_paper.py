"""A detection on paper: everything that is filled in, letter by letter, under the letterhead."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.intakeviews import SECTIONS, Intake
from tests.ui import papers
from tests.ui.test_hand_list import lines_of
from tests.ui.test_intake import FORM
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui import binding
from ui.evidence.detectionpaper import detection_paper
from ui.evidence.intakesheet import IntakeSheet
from ui.printing.paper import OfSpace, Paper

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _paper(*images: str, **more: str) -> Paper:
    about = OfSpace(title="Operation <Amberlight>", agreement="JIT 2026/118", made="today")
    return detection_paper(tuple((FORM | more).items()), images, about)


def _said(paper: Paper) -> str:
    return "\n".join(one.text for one in lines_of(paper))


async def test_everything_that_is_filled_in_stands_on_it_and_nothing_is_markup() -> None:
    every = {one.name: f"<b>{one.name}</b>" for _, fields in SECTIONS for one in fields}
    chosen = {"means": "vessel", "control": "scan+dog", "controlled-delivery": "yes"}
    marks = {"handling": "H1", "tlp": "AMBER", "marking": "Sensitive"}
    said = _said(_paper(**(every | chosen | marks)))

    assert [one for one in every if one not in chosen | marks and every[one] not in said] == []
    assert "Scan + Dog" in said
    assert "Operation <Amberlight>" in said


async def test_headings_of_what_is_empty_are_left_out_and_images_keep_their_numbers() -> None:
    said = _said(_paper("door.jpg", "seal\u202egpj.exe"))

    assert "Means and papers" not in said
    assert FORM["detected-at"] in said
    assert "C-7.1" in said
    assert "C-7.2" in said
    assert "\u202e" not in said


async def test_marks_stand_on_every_page_or_that_there_are_none() -> None:
    assert _paper().marks == "No marks stated"
    assert "H1" in _paper(handling="H1").marks


async def test_the_sheet_writes_it_where_it_is_told_and_overwrites_nothing(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    target = tmp_path / "detection.pdf"

    async def chosen(*_: object) -> Path:
        return target

    monkeypatch.setattr(binding, "choose_target", chosen)
    desk.detecting.drafts[desk.space_a] = Intake(form=tuple(FORM.items()))
    frame.stage.sheets.detect()
    found = await sheet()
    assert isinstance(found, IntakeSheet)
    await until(found.print.isEnabled)

    found.print.click()
    await until(lambda: "is written" in found.note.text())
    first = target.read_bytes()
    assert "White powder" in " ".join(papers.texts(first))

    found.print.click()
    await until(found.notice.isVisible)
    assert target.read_bytes() == first
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)
