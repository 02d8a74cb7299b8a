"""Exhibits with their facts: the inspector, the sheet that hands over, the sheet of facts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.ui.screens.stagecraft import Play, screen
from tests.ui.story import FACTS
from tests.ui.waiting import calm, sheets, until
from ui.evidence.factsheet import FactsSheet
from ui.evidence.sheet import AddSheet
from ui.evidence.usesheets import ExportSheet, PermissionSheet
from ui.spaces.state import Tab

NAME = "Kontoauszüge_Amberlight_Q3.xlsx"


@screen("evidence-facts")
async def _facts(play: Play) -> None:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    row = next(one for one in desk.files[desk.space_a] if one.name == NAME)
    frame.room.evidence.select(row.file)
    await calm(frame)


async def adding(play: Play) -> AddSheet:
    """The sheet that hands over, with two files of which one is described."""
    frame, _ = await play.frame()
    folder = Path(tempfile.mkdtemp())
    paths = [folder / "server-03.E01", folder / "phone.tar"]
    for path in paths:
        path.write_bytes(b"image")
    frame.stage.sheets.add_evidence(paths)
    sheet = await play.shown(AddSheet)
    await until(lambda: len(sheet._presenter.state.files) == len(paths))
    sheet._presenter.describe(paths[0], dict(FACTS[:9]))
    return sheet


@screen("hand-over")
async def _adding(play: Play) -> None:
    await adding(play)


@screen("hand-over-differs")
async def _differs(play: Play) -> None:
    sheet = await adding(play)
    path = sheet._presenter.state.files[0].path
    report = path.with_name("report.txt")
    report.write_text(f"{'0' * 64}  {path.name}\n")
    sheet._presenter.report(report)
    await until(lambda: bool(sheet._presenter.state.note))
    sheet.action.click()
    await until(lambda: sheet._presenter.state.problem is not None)


@screen("hand-over-facts")
async def _describing(play: Play) -> None:
    sheet = await adding(play)
    sheet._describe(sheet._presenter.state.files[0].path)
    await until(lambda: len(sheets()) == 2)


@screen("hand-over-facts-wrong")
async def _wrong(play: Play) -> None:
    await _describing(play)
    found = await play.shown(FactsSheet)
    for name, value in (("acquired-at", "yesterday"), ("handling", "H3"), ("country", "Germany")):
        found._presenter.type(name, value)


@screen("export-court")
async def _court(play: Play) -> None:
    await _facts(play)
    frame, _ = await play.frame()
    frame.room.tasks.start(frame.stage.evidence._export(), name="ask-export")
    found = await play.shown(ExportSheet)
    found.purpose.activated.emit(1)


@screen("permission")
async def _permission(play: Play) -> None:
    await _facts(play)
    frame, _ = await play.frame()
    frame.room.tasks.start(frame.stage.evidence._permit(), name="ask-permit")
    await play.shown(PermissionSheet)


@screen("evidence-permitted")
async def _permitted(play: Play) -> None:
    await _facts(play)
    frame, desk = await play.frame()
    row = next(one for one in desk.files[desk.space_a] if one.name == NAME)
    await desk.record_permission(
        desk.space_a, row.file, "H1", given_by="Jan de Vries", reference="Letter of 20 November"
    )
    await calm(frame)
    bar = frame.stage.evidence.inspector._scroll.verticalScrollBar()
    bar.setValue(bar.maximum() // 3)
