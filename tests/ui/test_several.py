"""Several exhibits at once: what is done reaches all of them, is taken back, and can be stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow, ExhibitState, Purpose
from protocol.errors import HashMismatchError
from protocol.ids import FileId
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.evidence import several as module
from ui.evidence.model import ExhibitModel
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.rowtext import as_text
from ui.evidence.state import Column
from ui.evidence.uses import ExportPresenter
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.tasks import TaskScope

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


class Table:
    """A list of six exhibits of somebody else's, all of them here."""

    def __init__(self, failures: list[Exception]) -> None:
        self.desk = DeskDouble()
        self.space = self.desk.space_a
        for number in range(6):
            self.desk.exhibit(
                self.space, f"{number}.bin", f"A-{number}", 100, ExhibitState.VERIFIED, author=1
            )
        self.tasks = TaskScope(failures.append)
        self.offered: list[Any] = []
        self.list = EvidencePresenter(self.desk, self.tasks, lambda: NOW, lambda _: None)
        self.list.several.offer = lambda said, back: self.offered.append((said, back))

    async def open(self) -> EvidencePresenter:
        self.list.open(self.desk.details[self.space])
        await self.rest()
        return self.list

    async def rest(self) -> None:
        await until(lambda: self.tasks.idle)

    async def reread(self) -> None:
        self.list.refresh()
        await self.rest()

    def files(self, *numbers: int) -> frozenset[FileId]:
        return frozenset(self.desk.files[self.space][at].file for at in numbers)

    def rows(self) -> list[ExhibitRow]:
        return self.desk.files[self.space]


async def test_a_review_of_several_reaches_all_of_them_and_undo_gives_each_its_own_back(
    failures: list[Exception],
) -> None:
    table = Table(failures)
    table.rows()[1] = replace(table.rows()[1], review="flagged")
    table.rows()[2] = replace(table.rows()[2], review="reviewed")
    shown = await table.open()
    shown.choose(table.files(0, 1, 2), next(iter(table.files(0))))

    shown.reviewing.mark(ReviewState.REVIEWED)
    await table.rest()
    assert [row.review for row in table.rows()] == ["reviewed"] * 3 + ["new"] * 3

    table.offered[-1][1]()
    await table.rest()
    assert [row.review for row in table.rows()] == ["new", "flagged", "reviewed"] + ["new"] * 3


async def test_a_tag_that_some_have_is_given_to_all_and_only_then_taken_away(
    failures: list[Exception],
) -> None:
    table = Table(failures)
    table.rows()[1] = replace(table.rows()[1], tags=("phone",))
    shown = await table.open()
    shown.choose(table.files(0, 1), next(iter(table.files(0))))

    shown.reviewing.turn_tag(1)
    await table.rest()
    assert [row.tags for row in table.rows()[:3]] == [("phone",), ("phone",), ()]
    _, back = table.offered[-1]

    back()
    await table.rest()
    assert [row.tags for row in table.rows()[:3]] == [(), ("phone",), ()]

    await table.reread()
    for _turn in range(2):
        shown.reviewing.turn_tag(1)
        await table.rest()
        await table.reread()
    assert [row.tags for row in table.rows()] == [()] * 6


async def test_one_exhibit_with_too_many_tags_is_named_and_the_others_are_tagged(
    failures: list[Exception],
) -> None:
    table = Table(failures)
    full = tuple(f"t{number}" for number in range(20))
    table.rows()[0] = replace(table.rows()[0], tags=full)
    shown = await table.open()
    shown.choose(table.files(0, 1), None)

    shown.several.add_tags(("new",))
    await table.rest()

    assert [row.tags for row in table.rows()[:2]] == [full, ("new",)]
    assert shown.several.batch.state.failed == ("0.bin: an exhibit has at most 20 tags.",)


async def test_a_tag_that_is_none_is_refused_in_words(failures: list[Exception]) -> None:
    table = Table(failures)
    shown = await table.open()
    shown.choose(table.files(0, 1), None)

    shown.several.add_tags(('a "quote"',))
    await table.rest()

    assert shown.several.batch.state.failed != ()
    assert failures == []


async def test_copies_of_several_get_names_of_their_own_and_overwrite_nothing(
    failures: list[Exception], tmp_path: Path
) -> None:
    table = Table(failures)
    table.rows()[1] = replace(table.rows()[1], name="0.BIN")
    shown = await table.open()
    shown.choose(table.files(0, 1, 2), None)
    (tmp_path / "2.bin").write_bytes(b"older")

    shown.several.export(shown.several.selected(), tmp_path, Purpose.WORK)
    await table.rest()

    assert sorted(one.name for one in tmp_path.iterdir()) == ["0 (2).BIN", "0.bin", "2.bin"]
    assert (tmp_path / "2.bin").read_bytes() == b"older"
    state = shown.several.batch.state
    assert (state.said, len(state.failed)) == ("2 of 3 copies saved", 1)
    assert state.failed[0].startswith("2.bin: ")


