"""What a screen reader is told without asking: what came, at a pace, and nothing when locked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from jitclient.events import AlarmRaised, ConnectionChanged, ExhibitsChanged, MessagesChanged
from jitclient.views import Connection, ExhibitState
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.announcing import LOOK_MS
from ui.conversation.threadsheet import ThreadsSheet, open_threads
from ui.frame import Frame
from ui.hearing import MOST
from ui.shell import Shell
from ui.unlock.view import UnlockView
from ui.widgets import saying

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]
URGENT = QAccessible.AnnouncementPoliteness.Assertive


class Ear:
    """Stands where Qt hands events to the reader."""

    AnnouncementPoliteness = QAccessible.AnnouncementPoliteness
    Event = QAccessible.Event

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.urgent: list[str] = []

    def updateAccessibility(self, event: object) -> None:  # noqa: N802 - Qt names it
        if isinstance(event, QAccessibleAnnouncementEvent):
            self.heard.append(event.message())
            if event.politeness() is URGENT:
                self.urgent.append(event.message())


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    """What is announced from now on."""
    made = Ear()
    monkeypatch.setattr(saying, "QAccessible", made)
    return made


async def _entered(locked: Locked, ear: Ear) -> tuple[Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    frame.announcer._timer.stop()  # the test looks when it wants to
    frame.announcer.look(watching=True)
    ear.heard.clear()
    return frame, desk


async def _heard(frame: Frame, ear: Ear, *, watching: bool = True) -> list[str]:
    await calm(frame)
    ear.heard.clear()
    frame.announcer.look(watching=watching)
    return list(ear.heard)


async def test_a_message_is_read_out_whole_to_who_looks_and_once(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)

    desk.say(desk.space_a, 1, "The van is back.")
    desk.publish(MessagesChanged(desk.space_a))

    (said,) = await _heard(frame, ear)
    assert "Jan de Vries" in said
    assert "The van is back." in said
    assert await _heard(frame, ear) == []


async def test_nobody_near_another_window_hears_who_or_what(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)

    desk.say(desk.space_a, 1, "The van is back.")
    desk.publish(MessagesChanged(desk.space_a))

    assert await _heard(frame, ear, watching=False) == ["1 new message"]


async def test_many_messages_are_one_sentence_and_own_ones_none(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)
    other = next(one for one in frame.room.spaces.state.tiles if one.space == desk.space_b)

    for number in range(20):
        desk.say(desk.space_a, 1, f"Line {number}")
    desk.say(desk.space_a, 0, "My own.")
    desk.set(desk.space_b, unread=other.unread + 2)
    desk.publish(MessagesChanged(desk.space_a))

    assert await _heard(frame, ear) == ["22 new messages"]


async def test_older_messages_and_another_space_are_no_news(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)

    frame.room.spaces.select(desk.space_b)

    assert await _heard(frame, ear) == []


@pytest.mark.parametrize(
    ("state", "word"), [(ExhibitState.ON_SERVER, "On the server"), (ExhibitState.PAUSED, "Paused")]
)
async def test_the_end_of_a_transfer_is_said_however_it_ends(
    locked: Locked, ear: Ear, state: ExhibitState, word: str
) -> None:
    frame, desk = await _entered(locked, ear)
    rows = desk.files[desk.space_a]
    at = next(i for i, one in enumerate(rows) if one.state is ExhibitState.UPLOADING)

    rows[at] = replace(rows[at], state=state)
    desk.publish(ExhibitsChanged(desk.space_a))

    assert await _heard(frame, ear) == [f"A-10, 2026-11-21_server-02_image, {word}"]


async def test_a_new_key_is_said_by_name_only_to_who_looks(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)

    desk.change_key(desk.space_a, desk.details[desk.space_a].members[3].user)
    await calm(frame)
    ear.heard.clear()
    frame.announcer.look(watching=True)

    assert "Κώστας Παπαδόπουλος has a new key" in ear.heard


async def test_the_store_is_said_to_go_and_to_come_back_but_not_each_attempt(
    locked: Locked, ear: Ear
) -> None:
    frame, desk = await _entered(locked, ear)

    async def turned(connection: Connection) -> list[str]:
        desk.connection = connection
        desk.publish(ConnectionChanged(connection))
        return await _heard(frame, ear)

    (gone,) = await turned(Connection.OFFLINE)
    assert gone.startswith("Offline")
    assert await turned(Connection.CONNECTING) == []
    assert await turned(Connection.OFFLINE) == []
    (back,) = await turned(Connection.ONLINE)
    assert back.startswith("Online")


async def test_an_alarm_interrupts(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)

    alarm = desk.alarm("replay", "An old message was delivered again.")
    desk.publish(AlarmRaised(alarm))

    (said,) = await _heard(frame, ear)
    assert "An old message was delivered again." in said
    assert ear.urgent == [said]


async def test_how_many_were_found_is_said_when_it_changes_and_where_one_is(
    locked: Locked, ear: Ear
) -> None:
    frame, desk = await _entered(locked, ear)
    for number in range(3):
        desk.say(desk.space_a, 0, f"Van number {number}")
    frame.find_here()
    field = frame.stage.conversation.finder.field

    field.setText("van")
    assert await _heard(frame, ear) == ["1 of 3"]
    assert await _heard(frame, ear) == []
    frame.room.finding.step(1)
    assert await _heard(frame, ear) == ["2 of 3"]
    field.setText("van number 2")
    assert await _heard(frame, ear) == ["1 of 1"]
    field.setText("xyzzy")
    assert await _heard(frame, ear) == ["Nothing found"]
    frame.room.finding.close()
    assert await _heard(frame, ear) == []


async def test_how_many_a_sheet_found_is_said_once_it_rests(locked: Locked, ear: Ear) -> None:
    frame, desk = await _entered(locked, ear)
    for text in ("first", "second"):
        desk.talking.write(
            desk.space_a, 1, "Seen.", reply_to=desk.say(desk.space_a, 1, text).message
        )
    open_threads(frame.room, frame.window())
    found = await sheet()
    assert isinstance(found, ThreadsSheet)

    async def heard() -> list[str]:
        await until(lambda: not found._presenter.state.busy)
        ear.heard.clear()
        found.told.timeout.emit()
        return list(ear.heard)

    assert await heard() == ["2 threads"]
    found.field.setText("second")
    assert await heard() == ["1 thread"]
    found.field.setText("xyzzy")
    assert await heard() == ["Nothing found"]
    found.reject()
    ear.heard.clear()
    found.told.timeout.emit()
    assert ear.heard == []


async def test_a_further_window_tells_what_was_found_in_it_and_leaves_the_rest_to_the_first(
    locked: Locked, ear: Ear
) -> None:
    shell, _ = locked
    first, desk = await _entered(locked, ear)
    first.another.emit()
    await until(lambda: shell.windows is not None and len(shell.windows.open) == 1)
    assert shell.windows is not None
    frame = shell.windows.open[0].frame
    frame.announcer._timer.stop()
    await until(lambda: frame.room.tasks.idle)
    await _heard(frame, ear)

    desk.say(desk.space_a, 1, "The van is back.")
    desk.publish(MessagesChanged(desk.space_a))
    assert await _heard(frame, ear) == []
    frame.find_here()
    frame.stage.conversation.finder.field.setText("van is")

    assert await _heard(frame, ear) == ["1 of 1"]


async def test_a_locked_window_says_that_it_locks_and_then_nothing(
    locked: Locked, ear: Ear
) -> None:
    shell, _ = locked
    frame, desk = await _entered(locked, ear)
    announcer = frame.announcer
    announcer._timer.start()

    shell.lock()
    await until(lambda: isinstance(shell.pages.currentWidget(), UnlockView))
    desk.say(desk.space_a, 1, "The van is back.")
    desk.publish(MessagesChanged(desk.space_a))

    assert ear.heard == ["Locking…"]
    assert not announcer._timer.isActive()


async def test_what_went_wrong_is_said_when_it_is_shown(locked: Locked, ear: Ear) -> None:
    shell, _ = locked
    gate = shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)

    gate.passphrase.edit.setText("not this one")
    gate.button.click()
    await until(lambda: bool(gate.passphrase.note.text()))

    assert ear.heard == [gate.passphrase.note.text()]


async def test_the_window_does_not_speak_oftener_than_once_a_second() -> None:
    assert LOOK_MS >= 1_000
    assert MOST <= 3
