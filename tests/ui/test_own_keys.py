"""The sheets about one's own keys: passphrase, recovery sheet, words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.keys_double import LINE, PASSPHRASE, WORDS
from tests.ui.waiting import until
from ui.keys.presenter import ChangePresenter, SheetPresenter, WordsPresenter
from ui.keys.recoverypaper import write_pdf
from ui.keys.sheetview import RecoverySheet
from ui.keys.state import SheetStep
from ui.keys.view import ChangeSheet, WordsSheet
from ui.ports import DeskPort
from ui.status.presenter import StatusPresenter
from ui.status.view import StatusView
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW = "five dry parasols in March"


async def test_the_passphrase_is_changed_and_the_sheet_closes(
    qtbot: QtBot, failures: list[Exception]
) -> None:
    desk, parent = DeskDouble(), QWidget()
    qtbot.addWidget(parent)
    sheet = ChangeSheet(parent, ChangePresenter(desk), TaskScope(failures.append))
    sheet.open()
    sheet.old.edit.setText("something else")
    sheet.new.edit.setText(NEW)
    sheet.again.edit.setText(NEW)

    sheet.action.click()
    await until(lambda: "does not open" in sheet.old.note.text())
    sheet.old.edit.setText(PASSPHRASE)
    sheet.action.click()
    await until(lambda: desk.keys.passphrase == NEW)


async def test_a_short_or_different_new_passphrase_changes_nothing() -> None:
    presenter = ChangePresenter(DeskDouble())

    assert not await presenter.change(PASSPHRASE, "short", "short")
    assert "12" in presenter.state.wrong_new
    assert not await presenter.change(PASSPHRASE, NEW, NEW + "x")
    assert presenter.state.wrong_again


async def test_the_sheet_shows_its_words_after_the_passphrase_and_asks_for_three(
    qtbot: QtBot, failures: list[Exception], tmp_path: Path
) -> None:
    desk, parent = DeskDouble(), QWidget()
    qtbot.addWidget(parent)
    presenter = SheetPresenter(desk)
    sheet = RecoverySheet(parent, presenter, TaskScope(failures.append))
    sheet.open()

    assert presenter.state.words == ()
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.action.click()
    await until(lambda: presenter.state.step is SheetStep.WORDS)
    assert WORDS[4] in sheet.words[4].text()
    assert "".join(sheet.line.text().split()) == LINE
    assert await write_pdf(tmp_path / "sheet.pdf", presenter.state)
    assert (tmp_path / "sheet.pdf").read_bytes()[:4] == b"%PDF"
    assert (tmp_path / "sheet.pdf").stat().st_mode & 0o777 == 0o600

    sheet.action.click()
    sheet.fields[0].edit.setText("wrong")
    sheet.action.click()
    await until(lambda: bool(sheet.wrong.text()))
    for at, field in zip(presenter.state.asked, sheet.fields, strict=True):
        field.edit.setText(WORDS[at - 1])
    sheet.action.click()
    await until(lambda: desk.keys.confirmed)


async def test_the_strip_reminds_until_a_sheet_was_confirmed(
    qtbot: QtBot, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    desk.sheet_at = None
    presenter = StatusPresenter(desk, TaskScope(failures.append), lambda: 0.0, lambda _: None)
    view = StatusView(presenter)
    qtbot.addWidget(view)

    await presenter._load()
    assert view.sheet.isVisibleTo(view)
    desk.sheet_at = 1
    await presenter._load()

    assert not view.sheet.isVisibleTo(view)
    assert view.keyring.text == ""


async def test_the_words_open_a_locked_profile(qtbot: QtBot, failures: list[Exception]) -> None:
    door, parent, opened = DoorDouble(), QWidget(), list[DeskPort]()
    qtbot.addWidget(parent)
    tasks = TaskScope(failures.append)
    sheet = WordsSheet(parent, WordsPresenter(door), tasks, opened.append, restore=False)
    sheet.open()
    sheet.words.setPlainText("zoo zoo")
    sheet.new.edit.setText(NEW)
    sheet.again.edit.setText(NEW)

    sheet.action.click()
    await until(lambda: "Word 2" in sheet.wrong.text())
    sheet.words.setPlainText(" ".join(WORDS))
    sheet.action.click()
    await until(lambda: bool(opened))


async def test_the_sheet_restores_a_person_on_an_empty_computer(
    qtbot: QtBot, failures: list[Exception]
) -> None:
    door, parent, opened = DoorDouble(enrolled=False), QWidget(), list[DeskPort]()
    qtbot.addWidget(parent)
    tasks = TaskScope(failures.append)
    sheet = WordsSheet(parent, WordsPresenter(door), tasks, opened.append, restore=True)
    sheet.open()
    sheet.line.edit.setText("jit-invite:abc")
    sheet.words.setPlainText(" ".join(WORDS))
    sheet.new.edit.setText(NEW)
    sheet.again.edit.setText(NEW)
    sheet.lost.setChecked(True)

    sheet.action.click()
    await until(lambda: "not the line" in sheet.line.below.text())
    sheet.line.edit.setText(LINE)
    sheet.action.click()
    await until(lambda: bool(opened))

    assert door.restored == (LINE, True)


async def test_a_new_passphrase_is_judged_while_it_is_typed(
    qtbot: QtBot, failures: list[Exception]
) -> None:
    desk, parent = DeskDouble(), QWidget()
    qtbot.addWidget(parent)
    sheet = ChangeSheet(parent, ChangePresenter(desk), TaskScope(failures.append))
    sheet.open()

    sheet.new.edit.setText("short")
    assert "12" in sheet.strength.hint.text()
    sheet.new.edit.setText("a" * 20)
    assert "different" in sheet.strength.hint.text()
    sheet.new.edit.setText(NEW)
    sheet.again.edit.setText("something else")
    assert "differ" in sheet.again.note.text()
    sheet.again.edit.setText(NEW)
    assert sheet.again.note.text() == ""


async def test_the_keyboard_goes_to_what_was_wrong(qtbot: QtBot, failures: list[Exception]) -> None:
    desk, parent = DeskDouble(), QWidget()
    qtbot.addWidget(parent)
    sheet = ChangeSheet(parent, ChangePresenter(desk), TaskScope(failures.append))
    sheet.open()
    sheet.old.edit.setText(PASSPHRASE)
    sheet.new.edit.setText("a" * 20)
    sheet.again.edit.setText("a" * 20)

    sheet.action.click()
    await until(lambda: "different" in sheet.new.note.text())

    assert sheet.focusWidget() is sheet.new.edit
    assert desk.keys.passphrase == PASSPHRASE
