"""From the invitation to the first space, and every later start."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.door import DoorKeeper
from tests.support.people_at_work import PASSPHRASE, Team
from tests.support.store import made_store, running_store
from tests.ui_real.acting import Window, ana_at_work, sheet, until, window
from ui.spaces.sheet import NewSpaceSheet
from ui.spaces.state import Tab
from ui.unlock.view import UnlockView

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _answer(made: Window, invitation: str) -> None:
    first = made.first_run
    first.invitation.edit.setPlainText(invitation)
    first.invitation.next.click()
    first.passphrase.first.edit.setText(PASSPHRASE)
    first.passphrase.second.edit.setText(PASSPHRASE)
    first.passphrase.go.click()


async def test_an_invitation_becomes_a_window_and_a_space(tmp_path: Path) -> None:
    with running_store(tmp_path) as store:
        invitation = store.invite("Ana Lima", "Procuradoria-Geral", "PT")
        async with window(tmp_path / "ana") as made:
            first = made.first_run.invitation
            first.edit.setPlainText(invitation[:-3])
            assert "incomplete" in first.problem.text()
            assert not first.next.isEnabled()

            _answer(made, invitation)
            await until(lambda: made.shell.frame is not None)
            made.frame.new_space()
            new = await sheet(NewSpaceSheet)
            new.title_field.edit.setText("Operation Albatross")
            new.agreement.edit.setText("JIT 2026/17")
            new.action.click()
            await until(lambda: made.frame.stage.title.text() == "Operation Albatross")
            await until(lambda: made.room.spaces.state.tab is Tab.PEOPLE)

            assert [one.title for one in await made.room.desk.spaces()] == ["Operation Albatross"]


async def test_a_set_up_cut_off_by_an_absent_store_goes_on_with_the_passphrase_alone(
    tmp_path: Path,
) -> None:
    store = made_store(tmp_path)
    invitation = store.invite("Ana Lima", "Procuradoria-Geral", "PT")
    async with window(tmp_path / "ana") as made:
        _answer(made, invitation)
        await until(made.first_run.notice.isVisible)

    store.start()
    try:
        async with window(tmp_path / "ana") as again:
            again.unlock_card.passphrase.edit.setText(PASSPHRASE)
            again.unlock_card.button.click()
            await until(lambda: again.shell.frame is not None)
            assert again.room.desk.me.name == "Ana Lima"
    finally:
        store.stop()


async def test_locking_lets_go_of_the_profile_and_unlocking_takes_it_again(team: Team) -> None:
    async with ana_at_work(team) as ana:
        ana.frame.lock.emit()
        await until(lambda: isinstance(ana.shell.pages.currentWidget(), UnlockView))
        other = await DoorKeeper(team.profile("ana")).unlock(PASSPHRASE)
        card = ana.unlock_card
        card.passphrase.edit.setText(PASSPHRASE)
        card.button.click()
        await until(card.notice.isVisible)
        assert ana.shell.frame is None
        await other.close()

        card.passphrase.edit.setText("not this one, surely")
        card.button.click()
        await until(lambda: "Nothing was changed" in card.passphrase.note.text())
        await ana.unlock()
        await until(lambda: ana.shows_rows)
