"""Today: what waits for me over all spaces, the gravest first, and each line opens its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jitclient.events import MessagesChanged, TransferMoved
from jitclient.todayviews import NeedKind
from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from tests.ui.door_double import DoorDouble
from tests.ui.screens.home import everything, quiet
from tests.ui.story import story
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.frame import Frame
from ui.home.presenter import MOST_CARDS, MOST_LINES
from ui.memory import BEGINS, YES, Memory
from ui.settings.view import SettingsSheet
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.theme.tokens import Tone

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def at_home(shell: Shell, door: DoorDouble) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(shell, door)
    everything(desk)
    frame.room.spaces.refresh()
    await calm(frame)
    QTest.keyClick(frame, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    await calm(frame)
    assert frame.stage.whole.currentWidget() is frame.stage.home
    return frame, desk


def kinds(frame: Frame) -> list[NeedKind]:
    return [one.kind for one in frame.room.home.state.cards]


async def test_one_card_each_at_most_seven_the_gravest_first(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await at_home(*locked)
    await desk.close_space(desk.space_b, "Judgment final")
    await calm(frame)

    assert len(frame.room.home.state.cards) == MOST_CARDS == 7
    assert kinds(frame) == [one for one in NeedKind if one in set(kinds(frame))]
    assert kinds(frame)[:2] == [NeedKind.KEY, NeedKind.BROKEN]
    assert NeedKind.MENTION in kinds(frame)
    unread = next(one for one in frame.room.home.state.cards if one.kind is NeedKind.UNREAD)
    assert len(unread.lines) == MOST_LINES
    assert unread.more == 6 + 1 - MOST_LINES - (desk.details[desk.space_b].row.unread > 0)
    assert unread.lines[0].below == "6 unread"


async def test_a_deadline_within_a_day_is_said_as_the_danger_it_is(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await at_home(*locked)
    card = next(one for one in frame.room.home.state.cards if one.kind is NeedKind.DEADLINE)
    assert card.tone is Tone.DANGER
    assert [one.goal.space for one in card.lines] == [desk.space_a, desk.space_b]

    desk.set(desk.space_a, deadline=NOW + 20 * DAY)
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)
    card = next(one for one in frame.room.home.state.cards if one.kind is NeedKind.DEADLINE)
    assert card.tone is Tone.WARN
    assert [one.goal.space for one in card.lines] == [desk.space_b]


async def test_every_line_opens_its_place_by_enter(locked: tuple[Shell, DoorDouble]) -> None:
    shell, door = locked
    frame, _ = await at_home(shell, door)
    for at, line in enumerate(
        [line for card in frame.room.home.state.cards for line in card.lines]
    ):
        await until(lambda: frame.stage.home.built)
        rows = frame.stage.home.rows()
        QTest.keyClick(rows[at], Qt.Key.Key_Return)
        await until(lambda: not frame.room.spaces.state.home)
        if line.goal.transfers:
            (await sheet()).reject()
            await until(lambda: not open_dialogs())
        await calm(frame)
        state = frame.room.spaces.state
        assert (state.selected, state.tab) == (line.goal.space, line.goal.tab)
        assert not frame.stage.home.isVisible()
        frame.room.spaces.show_tab(Tab.CONVERSATION)
        frame.show_home()
        await calm(frame)


async def test_it_follows_what_happens_and_bytes_that_move_ask_for_nothing(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await at_home(*locked)
    desk.set(desk.space_b, unread=40)
    desk.publish(MessagesChanged(desk.space_b))
    await calm(frame)
    unread = next(one for one in frame.room.home.state.cards if one.kind is NeedKind.UNREAD)
    assert unread.lines[0].below == "40 unread"
    await until(lambda: frame.stage.home.built)
    shown = [one.accessibleName() for one in frame.stage.home.rows()]
    state = frame.room.home.state
    assert shown == [f"{one.title}. {one.below}" for card in state.cards for one in card.lines]

    asked = desk.calls.count("needs")
    one = desk.files[desk.space_a][0]
    desk.publish(TransferMoved(space=desk.space_a, file=one.file, done=1, total=2, rate=1.0))
    await calm(frame)
    assert desk.calls.count("needs") == asked


async def test_with_nothing_to_do_it_says_so_and_when_it_was_last_in_step(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    quiet(desk)
    frame.room.spaces.refresh()
    frame.show_home()
    await calm(frame)

    home = frame.stage.home
    assert home.whole.currentWidget() is home.empty
    assert home.empty._title.text() == "Nothing needs you."
    assert home.empty._sentence.text() == "Synchronised 30 s ago"


async def test_what_was_known_stays_in_sight_when_it_cannot_be_read_anew(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await at_home(*locked)
    known = frame.room.home.state.cards
    desk.today.broken = True
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)

    assert frame.room.home.state.cards == known
    assert frame.stage.home.notice.isVisible()
    desk.today.broken = False
    frame.stage.home.notice.retry.emit()
    await calm(frame)
    assert not frame.stage.home.notice.isVisible()


async def test_nothing_is_read_or_handed_over_in_a_space_that_today_covers(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    frame.show_home()
    desk.set(desk.space_a, unread=5)
    frame.room.watched(True)
    before = desk.calls.count("mark_read")
    desk.say(desk.space_a, 1, "Are you there?")
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)
    assert desk.calls.count("mark_read") == before

    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(frame, Qt.Key.Key_A, modifiers)
    await calm(frame)
    assert not open_dialogs()
    assert frame.strip.retention.text == ""


async def test_after_unlocking_one_is_where_one_was_or_where_one_chose(
    tmp_path: Path, failures: list[Exception]
) -> None:
    async def unlocked() -> tuple[Shell, Frame]:
        door = DoorDouble(make=story)
        shell = Shell(tmp_path, lambda: NOW, failures.append)
        shell.show()
        shell.open_gate(door)
        frame, _ = await enter(shell, door)
        return shell, frame

    shell, frame = await unlocked()
    assert not frame.room.spaces.state.home
    frame.show_home()
    await put_away(shell)

    shell, frame = await unlocked()
    assert frame.room.spaces.state.home
    frame.room.spaces.show_tab(Tab.PEOPLE)
    frame.show_settings("general")
    found = await sheet()
    assert isinstance(found, SettingsSheet)
    found.reject()
    frame._memory.keep(BEGINS, YES)
    await calm(frame)
    await put_away(shell)

    shell, frame = await unlocked()
    assert frame.room.spaces.state.home
    assert frame.room.spaces.state.tab is Tab.PEOPLE
    await put_away(shell)
    assert Memory(tmp_path).text(BEGINS) == YES
    assert failures == []


async def test_what_the_store_erases_soon_is_a_card_that_is_grave_from_day_25_on(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    home = frame.room.home
    for days, tone in ((14, Tone.WARN), (3, Tone.DANGER)):
        desk.today.leaving[desk.space_a] = (NOW + 20 * DAY, NOW + days * DAY)
        home.refresh()
        await calm(frame)

        card = next(one for one in home.state.cards if one.kind is NeedKind.ERASURE)
        assert card.tone is tone
        assert card.title == "The store erases 2 exhibits that are not here yet"
        assert f"({days} days)" in card.lines[0].below
        assert card.lines[0].goal.tab is Tab.EVIDENCE
