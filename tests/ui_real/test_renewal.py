"""Bruno lost all devices and Ana let him in again: in Eva's window nothing goes to him unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.door import DoorKeeper
from tests.support.people_at_work import PASSPHRASE, Team
from tests.ui_real.acting import until, window

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEXT = "We meet at the court house at five."


async def test_a_new_key_holds_the_text_until_somebody_decides(team: Team, tmp_path: Path) -> None:
    user = team.user("bruno")
    await team.lock("bruno", "eva")
    await team.unlock("ana")
    invitation = team.store.reinvite(user)
    team.desks["bruno"] = await DoorKeeper(tmp_path / "bruno-anew").enrol(invitation, PASSPHRASE)
    async with window(team.profile("eva")) as eva:
        await eva.unlock()
        await until(lambda: eva.room.conversation.state.space == team.space and eva.shows_rows)
        composer = eva.frame.stage.conversation.composer
        composer.edit.setPlainText(TEXT)
        await until(composer.send.isEnabled)

        await team["ana"].renew_member(team.space, user)
        await until(lambda: [one.by for one in eva.room.keys.state.cards] == ["Ana Lima"])
        await until(lambda: not composer.send.isEnabled())
        assert eva.frame.stage.conversation.keys.isVisible()
        assert composer.edit.toPlainText() == TEXT

        eva.room.keys.accept(user)
        await until(composer.send.isEnabled)
        composer.send.click()
        await until(lambda: eva.says(TEXT) not in {"", "Saved here"})
        await team.settle(rounds=3)
        assert TEXT in await team.texts("bruno")
