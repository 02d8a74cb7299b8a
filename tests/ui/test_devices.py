"""One's own devices: the list, names, revoking; linking one from here."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from protocol.errors import StoreUnreachableError
from tests.ui.desk_devices import CODE, LINE, PASSPHRASE
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import enter, open_dialogs, sheet, until
from ui.devices.code import grouped, normal
from ui.devices.linking import LinkPresenter
from ui.devices.linksheet import LinkSheet
from ui.devices.passphrase import AskPassphrase
from ui.devices.presenter import DevicesPresenter
from ui.devices.state import LinkStep
from ui.devices.view import DevicesSheet
from ui.shell import Shell
from ui.tasks import TaskScope
from ui.widgets.sheet import Sheet

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


async def _devices(desk: DeskDouble, failures: list[Exception]) -> tuple[DevicesPresenter, Any]:
    tasks = TaskScope(failures.append)
    devices = DevicesPresenter(desk, tasks, lambda: NOW)
    devices.refresh()
    await until(lambda: tasks.idle)
    return devices, tasks


class _Linking:
    """A linking at the device that is there, with the clock in the hand of the test."""

    def __init__(self, desk: DeskDouble, failures: list[Exception]) -> None:
        self.desk = desk
        self.now = NOW
        self.tasks = TaskScope(failures.append)
        self.link = LinkPresenter(desk, self.tasks, lambda: self.now)

    async def done(self) -> None:
        await until(lambda: self.tasks.idle)

    async def offer(self, passphrase: str = PASSPHRASE) -> None:
        self.link.offer(passphrase)
        await self.done()

    async def tick(self, seconds: int = 1) -> None:
        self.now += seconds
        self.link.tick()
        await self.done()

    async def type(self, code: str) -> None:
        self.link.typed(code)
        self.link.approve()
        await self.done()

    async def asked(self) -> None:
        await self.offer()
        self.desk.ask()
        await self.tick()


# --- the list --------------------------------------------------------------------------------


async def test_the_device_in_use_comes_first_and_a_revoked_one_last(
    failures: list[Exception],
) -> None:
    devices, _ = await _devices(DeskDouble(), failures)

    lines = devices.state.lines
    assert [one.name for one in lines] == ["Office laptop", "Court notebook", "Old computer"]
    assert [one.this for one in lines] == [True, False, False]
    assert lines[1].facts.endswith("last seen 1 h 00 min ago")
    assert lines[2].facts.endswith("receives nothing any more")


async def test_a_new_name_is_kept_and_an_empty_one_changes_nothing(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    devices, tasks = await _devices(desk, failures)
    other = devices.state.lines[1].device

    devices.edit(other)
    devices.rename(other, "   ")
    await until(lambda: tasks.idle)
    assert devices.state.editing is None
    assert "rename_device" not in desk.calls
    devices.edit(other)
    devices.rename(other, " Courtroom 3 ")
    await until(lambda: tasks.idle)

    assert [one.name for one in devices.state.lines][1] == "Courtroom 3"


async def test_a_wrong_passphrase_revokes_nothing(failures: list[Exception]) -> None:
    desk = DeskDouble()
    devices, tasks = await _devices(desk, failures)
    other = devices.state.lines[1].device

    wrong = await devices.revoke(other, "not this", "Lost")
    assert "passphrase" in wrong
    before = [one.revoked for one in desk.own]
    right = await devices.revoke(other, PASSPHRASE, "Lost")
    await until(lambda: tasks.idle)

    assert right == ""
    assert before == [False, False, True]
    assert [one.revoked for one in desk.own] == [False, True, True]
    assert devices.state.lines[1].revoked


async def test_revoking_on_the_screen_names_the_device_and_asks_for_the_passphrase(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    frame.sidebar.devices.emit()
    found = await _shown(DevicesSheet)
    await until(lambda: bool(found._presenter.state.lines))
    line = found._presenter.state.lines[1]
    frame.room.tasks.start(found._revoke(line), name="revoke")
    asks = await _shown(AskPassphrase)
    assert asks.windowTitle() == "Revoke “Court notebook”?"
    assert not asks.action.isEnabled()

    asks.passphrase.edit.setText("not this")
    assert not asks.action.isEnabled(), "without a reason nothing is revoked"
    asks.reason.edit.setText(" Lost on a train ")
    asks.action.click()
    await until(lambda: bool(asks.passphrase.note.text()))
    assert not desk.own[1].revoked
    asks.passphrase.edit.setText(PASSPHRASE)
    QTest.keyClick(asks.passphrase.edit, Qt.Key.Key_Return)
    await until(lambda: desk.own[1].revoked)
    assert desk.reason == "Lost on a train"
    await until(lambda: found._presenter.state.lines[1].revoked)

    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])


# --- linking, at the device that is there ----------------------------------------------------


async def test_nothing_is_offered_without_the_passphrase(failures: list[Exception]) -> None:
    at = _Linking(DeskDouble(), failures)

    await at.offer("not this")

    assert at.link.state.step is LinkStep.PASSPHRASE
    assert "passphrase" in at.link.state.wrong
    assert at.link.state.line == ""


async def test_the_offer_counts_down_and_ends_by_itself(failures: list[Exception]) -> None:
    at = _Linking(DeskDouble(), failures)

    await at.offer()
    assert (at.link.state.line, at.link.state.left) == (LINE, "10:00")
    await at.tick(61)
    assert at.link.state.left == "8:59"
    await at.tick(600)

    assert at.link.state.step is LinkStep.ENDED


async def test_a_device_that_asks_is_shown_and_linked_by_its_code_only(
    failures: list[Exception],
) -> None:
    at = _Linking(DeskDouble(), failures)
    await at.asked()
    assert (at.link.state.step, at.link.state.name) == (LinkStep.CODE, "Travel laptop")
    assert at.link.state.fingerprint

    await at.type("7K3D")
    assert "approve_link" not in at.desk.calls
    await at.type("7k3d-qoxv 9wm2 tb5r")

    assert at.link.state.step is LinkStep.DONE
    assert at.desk.own[-1].name == "Travel laptop"


async def test_a_wrong_code_says_how_often_it_may_be_tried_and_five_end_the_offer(
    failures: list[Exception],
) -> None:
    at = _Linking(DeskDouble(), failures)
    await at.asked()

    for left in (4, 3, 2, 1):
        await at.type("A" * 16)
        assert f"{left} tries left" in at.link.state.wrong
        assert at.link.state.step is LinkStep.CODE
    await at.type("A" * 16)

    assert at.link.state.step is LinkStep.ENDED
    assert not at.desk.offered
    assert len(at.desk.own) == 3


@pytest.mark.parametrize("given", ["jit-invite:" + "A" * 40, "jit-verify:" + "A" * 40, LINE])
async def test_a_line_of_another_type_is_no_code_and_costs_no_try(
    failures: list[Exception], given: str
) -> None:
    at = _Linking(DeskDouble(), failures)
    await at.asked()

    await at.type(given)

    assert "another kind" in at.link.state.wrong
    assert "approve_link" not in at.desk.calls


async def test_an_absent_store_ends_nothing(failures: list[Exception]) -> None:
    at = _Linking(DeskDouble(), failures)
    await at.offer()
    at.desk.fail["link_candidate"] = StoreUnreachableError("The store does not answer.")
    await at.tick()
    del at.desk.fail["link_candidate"]
    at.desk.ask()

    await at.tick()

    assert at.link.state.step is LinkStep.CODE


async def test_closing_the_sheet_withdraws_an_offer_that_stands(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.stage.sheets.devices()
    list_ = await _shown(DevicesSheet)
    list_.more.click()
    found = await _shown(LinkSheet)
    found.passphrase.edit.setText(PASSPHRASE)
    QTest.keyClick(found.passphrase.edit, Qt.Key.Key_Return)
    await until(lambda: desk.offered)
    desk.ask()
    await until(lambda: found._presenter.state.step is LinkStep.OFFER)
    found._presenter.tick()
    await until(lambda: found._presenter.state.step is LinkStep.CODE)
    QApplication.clipboard().setText("7k3d q0xv 9wm2 tb5r")
    QTest.keyClick(found.code.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert found.code.edit.text() == grouped(CODE)
    assert found.action.isEnabled()

    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: not desk.offered)

    assert len(desk.own) == 3
    QTest.keyClick(list_, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])


async def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert normal(" o0-iI lL u\n") == "001111"
    assert grouped(CODE) == "7K3D Q0XV 9WM2 TB5R"


async def _shown(kind: type[Any]) -> Any:
    def found() -> Sheet | None:
        return next(
            (
                one
                for one in QApplication.topLevelWidgets()
                if isinstance(one, kind) and one.isVisible()
            ),
            None,
        )

    await sheet()
    await until(lambda: found() is not None)
    return found()


async def test_a_list_that_did_not_come_can_be_asked_for_again(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.fail["devices"] = StoreUnreachableError("The store does not answer.")
    frame.sidebar.devices.emit()
    found = await _shown(DevicesSheet)
    await until(found.again.isVisible)
    assert not found.area.isVisible()

    del desk.fail["devices"]
    found.again.click()
    await until(found.area.isVisible)

    assert not found.again.isVisible()
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])


async def test_both_ends_show_how_the_number_of_the_person_begins(
    failures: list[Exception],
) -> None:
    linking = _Linking(DeskDouble(), failures)
    await linking.asked()
    await linking.type(CODE)

    assert "12345 12345 12345" in linking.link.state.done
