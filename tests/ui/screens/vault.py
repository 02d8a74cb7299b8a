"""The locked window, the passphrase, the recovery sheet."""

from __future__ import annotations

from tests.ui.door_double import PASSPHRASE
from tests.ui.screens.stagecraft import Play, screen
from tests.ui.waiting import calm, until
from ui.keys.sheetview import RecoverySheet
from ui.keys.state import SheetStep
from ui.keys.view import ChangeSheet, WordsSheet
from ui.unlock.view import UnlockView


@screen("locked")
async def _locked(play: Play) -> None:
    assert isinstance(play.shell.pages.currentWidget(), UnlockView)


@screen("locked-uploads")
async def _locked_uploads(play: Play) -> None:
    gate = play.shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    play.door.carries = True
    gate.look()


@screen("locked-wrong")
async def _locked_wrong(play: Play) -> None:
    gate = play.shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    gate.passphrase.edit.setText("not this one")
    gate.button.click()
    await until(lambda: bool(gate.passphrase.note.text()))


@screen("words")
async def _words(play: Play) -> None:
    gate = play.shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    gate.forgotten.click()
    await play.shown(WordsSheet)


@screen("passphrase")
async def _passphrase(play: Play) -> None:
    frame, _ = await play.frame()
    frame.change_passphrase()
    await play.shown(ChangeSheet)


@screen("passphrase-wrong")
async def _passphrase_wrong(play: Play) -> None:
    await _passphrase(play)
    found = await play.shown(ChangeSheet)
    found.old.edit.setText("not this one")
    found.new.edit.setText("short")
    found.again.edit.setText("sho")
    found.action.click()
    await until(lambda: bool(found.new.note.text()))


@screen("sheet-passphrase")
async def _sheet(play: Play) -> None:
    frame, _ = await play.frame()
    frame.recovery_sheet()
    await play.shown(RecoverySheet)


@screen("sheet-words")
async def _sheet_words(play: Play) -> None:
    await _sheet(play)
    found = await play.shown(RecoverySheet)
    found.passphrase.edit.setText(PASSPHRASE)
    found.action.click()
    await until(lambda: found._presenter.state.step is SheetStep.WORDS)


@screen("sheet-confirm")
async def _sheet_confirm(play: Play) -> None:
    await _sheet_words(play)
    found = await play.shown(RecoverySheet)
    found.action.click()
    found.fields[0].edit.setText("abandon")
    found.action.click()
    await until(lambda: bool(found.wrong.text()))


@screen("no-sheet-yet")
async def _no_sheet(play: Play) -> None:
    frame, desk = await play.frame()
    desk.sheet_at = None
    frame.room.status.refresh()
    await calm(frame)
