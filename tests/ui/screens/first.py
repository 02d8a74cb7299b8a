"""The first run: by invitation, by link, by recovery sheet."""

from __future__ import annotations

from jitclient.errors import LinkEndedError
from tests.ui.keys_double import LINE as SHEET_LINE
from tests.ui.keys_double import WORDS
from tests.ui.screens.stagecraft import LINK_LINE, Play, screen
from tests.ui.waiting import until
from ui.firstrun.joinview import JoinView
from ui.firstrun.state import JoinStep
from ui.firstrun.view import FirstRunView
from ui.keys.view import WordsSheet


@screen("first-run", enrolled=False)
async def _first(play: Play) -> None:
    assert isinstance(play.shell.pages.currentWidget(), FirstRunView)


@screen("first-run-invitation", enrolled=False)
async def _first_line(play: Play) -> None:
    first = play.shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.invitation.edit.setPlainText("jitc-invite:" + LINK_LINE[9:])


@screen("first-run-passphrase", enrolled=False)
async def _first_passphrase(play: Play) -> None:
    await _first_line(play)
    first = play.shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.invitation.next.click()
    await play.quiet()
    first.passphrase.first.edit.setText("harbour quiet violin")
    first.passphrase.second.edit.setText("harbour quiet viola")


@screen("first-run-used", enrolled=False)
async def _first_used(play: Play) -> None:
    play.door.used = True
    await _first_passphrase(play)
    first = play.shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.passphrase.second.edit.setText("harbour quiet violin")
    first.passphrase.go.click()
    await until(first.notice.isVisible)


@screen("join-line", enrolled=False)
async def _join(play: Play) -> None:
    first = play.shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.invitation.link.click()


def _joining(play: Play) -> JoinView:
    join = play.shell.pages.currentWidget()
    assert isinstance(join, JoinView)
    return join


@screen("join-line-given", enrolled=False)
async def _join_given(play: Play) -> None:
    await _join(play)
    join = _joining(play)
    join.line.edit.setPlainText(LINK_LINE)
    join.line.device.edit.setText("Travel laptop")


@screen("join-line-wrong", enrolled=False)
async def _join_wrong(play: Play) -> None:
    await _join(play)
    _joining(play).line.edit.setPlainText("jit-invite:" + LINK_LINE[9:])


@screen("join-code", enrolled=False)
async def _join_code(play: Play) -> None:
    await _join_given(play)
    join = _joining(play)
    join.line.next.click()
    await until(lambda: bool(join.code.code.text()))


@screen("join-confirm", enrolled=False)
async def _join_confirm(play: Play) -> None:
    await _join_code(play)
    play.door.linkings[0].answered.set()
    join = _joining(play)
    await until(lambda: join._presenter.state.step is JoinStep.CONFIRM)
    join.confirm.first.edit.setText("harbour quiet")
    join.confirm.second.edit.setText("harbour")


@screen("join-ended", enrolled=False)
async def _join_ended(play: Play) -> None:
    await _join_code(play)
    play.door.linkings[0].refused = LinkEndedError("The other device withdrew the offer.")
    play.door.linkings[0].answered.set()
    await until(lambda: _joining(play)._presenter.state.problem is not None)


@screen("restore", enrolled=False)
async def _restore(play: Play) -> None:
    first = play.shell.pages.currentWidget()
    assert isinstance(first, FirstRunView)
    first.invitation.restore.click()
    await play.shown(WordsSheet)


@screen("restore-wrong", enrolled=False)
async def _restore_wrong(play: Play) -> None:
    await _restore(play)
    found = await play.shown(WordsSheet)
    found.line.edit.setText(SHEET_LINE)
    found.words.setPlainText(" ".join(WORDS[:-1]) + " zoo")
    found.new.edit.setText("harbour quiet violin")
    found.again.edit.setText("harbour quiet violin")
    found.action.click()
    await until(lambda: bool(found.wrong.text()))


@screen("restore-offline", enrolled=False)
async def _restore_offline(play: Play) -> None:
    play.door.offline = True
    await _restore(play)
    found = await play.shown(WordsSheet)
    found.line.edit.setText(SHEET_LINE)
    found.words.setPlainText(" ".join(WORDS))
    found.new.edit.setText("harbour quiet violin")
    found.again.edit.setText("harbour quiet violin")
    found.action.click()
    await until(found.notice.isVisible)
