"""Searching in place: what is found is marked, n of m is true, and nobody loses the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.finding import PAGE
from ui.frame import Frame
from ui.search.view import SearchSheet
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _long(locked: Locked, count: int) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    for at in range(count):
        text = f"Straße {at}, Straße" if at % 10 == 0 else f"m{at}"
        desk.say(desk.space_a, 1, text, at=NOW - 10_000 + at)
    frame.room.conversation.refresh()
    await calm(frame)
    return frame, desk


async def _asked(frame: Frame, text: str) -> None:
    frame.find_here()
    frame.stage.conversation.finder.field.setText(text)
    await calm(frame)


def _marked(frame: Frame) -> dict[str, list[str]]:
    found = {}
    for view in frame.stage.conversation.timeline.message_views():
        if view.body is not None and view.body._marks:
            units = view.body._units
            found[view.item.text] = [
                units[2 * a : 2 * b].decode("utf-16-le") for a, b, _ in view.body._marks
            ]
    return found


async def test_what_is_found_is_marked_and_counted_from_the_newest(locked: Locked) -> None:
    frame, _ = await _long(locked, 60)

    await _asked(frame, "strasse")

    bar = frame.stage.conversation.finder
    assert bar.said.text() == "1 of 6"
    assert _marked(frame)["Straße 50, Straße"] == ["Straße", "Straße"]
    assert "m49" not in _marked(frame)
    assert bar.field.hasFocus()


async def test_enter_goes_to_older_ones_and_round_and_shift_enter_back(locked: Locked) -> None:
    frame, _ = await _long(locked, 30)
    await _asked(frame, "strasse")
    bar = frame.stage.conversation.finder

    said = []
    for _ in range(3):
        QTest.keyClick(bar.field, Qt.Key.Key_Return)
        await calm(frame)
        said.append(bar.said.text())
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    await calm(frame)

    assert [*said, bar.said.text()] == ["2 of 3", "3 of 3", "1 of 3", "3 of 3"]
    now = frame.room.finding.state.now
    view = next(
        one for one in frame.stage.conversation.timeline.message_views() if one.item.message == now
    )
    assert view.body is not None
    assert all(here for _, _, here in view.body._marks)
    assert bar.field.hasFocus()


async def test_what_is_far_back_is_brought_into_sight(locked: Locked) -> None:
    frame, desk = await _long(locked, 900)
    desk.rows[desk.space_a][20] = desk.say(desk.space_a, 1, "needle", at=NOW - 20_000)
    desk.rows[desk.space_a].pop()

    await _asked(frame, "needle")

    timeline = frame.stage.conversation.timeline
    await until(lambda: "needle" in [one.item.text for one in timeline.message_views()])
    await until(lambda: _marked(frame) == {"needle": ["needle"]})


async def test_behind_the_last_known_one_further_ones_are_found(locked: Locked) -> None:
    frame, _ = await _long(locked, 10 * PAGE + 30)
    await _asked(frame, "strasse")
    bar = frame.stage.conversation.finder
    assert bar.said.text() == f"1 of {PAGE}+"

    for _ in range(PAGE):
        frame.room.finding.step(1)
    await calm(frame)

    assert bar.said.text() == f"{PAGE + 1} of {PAGE + 3}"


async def test_nothing_found_and_a_query_that_cannot_be_are_told(locked: Locked) -> None:
    frame, _ = await _long(locked, 5)

    await _asked(frame, "xyzzy")
    bar = frame.stage.conversation.finder
    assert bar.said.text() == "Nothing found"
    assert not bar.older.isEnabled()
    bar.field.setText("van before:yesterday")
    await calm(frame)

    assert "before" in bar.said.text()


async def test_escape_closes_marks_nothing_and_gives_the_keyboard_to_the_timeline(
    locked: Locked,
) -> None:
    frame, _ = await _long(locked, 20)
    await _asked(frame, "strasse")

    QTest.keyClick(frame.stage.conversation.finder.field, Qt.Key.Key_Escape)
    await calm(frame)

    assert _marked(frame) == {}
    assert not frame.stage.conversation.finder.isVisible()
    assert frame.stage.conversation.timeline.hasFocus()


async def test_another_space_closes_it(locked: Locked) -> None:
    frame, desk = await _long(locked, 20)
    await _asked(frame, "strasse")

    frame.room.spaces.select(desk.space_b)
    await calm(frame)

    assert not frame.room.finding.state.open
    assert frame.room.finding.state.text == ""


async def test_pressed_again_or_elsewhere_the_sheet_opens(locked: Locked) -> None:
    frame, _ = await _long(locked, 5)
    await _asked(frame, "m1")

    frame.find_here()
    first = await sheet()
    assert isinstance(first, SearchSheet)
    first.reject()
    await calm(frame)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.find_here()
    second = await sheet()

    assert isinstance(second, SearchSheet)
    second.reject()
    await calm(frame)
