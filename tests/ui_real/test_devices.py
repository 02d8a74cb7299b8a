"""Devices, comparing and deciding for a space, in front of the real desk and a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jitclient.views import Trust
from tests.support.people_at_work import PASSPHRASE, Team
from tests.ui.test_verification import picture
from tests.ui_real.acting import Window, ana_at_work, sheet, until, window
from ui.conversation.state import EventRow
from ui.devices.linksheet import LinkSheet
from ui.devices.passphrase import AskPassphrase
from ui.devices.state import LinkStep
from ui.devices.view import DevicesSheet
from ui.firstrun.joinview import JoinView
from ui.people.sharesheet import ShareSheet
from ui.people.verifysheet import VerifySheet
from ui.spaces.state import Tab
from ui.widgets.sheet import Sheet

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _offered(ana: Window) -> LinkSheet:
    ana.frame.sidebar.devices.emit()
    listed = await sheet(DevicesSheet)
    listed.more.click()
    link = await sheet(LinkSheet)
    link.passphrase.edit.setText(PASSPHRASE)
    link.action.click()
    await until(lambda: link._presenter.state.step is LinkStep.OFFER)
    return link


async def _asked(new: Window, line: str) -> JoinView:
    new.first_run.invitation.link.click()
    join = new.shell.pages.currentWidget()
    assert isinstance(join, JoinView)
    join.line.edit.setPlainText(line)
    assert join.line.name.text() == "Ana Lima"
    join.line.device.edit.setText("Laptop")
    join.line.next.click()
    await until(join.code.code.text)
    return join


async def test_a_second_device_is_linked_in_two_windows_reads_and_is_revoked(team: Team) -> None:
    async with ana_at_work(team) as ana, window(team.profile("ana2")) as new:
        link = await _offered(ana)
        join = await _asked(new, link._presenter.state.line)
        await until(lambda: link._presenter.state.step is LinkStep.CODE)
        assert link.name.text() == "Laptop"
        QTest.keyClicks(link.code.edit, join.code.code.text().lower())
        link.action.click()
        await until(lambda: link._presenter.state.step is LinkStep.DONE)
        link.reject()
        await until(lambda: join.pages.currentIndex() == 2)
        assert join.confirm.name.text() == "Ana Lima"
        for field in (join.confirm.first, join.confirm.second):
            field.edit.setText(PASSPHRASE)
        join.confirm.go.click()
        await until(lambda: new.shell.frame is not None)

        await ana.room.desk.sync_now()
        await new.room.desk.sync_now()
        await team.settle(rounds=2)
        await team["bruno"].send(team.space, "To both of your devices.")
        await team["bruno"].sync_now()
        await until(lambda: "To both of your devices." in [one.text for one in new.messages()])
        await until(lambda: "To both of your devices." in [one.text for one in ana.messages()])

        listed = await sheet(DevicesSheet)
        await until(lambda: len(listed._presenter.state.lines) == 2)
        lines = listed._presenter.state.lines
        assert [one.name for one in lines if not one.this] == ["Laptop"]
        ana.room.tasks.start(listed._revoke(lines[1]), name="revoke")
        asks = await sheet(AskPassphrase)
        asks.reason.edit.setText("Left on a train")
        asks.passphrase.edit.setText(PASSPHRASE)
        asks.action.click()
        await until(lambda: listed._presenter.state.lines[1].revoked)
        listed.reject()


async def test_a_picture_of_the_other_screen_verifies_a_member(team: Team, tmp_path: Path) -> None:
    async with ana_at_work(team) as ana:
        user = team.user("bruno")
        shown = await team["bruno"].verify(team.space, team.user("ana"))
        file = tmp_path / "screen.png"
        picture(shown.code).save(str(file))
        ana.room.spaces.show_tab(Tab.PEOPLE)
        ana.frame.stage.sheets.verify(user)
        compare = await sheet(VerifySheet)
        await until(compare.field.choose.isEnabled)

        compare.field.take([file])
        await until(compare.verdict.isVisible)

        assert tuple("".join(compare.digits.groups)) == tuple(shown.digits)
        known = await ana.room.desk.verify(team.space, user)
        assert known.trust is Trust.VERIFIED
        compare.reject()


async def test_an_administrator_opens_the_past_and_switches_the_policy(team: Team) -> None:
    async with ana_at_work(team) as ana:
        ana.frame.stage.sheets.share(team.user("eva"))
        share = await sheet(ShareSheet)
        await until(share.action.isEnabled)
        share.since.setCurrentIndex(0)
        share.since.activated.emit(0)
        share.action.click()
        await until(lambda: len(_dialogs()) == 2)
        next(one for one in _dialogs() if one is not share).action.click()
        await until(lambda: _dialogs() == [])
        await until(lambda: "opened earlier messages to Eva" in _events(ana))

        ana.room.spaces.show_tab(Tab.PEOPLE)
        ana.frame.stage.people.change.click()
        await until(lambda: len(_dialogs()) == 1)
        _dialogs()[0].action.click()
        await until(lambda: ana.room.people.state.verified_only)
        await until(lambda: "evidence may go to verified members only" in _events(ana))

        await team.settle(rounds=2)
        assert (await team["bruno"].space(team.space)).verified_only


def _dialogs() -> list[Sheet]:
    every = QApplication.topLevelWidgets()
    return [one for one in every if isinstance(one, Sheet) and one.isVisible()]


def _events(made: Window) -> str:
    rows = made.room.conversation.state.rows
    return " ".join(one.text for one in rows if isinstance(one, EventRow))
