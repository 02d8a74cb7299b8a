"""What is half typed in a sheet, or in the form that closes a space, outlives the lock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QDialog

from jitclient.views import ExhibitState
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.test_left_off import relock
from tests.ui.waiting import calm, enter, sheets, until
from ui.evidence.listsheet import ListSheet
from ui.evidence.usesheets import PermissionSheet
from ui.frame import Frame
from ui.halftyped import HalfTyped
from ui.leftoff import LeftOff
from ui.people.designatesheet import DesignateSheet
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = tuple[Shell, DoorDouble]


async def opened(kind: type[QDialog], begin: Callable[[], None]) -> QDialog:
    begin()
    await until(lambda: any(isinstance(one, kind) for one in sheets()))
    return next(one for one in sheets() if isinstance(one, kind))


async def locked_again(locked: Locked, desk: DeskDouble) -> Frame:
    frame = await relock(*locked, desk)
    for one in reversed(sheets()):  # they go with the process
        one.close()
    await calm(frame)
    return frame


async def test_the_reason_of_a_closing_is_there_again_and_its_title_is_typed_anew(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    frame.room.closing.reason_changed("Judgment final, and")
    frame.room.closing.typed_changed("Operation Amberlight")
    frame.room.spaces.select(desk.space_b)
    await calm(frame)
    assert frame.room.closing.state.reason == ""
    frame.room.spaces.select(desk.space_a)
    await calm(frame)
    assert frame.room.closing.state.reason == "Judgment final, and"

    frame = await locked_again(locked, desk)
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)

    assert frame.room.closing.state.reason == "Judgment final, and"
    assert not frame.room.closing.state.ready


async def test_what_a_hand_over_list_says_is_there_again_until_it_is_put_away(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    papers = frame.stage.sheets.papers
    first = await opened(ListSheet, papers.hand_list)
    assert isinstance(first, ListSheet)
    first.number.edit.setText("7/2026")
    first.purpose.edit.setText("Analysis & trial")

    frame = await locked_again(locked, desk)
    again = await opened(ListSheet, frame.stage.sheets.papers.hand_list)
    assert isinstance(again, ListSheet)
    assert (again.number.text(), again.purpose.text()) == ("7/2026", "Analysis & trial")
    assert again.basis.text()  # what stands there at first
    again.reject()
    await calm(frame)
    anew = await opened(ListSheet, frame.stage.sheets.papers.hand_list)

    assert isinstance(anew, ListSheet)
    assert (anew.number.text(), anew.purpose.text()) == ("", "")
    anew.reject()
    await calm(frame)


async def test_so_is_what_was_permitted_of_that_exhibit(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    facts = (("handling", "H1"),)
    verified = ExhibitState.VERIFIED
    row = desk.exhibit(desk.space_a, "a.bin", "A-90", 100, verified, author=1, facts=facts)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.refresh()
    await calm(frame)
    frame.room.evidence.select(row.file)
    first = await opened(PermissionSheet, frame.stage.evidence.permit.click)
    assert isinstance(first, PermissionSheet)
    first.reference.edit.setText("Letter of")

    frame = await locked_again(locked, desk)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    frame.room.evidence.select(row.file)
    again = await opened(PermissionSheet, frame.stage.evidence.permit.click)

    assert isinstance(again, PermissionSheet)
    assert again.reference.text() == "Letter of"
    again.reject()
    await calm(frame)


async def test_so_is_by_what_a_controller_was_decided(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    user = desk.details[desk.space_a].members[1].user
    first = await opened(DesignateSheet, lambda: frame.stage.sheets.designate(user))
    assert isinstance(first, DesignateSheet)
    first.reason.setText("Article 5 of the")

    frame = await locked_again(locked, desk)
    again = await opened(DesignateSheet, lambda: frame.stage.sheets.designate(user))

    assert isinstance(again, DesignateSheet)
    assert again.reason.text() == "Article 5 of the"
    again.reject()
    await calm(frame)


async def test_a_field_that_was_emptied_stays_empty() -> None:
    desk = DeskDouble()
    left = LeftOff(desk)
    half = HalfTyped(left, desk.space_a, "one")
    await half.load()
    assert half.text("basis", "JIT 2026/118") == "JIT 2026/118"

    half.typed("basis", "")
    half.typed("purpose", "a=b&c;\nd")
    await left.keep()
    again = HalfTyped(LeftOff(desk), desk.space_a, "one")
    await again.load()

    assert (again.text("basis", "JIT 2026/118"), again.text("purpose")) == ("", "a=b&c;\nd")
    again.over()
    assert again.text("purpose") == ""