async def test_what_differs_from_its_manifest_is_named_and_the_rest_is_read(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(failures)
    shown = await table.open()
    read = list[FileId]()
    wrong = table.rows()[1].file

    async def verify(_space: object, file: FileId, _tell: object) -> None:
        read.append(file)
        if file == wrong:
            raise HashMismatchError("Its bytes are not those of the manifest.")

    monkeypatch.setattr(table.desk, "verify_exhibit", verify)
    shown.choose(table.files(0, 1, 2), None)
    shown.several.verify()
    await table.rest()

    assert frozenset(read) == table.files(0, 1, 2)
    assert shown.several.batch.state.said == "2 of 3 exhibits verified"
    assert shown.several.batch.state.failed == ("1.bin: Its bytes are not those of the manifest.",)


async def test_stop_ends_the_reading_of_the_exhibit_that_is_read_and_begins_no_other(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(failures)
    shown = await table.open()
    begun, go_on = list[FileId](), asyncio.Event()

    async def verify(_space: object, file: FileId, tell: Any) -> None:
        begun.append(file)
        await go_on.wait()
        tell(1)
        raise AssertionError("it was read to its end")

    monkeypatch.setattr(table.desk, "verify_exhibit", verify)
    shown.choose(table.files(0, 1, 2), None)
    shown.several.verify()
    await until(lambda: bool(begun))

    shown.several.batch.stop()
    go_on.set()
    await table.rest()

    assert len(begun) == 1
    assert shown.several.batch.state.said == "0 of 3 exhibits verified"
    assert shown.several.batch.state.failed == ()
    assert not shown.several.batch.state.running


async def test_many_are_noted_in_steps(
    failures: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP", 2)
    table = Table(failures)
    shown = await table.open()
    shown.choose(table.files(*range(5)), None)

    shown.several.mark(ReviewState.FLAGGED)
    await table.rest()

    assert table.desk.calls.count("mark_all") == 3
    assert [row.review for row in table.rows()] == ["flagged"] * 5 + ["new"]


async def test_what_a_filter_hides_is_not_selected_any_more(failures: list[Exception]) -> None:
    table = Table(failures)
    shown = await table.open()
    shown.choose(table.files(0, 1, 2), None)

    shown.filter("A-1")

    assert shown.state.several == frozenset()
    shown.filter("")
    shown.choose(table.files(0, 1, 2), None)
    shown.sort_by(Column.NUMBER, descending=True)
    assert shown.state.several == table.files(0, 1, 2)


async def test_what_bears_h1_is_left_out_of_copies_for_a_court(failures: list[Exception]) -> None:
    table = Table(failures)
    table.rows()[0] = replace(table.rows()[0], in_force=("H1",))
    asked = ExportPresenter(*table.rows()[:3])
    assert len(asked.allowed()) == 3

    asked.choose(Purpose.COURT)

    assert [row.exhibit for row in asked.allowed()] == ["A-1", "A-2"]
    assert asked.state.forbidden.startswith("1 of them bears H1")
    assert asked.state.can_go_on


async def test_rows_are_copied_as_a_spreadsheet_reads_them_and_no_name_becomes_a_formula(
    failures: list[Exception],
) -> None:
    table = Table(failures)
    table.rows()[1] = replace(table.rows()[1], name="=cmd.bin")
    shown = await table.open()

    text = as_text(shown.state.items[:2], (Column.NUMBER, Column.NAME, Column.REVIEW))

    heads, first, second, rest = text.split("\n")
    assert heads == "Exhibit\tName\tSHA-256\tReview"
    assert first == f"A-0\t0.bin\t{table.rows()[0].sha256}\tNew"
    assert second.split("\t")[:2] == ["A-1", "'=cmd.bin"]
    assert rest == ""


async def test_by_keyboard_rows_are_selected_and_the_same_exhibits_stay_so_in_another_order(
    locked: Locked,
) -> None:
    frame, _ = await enter(*locked)
    shown = frame.room.evidence
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    view = frame.stage.evidence
    every = [one.file for one in shown.state.items]
    shown.select(every[1])

    QTest.keyClick(view.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert shown.state.several == frozenset(every[1:3])
    assert shown.state.selected == every[2]

    shown.sort_by(Column.NUMBER, descending=True)
    assert shown.state.several == frozenset(every[1:3])
    picked = view.table.selectionModel().selectedRows()
    assert {shown.state.items[at.row()].file for at in picked} == set(every[1:3])

    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert shown.state.several == frozenset()
    view.table.selectAll()
    assert shown.state.several == frozenset(every)
    assert view.several.count.text() == f"{len(every)} exhibits selected"
    assert view.several.isVisible()
    assert not view.pause.isVisible()
    assert view.verify.isVisible()

    view.copy_rows((Column.STATE,))
    await calm(frame)
    assert len(QApplication.clipboard().text().splitlines()) == 1 + len(every)
    shown.select(None)
    assert view.table.selectionModel().selectedRows() == []


async def test_the_heads_of_the_columns_do_not_look_at_every_selected_row(
    locked: Locked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, count = [0], ExhibitModel.columnCount

    def counting(model: ExhibitModel, *parent: Any) -> int:
        asked[0] += 1
        return count(model, *parent)

    monkeypatch.setattr(ExhibitModel, "columnCount", counting)  # before Qt looks it up
    frame, desk = await enter(*locked)
    for number in range(300):
        desk.exhibit(desk.space_a, f"{number}.bin", "", 1, ExhibitState.VERIFIED, author=1)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.refresh()
    await calm(frame)
    view = frame.stage.evidence
    view.table.selectAll()
    await calm(frame)
    asked[0] = 0

    view.table.horizontalHeader().grab()

    assert asked[0] < 300, asked
