"""Exhibits with their facts: the inspector, the sheet that hands over, the sheet of facts."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt

from jitclient.checkviews import Finding, SpaceCheck
from jitclient.intakeviews import Intake
from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitState, Going, Held, OutboxRow, QueueRow
from protocol.ids import FileId
from tests.ui.desk_rows import NOW
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.story import FACTS
from tests.ui.waiting import calm, sheets, until
from ui.custody.checksheet import CheckSheet
from ui.custody.logsaving import SavingState
from ui.custody.logsheet import LogSheet
from ui.evidence.factsheet import FactsSheet
from ui.evidence.intakesheet import IntakeSheet
from ui.evidence.listsheet import ListSheet
from ui.evidence.queuesheet import QueueSheet
from ui.evidence.sheet import AddSheet
from ui.evidence.treesheet import TreeSheet
from ui.evidence.usesheets import ExportSheet, PermissionSheet
from ui.spaces.state import Tab
from ui.widgets.reason import AskReason

FOUND = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive
PART = "Part 2 of 3 is missing or damaged on this disk."
NAME = "Kontoauszüge_Amberlight_Q3.xlsx"


@screen("evidence-facts")
async def _facts(play: Play) -> None:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    row = next(one for one in desk.files[desk.space_a] if one.name == NAME)
    frame.room.evidence.select(row.file)
    await calm(frame)


@screen("withdraw")
async def _withdraw(play: Play) -> None:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    rows = desk.files[desk.space_a]
    out = next(one for one in rows if one.mine and one.state is ExhibitState.ON_SERVER)
    frame.room.evidence.select(out.file)
    frame.stage.evidence.cancel.click()
    found = await play.shown(AskReason)
    found.reason.edit.setText("Sent to the wrong team: it belongs to JIT 2026/14")


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
    described = {"acquired-at": "2026-11-02", "authority": "FIOD Zwolle", **dict(FACTS[:9])}
    sheet._presenter.describe(paths[0], described)
    sheet._presenter.number(paths[0], "A-14")
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


async def _detecting(play: Play, **form: str) -> IntakeSheet:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    images = (Path("/media/usb/scan-front.png"), Path("/media/usb/cooling-unit.jpg"))
    filled = tuple((name.replace("_", "-"), value) for name, value in form.items())
    desk.detecting.drafts[desk.space_a] = Intake(form=filled, images=images if form else ())
    frame.stage.sheets.detect()
    sheet = await play.shown(IntakeSheet)
    await until(lambda: not sheet._presenter.state.loading)
    return sheet


@screen("detection")
async def _detection(play: Play) -> None:
    await _detecting(play)


@screen("detection-wrong")
async def _detection_wrong(play: Play) -> None:
    sheet = await _detecting(
        play, number="C-7", post="Port of Antwerp, quay 730", detected_at="yesterday",
        means="container", means_number="CSQU3054384", found="White powder in the cooling unit",
    )  # fmt: skip
    sheet._middle.ensureWidgetVisible(sheet.lacking)


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


@screen("hand-list")
async def _hand_list(play: Play) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    frame.stage.sheets.papers.hand_list()
    sheet = await play.shown(ListSheet)
    sheet.number.edit.setText("HL 2026/7")


@screen("transfers")
async def _transfers(play: Play) -> None:
    frame, desk = await play.frame()
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    title = desk.details[desk.space_a].row.title
    one = QueueRow(
        space=desk.space_a, space_title=title, file=FileId(bytes(16)), name="server-03.E01",
        exhibit="A-14", up=True, going=Going.MOVING, done=310 << 30, total=820 << 30,
        rate=96.0 * (1 << 20), eta=None,
    )  # fmt: skip
    desk.queued = (
        one,
        replace(one, file=FileId(b"b" * 16), name=NAME, up=False, total=40 << 20, done=9 << 20,
                rate=5.0 * (1 << 20)),
        replace(one, file=FileId(b"c" * 16), name="phone-extraction-of-the-third-suspect.tar",
                going=Going.WAITING, total=64 << 30, done=0, rate=0.0, eta=6_100.0),
        replace(one, file=FileId(b"d" * 16), name="interview-2026-11-02.mp4", rate=0.0,
                going=Going.PAUSED, total=7 << 30, done=3 << 30),
        replace(one, file=FileId(b"e" * 16), name="router-dump.bin", rate=0.0,
                going=Going.FAILED, total=2 << 30, done=1 << 30,
                problem="The file changed: it is 12 bytes longer than when it was added."),
    )  # fmt: skip
    desk.queued = tuple(replace(row, recipients=3) for row in desk.queued)
    waits = OutboxRow(
        space=desk.space_a, space_title=title, kind="text", at=NOW, held=Held.STORE, next_try=None,
        text="The container is at Schiphol-Rijk. Who has the seal number?",
    )  # fmt: skip
    desk.beside = {
        "outbox": (waits, replace(waits, kind="receipts", held=Held.KEY)),
        "unsent": 2,
        "problem": "The store cannot be reached.",
        "next_try": NOW + 60,
    }
    desk.held = (100 << 20, 0)
    frame.stage.sheets.transfers()
    sheet = await play.shown(QueueSheet)
    await until(lambda: not sheet._presenter.state.loading)


@screen("hand-over-twice")
async def _twice(play: Play) -> None:
    frame, desk = await play.frame()
    folder = Path(tempfile.mkdtemp()) / "Phone"
    (folder / "DCIM").mkdir(parents=True)
    for name in ("DCIM/0001.jpg", "DCIM/0002.jpg", "notes.txt"):
        (folder / name).write_bytes(name.encode())
    (folder / "empty").mkdir()
    desk.twice = {
        "0002.jpg": "This content is in the space already: “IMG_2.jpg” (A-3), added by Jan."
    }
    frame.stage.sheets.add_evidence([folder])
    sheet = await play.shown(AddSheet)
    await until(lambda: any(one.twice for one in sheet._presenter.state.files))


@screen("hand-over-tree")
async def _tree(play: Play) -> None:
    await _twice(play)
    (sheet,) = [one for one in sheets() if isinstance(one, AddSheet)]
    sheet.tree.click()
    tree = await play.shown(TreeSheet)
    (leaf,) = tree.tree.findItems("0001.jpg", FOUND, 0)
    leaf.setCheckState(0, Qt.CheckState.Unchecked)


async def _checked(play: Play, found: SpaceCheck | None) -> None:
    frame, desk = await play.frame()
    desk.check = found
    desk.checking = None if found else asyncio.Event()
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    frame.stage.sheets.check()
    sheet = await play.shown(CheckSheet)
    sheet.action.click()
    await until(lambda: bool(sheet._presenter.state.result or sheet._presenter.state.percent))


@screen("check-running")
async def _check_running(play: Play) -> None:
    await _checked(play, None)


@screen("check-found")
async def _check_found(play: Play) -> None:
    part = Finding("A-2 Kontoauszüge_Amberlight_Q3.xlsx", "part-corrupted", PART)
    await _checked(play, SpaceCheck(5, 2**31, ("C-1 interview.wav",), (part,)))


@screen("check-sound")
async def _check_sound(play: Play) -> None:
    await _checked(play, SpaceCheck(7, 2**31, (), ()))


@screen("log-paper")
async def _log_paper(play: Play) -> None:
    frame, _ = await play.frame()
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    frame.stage.sheets.papers.log()
    sheet = await play.shown(LogSheet)
    sheet._presenter._show(SavingState(sheet._presenter.state.count, running=True))
    sheet._presenter._moved(3, 11)


@screen("review")
async def _review(play: Play) -> None:
    frame, desk = await play.frame()
    file = desk.files[desk.space_a][0].file
    await desk.reviewing.tag(desk.space_a, file, add=("phone", "follow up"))
    await desk.reviewing.note(desk.space_a, file, "Ask Jan for the unlock code.")
    await desk.reviewing.mark(desk.space_a, file, ReviewState.IN_REVIEW)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    frame.room.evidence.select(file)
    await calm(frame)


@screen("evidence-several")
async def _several(play: Play) -> None:
    frame, desk = await play.frame()
    files = [one.file for one in desk.files[desk.space_a]]
    await desk.reviewing.tag_all(desk.space_a, files[:3], add=("follow up", "phone"))
    await desk.reviewing.tag_all(desk.space_a, files, add=("phone",))
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    frame.room.evidence.choose(frozenset(files[:5]), files[0])
    frame.room.evidence.several.verify()
    frame.room.evidence.several.batch.stop()
    await calm(frame)
