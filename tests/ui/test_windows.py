"""Several windows of one profile: each lives, one lock darkens all, and they come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from jitclient.events import MessagesChanged
from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, until
from ui.frame import Frame
from ui.language import chosen
from ui.memory import FILE
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.windows import MOST, Further, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

_BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def windows(shell: Shell) -> Windows:
    assert shell.windows is not None
    return shell.windows


async def another(shell: Shell, frame: Frame) -> Further:
    count = len(windows(shell).open)
    QTest.keyClick(frame, Qt.Key.Key_Return, _BOTH)
    await until(lambda: len(windows(shell).open) == count + 1 and shell.tasks.idle)
    made = windows(shell).open[-1]
    await calm(made.frame)
    return made


async def two(shell: Shell, door: DoorDouble) -> tuple[Frame, Further, DeskDouble]:
    """The first on evidence of one space, the further one on people of the other."""
    frame, desk = await enter(shell, door)
    frame.room.spaces.select(desk.space_b)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)
    made = await another(shell, frame)
    frame.room.spaces.select(desk.space_a)
    frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(frame)
    return frame, made, desk


async def test_a_key_opens_the_place_in_front_and_then_each_goes_its_own_way(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, made, desk = await two(*locked)

    there = made.frame.room.spaces.state
    assert (there.selected, there.tab) == (desk.space_b, Tab.PEOPLE)
    here = frame.room.spaces.state
    assert (here.selected, here.tab) == (desk.space_a, Tab.CONVERSATION)
    assert made.windowTitle() == "JIT Client"


async def test_a_space_is_opened_beside_from_its_menu(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    bar = frame.sidebar
    at = next(i for i, one in enumerate(bar.model.tiles) if one.space == desk.space_b)

    bar.list.customContextMenuRequested.emit(bar.list.visualRect(bar.model.index(at)).center())
    menu = bar.list.findChildren(QMenu)[-1]
    menu.actions()[0].trigger()
    menu.close()
    await until(lambda: len(windows(shell).open) == 1 and shell.tasks.idle)

    made = windows(shell).open[0]
    await calm(made.frame)
    assert made.frame.room.spaces.state.selected == desk.space_b


async def test_both_live(locked: tuple[Shell, DoorDouble]) -> None:
    frame, made, desk = await two(*locked)
    made.frame.room.spaces.select(desk.space_a)
    made.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(made.frame)

    desk.say(desk.space_a, 1, "The ship is in.")
    desk.publish(MessagesChanged(desk.space_a))
    for one in (frame, made.frame):
        await calm(one)
        shown = one.stage.conversation.timeline.message_views()[-1].item.text
        assert shown == "The ship is in."


async def test_closing_one_leaves_the_other(locked: tuple[Shell, DoorDouble]) -> None:
    shell, door = locked
    frame, made, desk = await two(shell, door)
    made.frame.room.spaces.select(desk.space_a)
    made.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(made.frame)
    made.frame.room.conversation.draft_changed("half a sentence")

    made.close()
    await until(lambda: shell.tasks.idle)
    assert desk.drafts[desk.space_a] == ("half a sentence", None)
    assert windows(shell).open == []
    assert not desk.closed
    before = desk.calls.count("spaces")
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)
    assert desk.calls.count("spaces") == before + 1  # the closed one asks for nothing


async def test_when_the_first_is_closed_it_goes_on_as_the_other(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, _, desk = await two(shell, door)

    shell.close()
    await until(lambda: not windows(shell).open and shell.tasks.idle)
    await calm(frame)
    assert shell.isVisible()
    assert not desk.closed
    state = frame.room.spaces.state
    assert (state.selected, state.tab) == (desk.space_b, Tab.PEOPLE)


async def test_one_lock_darkens_all_from_whichever_it_is_asked(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    _, made, desk = await two(shell, door)
    made.activateWindow()
    await until(made.isActiveWindow)

    QTest.keyClick(made.frame, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: shell.frame is None)
    assert not made.isVisible()
    await until(lambda: shell.tasks.idle)
    assert desk.closed
    assert windows(shell).open == []

    await enter(shell, door)
    assert len(windows(shell).open) == 0  # this profile has no folder to remember in


async def test_they_come_back_where_they_were_and_the_file_names_no_case(
    tmp_path: Path, failures: list[Exception]
) -> None:
    door = DoorDouble(make=story)
    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    _, made, _ = await two(shell, door)
    made.setGeometry(60, 70, 700, 640)
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)
    kept = (tmp_path / FILE).read_bytes()
    for word in (b"Container", b"Amberlight", b"JIT 20", b"Weiss"):
        assert word not in kept

    frame, desk = await enter(shell, door)
    assert len(windows(shell).open) == 1
    again = windows(shell).open[0]
    await calm(again.frame)
    state = again.frame.room.spaces.state
    assert (state.selected, state.tab) == (desk.space_b, Tab.PEOPLE)
    assert (again.width(), again.height()) == (700, 640)
    assert frame.room.spaces.state.selected == desk.space_a

    again.close()
    await until(lambda: shell.tasks.idle)
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)
    await enter(shell, door)
    assert windows(shell).open == []
    await put_away(shell)
    assert failures == []


async def test_a_file_that_was_tampered_with_opens_no_more_than_may_be(
    tmp_path: Path, failures: list[Exception]
) -> None:
    for said, count in (("-3", 0), ("nine", 0), ("1000000", MOST)):
        shell = Shell(tmp_path, lambda: NOW, failures.append)
        shell.memory.keep("windows", said)
        shell.show()
        shell.open_gate(DoorDouble(make=story))
        door = shell._door
        assert isinstance(door, DoorDouble)
        await enter(shell, door)
        assert len(windows(shell).open) == count
        for one in tuple(windows(shell).open):
            await calm(one.frame)
        await windows(shell).leave()
        await put_away(shell)
    assert failures == []


async def test_another_language_is_spoken_in_all_of_them(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    _, made, desk = await two(shell, door)

    shell._speak("de")
    await until(lambda: chosen() == "de" and shell.tasks.idle)
    await calm(made.frame)
    shown = made.frame.stage.tabs.tabText(list(Tab).index(Tab.PEOPLE))
    state = made.frame.room.spaces.state
    shell._speak("en")
    await until(lambda: chosen() == "en" and shell.tasks.idle)

    assert shown == "Personen"
    assert (state.selected, state.tab) == (desk.space_b, Tab.PEOPLE)
    for one in (shell.frame, made.frame):
        assert one is not None
        await calm(one)


async def beside(shell: Shell, door: DoorDouble) -> tuple[Frame, Frame, DeskDouble]:
    """Two windows on the conversation of one space."""
    frame, made, desk = await two(shell, door)
    made.frame.room.spaces.select(desk.space_a)
    made.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(made.frame)
    return frame, made.frame, desk


async def test_what_is_written_in_one_stands_in_the_other_and_leaves_both_when_sent(
    locked: tuple[Shell, DoorDouble],
) -> None:
    one, other, desk = await beside(*locked)
    here, there = one.stage.conversation.composer.edit, other.stage.conversation.composer.edit

    here.setPlainText("the ship")
    assert there.toPlainText() == "the ship"
    there.setPlainText("the ship sails")
    assert here.toPlainText() == "the ship sails"

    other.room.conversation.send()
    assert here.toPlainText() == there.toPlainText() == ""
    await calm(one)
    await calm(other)
    assert [row.text for row in desk.rows[desk.space_a]].count("the ship sails") == 1


async def test_of_two_windows_neither_keeps_an_older_text_over_a_newer_one(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    one, other, desk = await beside(shell, door)
    one.room.conversation.draft_changed("old")
    other.room.conversation.draft_changed("new")
    other.room.tick()
    await calm(other)

    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)

    assert desk.drafts[desk.space_a] == ("new", None)


async def test_a_change_begun_in_one_window_is_that_of_the_other(
    locked: tuple[Shell, DoorDouble],
) -> None:
    one, other, desk = await beside(*locked)
    desk.say(desk.space_a, 0, "At five.", at=NOW)
    desk.publish(MessagesChanged(desk.space_a))
    await calm(one)
    await calm(other)

    one.room.conversation.changing.last()
    assert other.room.conversation.state.changes is not None
    other.room.conversation.changing.cancel()

    assert one.room.conversation.state.changes is None


async def test_an_answer_in_a_thread_is_one_in_both(locked: tuple[Shell, DoorDouble]) -> None:
    one, other, desk = await beside(*locked)
    root = desk.say(desk.space_a, 1, "Which court?").message
    for frame in (one, other):
        frame.room.thread.open(root)
        await calm(frame)

    one.stage.conversation.side.edit.setPlainText("Hamburg")
    assert other.stage.conversation.side.edit.toPlainText() == "Hamburg"
    other.room.thread.close()
    await calm(other)
    assert desk.talking.drafts[root] == "Hamburg"
    one.room.thread.send()
    await calm(one)

    assert desk.rows[desk.space_a][-1].text == "Hamburg"
    other.room.thread.open(root)
    await calm(other)
    assert other.room.thread.state.draft == ""
