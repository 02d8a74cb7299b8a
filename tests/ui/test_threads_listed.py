"""The list of threads: newest first, read on while one scrolls, narrowed while one types."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.views import MessageKind
from protocol.errors import DiskError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.bound import Bound
from ui.conversation.threads import PAGE
from ui.conversation.threadsheet import ThreadsSheet, open_threads
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def begun(locked: Locked, count: int = 3) -> tuple[Frame, DeskDouble]:
    """A conversation of so many threads, in the order in which they were answered."""
    frame, desk = await enter(*locked)
    for number in range(count):
        root = desk.say(desk.space_a, 1, f"Thread {number}").message
        desk.talking.write(desk.space_a, 2, "Seen.", reply_to=root)
    return frame, desk


async def opened(frame: Frame) -> ThreadsSheet:
    open_threads(frame.room, frame.window())
    found = await sheet()
    assert isinstance(found, ThreadsSheet)
    await until(lambda: not found._presenter.state.busy)
    return found


def heads(shown: ThreadsSheet) -> list[str]:
    return [one.head.text.partition(": ")[2] for one in shown.model.items]


async def test_they_stand_newest_first_and_enter_opens_one_beside_the_conversation(
    locked: Locked,
) -> None:
    frame, desk = await begun(locked)
    first = next(one for one in desk.rows[desk.space_a] if one.text == "Thread 0")
    desk.talking.write(desk.space_a, 0, "And again.", reply_to=first.message)
    desk.talking.write(desk.space_a, 1, "Yes.", reply_to=first.message)
    desk.set(desk.space_a, unread=1)
    frame.room.spaces.show_tab(Tab.LOG)

    shown = await opened(frame)
    assert heads(shown) == ["Thread 0", "Thread 2", "Thread 1"]
    about = shown.model.items[0].about
    assert about.startswith("1 new  ·  3 answers  ·  last: Jan de Vries")
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    await calm(frame)

    assert frame.room.spaces.state.tab is Tab.CONVERSATION
    assert frame.room.thread.state.root == first.message
    assert frame.stage.conversation.side.isVisible()


async def test_typing_narrows_it_and_the_arrows_move_through_what_is_left(locked: Locked) -> None:
    frame, _ = await begun(locked, 12)
    shown = await opened(frame)

    QTest.keyClicks(shown.field, "THREAD 1")
    await until(lambda: not shown._presenter.state.busy)
    assert heads(shown) == ["Thread 11", "Thread 10", "Thread 1"]
    QTest.keyClick(shown.field, Qt.Key.Key_Down)
    assert shown.list.currentIndex().row() == 1
    shown.field.setText("xyzzy")
    await until(lambda: not shown._presenter.state.busy)

    assert shown.stack.currentWidget() is shown.empty
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert shown.isVisible()
    shown.reject()
    await calm(frame)


async def test_further_ones_are_read_when_one_scrolls_to_the_end(locked: Locked) -> None:
    frame, desk = await begun(locked, PAGE + 12)
    shown = await opened(frame)
    assert PAGE <= len(shown.model.items) < PAGE + 12
    asked = desk.calls.count("threads")

    bar = shown.list.verticalScrollBar()
    await until(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    await until(lambda: not shown._presenter.state.more)

    assert heads(shown) == [f"Thread {number}" for number in reversed(range(PAGE + 12))]
    assert desk.calls.count("threads") > asked
    assert shown.busy.text() == f"{PAGE + 12} threads"
    shown.reject()
    await calm(frame)


async def test_what_is_shown_belongs_to_what_was_typed_last(locked: Locked) -> None:
    frame, desk = await begun(locked)
    shown = await opened(frame)
    desk.gate = asyncio.Event()

    shown.field.setText("Thread 1")
    asked = desk.calls.count("threads")
    await until(lambda: desk.calls.count("threads") > asked)
    shown.field.setText("Thread 2")
    QTest.keyClick(shown.field, Qt.Key.Key_Return)
    assert shown.isVisible()  # the rows belong to something else
    desk.gate.set()
    await until(lambda: not shown._presenter.state.busy)

    assert heads(shown) == ["Thread 2"]
    desk.gate = None
    shown.reject()
    await calm(frame)


async def test_a_space_without_threads_says_how_one_begins(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    assert all(one.thread is None for one in desk.rows[desk.space_a])

    shown = await opened(frame)

    assert shown.stack.currentWidget() is shown.empty
    shown.reject()
    await calm(frame)


async def test_what_cannot_be_read_is_a_card(locked: Locked) -> None:
    frame, desk = await begun(locked)
    desk.fail["threads"] = DiskError("The disk is full.")

    shown = await opened(frame)

    said = shown._presenter.state.problem
    del desk.fail["threads"]
    shown.field.setText("thread")
    await until(lambda: len(shown.model.items) > 0)
    assert (said is None, shown._presenter.state.problem) == (False, None)
    shown.reject()
    await calm(frame)


async def test_the_key_says_why_where_no_space_is_in_front(locked: Locked) -> None:
    frame, _ = await begun(locked)
    frame.show_home()

    (bound,) = (one for one in frame.findChildren(Bound) if one.row.name == "threads")

    assert bound.why_not()


async def test_a_thread_whose_beginning_is_missing_opens_too(locked: Locked) -> None:
    frame, desk = await begun(locked, 1)
    rows = desk.rows[desk.space_a]
    rows[:] = [one for one in rows if one.text != "Thread 0"]
    assert rows[-1].kind is MessageKind.TEXT

    shown = await opened(frame)
    assert shown.model.items[0].head.text == "The message it begins with is not here"
    shown.open_row(shown.model.index(0, 0))
    await calm(frame)

    assert frame.room.thread.state.root == rows[-1].thread
