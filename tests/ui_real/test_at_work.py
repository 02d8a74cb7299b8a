"""Writing, handing over and closing, in front of the real desk and a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox

from jitclient.views import Connection, SpaceState
from tests.support.people_at_work import Team, evidence_file
from tests.support.people_at_work import until as told
from tests.ui.stating import state
from tests.ui_real.acting import Window, ana_at_work, sheet, until, window
from ui.evidence.sheet import AddSheet
from ui.spaces.state import Tab
from ui.widgets.sheet import Sheet

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZE = 24 * 1024 * 1024


async def test_what_is_written_arrives_and_the_answer_comes_by_itself(team: Team) -> None:
    async with ana_at_work(team) as ana:
        ana.write("Thursday, 06:00.")
        await until(lambda: ana.says("Thursday, 06:00.") == "On the server")
        await team.settle(rounds=1)
        assert "Thursday, 06:00." in await team.texts("bruno")
        await until(lambda: ana.says("Thursday, 06:00.") == "Received by 2 of 2")

        await team["bruno"].send(team.space, "Understood.")
        await team["bruno"].sync_now()
        await until(lambda: "Understood." in [one.text for one in ana.messages()])


async def test_a_message_written_without_the_store_leaves_when_it_is_back(team: Team) -> None:
    async with ana_at_work(team) as ana:
        team.store.stop()
        await until(lambda: ana.frame.room.status.state.connection.word.startswith("Offline"))

        ana.write("Nobody hears this yet.")
        await until(lambda: ana.says("Nobody hears this yet.") == "Saved here")
        team.store.start()
        await ana.room.desk.sync_now()
        await until(lambda: ana.says("Nobody hears this yet.") == "On the server")

        await team.settle(rounds=1)
        assert (await team.texts("eva")).count("Nobody hears this yet.") == 1
        assert (await ana.room.desk.status()).connection is Connection.ONLINE


async def test_an_exhibit_moves_before_the_eye_and_is_verified_by_all(
    team: Team, tmp_path: Path
) -> None:
    async with ana_at_work(team) as ana:
        seen: set[int | None] = set()
        strip: set[str] = set()

        def note(_: object) -> None:
            seen.update(one.percent for one in ana.room.evidence.state.items)
            strip.add(ana.room.status.state.transfers.word)

        ana.room.desk.events.subscribe(note)
        ana.frame.stage.sheets.add_evidence([evidence_file(tmp_path, "disk.img", SIZE)])
        add = await sheet(AddSheet)
        for box in add.findChildren(QCheckBox):
            box.setChecked(True)
        await until(lambda: bool(add._presenter.state.files))
        state(add._presenter)
        await until(add.action.isEnabled)
        add.action.click()
        await until(lambda: _badges(ana) == ["On the server"])
        assert ana.room.spaces.state.tab is Tab.EVIDENCE
        assert any(percent is not None and 0 < percent < 100 for percent in seen)
        assert any("iB/s" in words for words in strip)

        await team.settle(rounds=2)
        await until(lambda: _badges(ana) == ["Verified by all"])
        (mine,) = ana.room.evidence.state.items
        got = await team.exhibit("eva", "disk.img")
        assert mine.sha256 == got.sha256
        await until(lambda: ana.room.status.state.transfers.word == "No transfers")


async def test_closing_wipes_every_member_and_shows_each_receipt(team: Team) -> None:
    async with ana_at_work(team) as ana:
        ana.room.conversation.draft_changed("half a sentence about the suspect")
        ana.room.spaces.show_tab(Tab.CLOSING)
        form = ana.frame.stage.closing.before
        await until(form.reason.isVisible)
        form.reason.edit.setText("Final judgment")
        form.title.edit.setText(ana.room.closing.state.title)
        form.button.click()
        (await sheet(Sheet)).action.click()
        await until(lambda: ana.room.closing.state.phase is SpaceState.WIPED)
        assert not ana.frame.stage.tabs.isTabEnabled(0)
        assert ana.room.conversation.state.rows == ()
        assert ana.room.conversation.state.draft == ""

        await team.settle(rounds=2)
        await until(lambda: ana.room.closing.state.confirmed.startswith("3 of 3"))
        assert all(one.done and one.receipt for one in ana.room.closing.state.lines)


async def test_a_space_closed_by_somebody_else_leaves_the_screen_it_was_on(team: Team) -> None:
    await team.lock("eva")
    async with window(team.profile("eva")) as eva:
        await eva.unlock()
        await until(lambda: eva.room.conversation.state.space == team.space and eva.shows_rows)
        eva.room.conversation.draft_changed("an answer nobody will get")

        await team.unlock("ana")
        await team["ana"].close_space(team.space, "Final judgment")

        await until(lambda: eva.room.spaces.state.tab is Tab.CLOSING)
        await until(lambda: eva.room.closing.state.phase is SpaceState.WIPED)
        assert eva.room.conversation.state.rows == ()
        assert eva.room.conversation.state.draft == ""
        assert "Final judgment" in eva.room.closing.state.stated_reason

        async def confirmed() -> bool:
            await team["ana"].sync_now()
            wipes = await team["ana"].wipes(team.space)
            return any(w.name == "Eva Moreau" and w.wiped_at for w in wipes)

        await told(team["ana"], confirmed)


def _badges(window: Window) -> list[str]:
    return [one.badge.word for one in window.room.evidence.state.items]
