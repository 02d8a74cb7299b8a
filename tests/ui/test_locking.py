"""The window locks by itself: after a time, with the desktop, before sleep; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QWidget

from tests.support.logind import AVAILABLE, LoginManager, login_manager
from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, sheet, until
from ui.frame import Frame
from ui.locking.desktop import DesktopWatch
from ui.locking.idle import MINUTES, USUAL_MINUTES, IdleWatch, minutes_of
from ui.memory import CARRIES, YES, Memory
from ui.settings.view import SettingsSheet
from ui.shell import Shell
from ui.unlock.view import UnlockView

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def parent() -> Iterator[QObject]:
    owner = QObject()
    yield owner
    owner.deleteLater()


def watch(parent: QObject, *clocks: Clock, busy: bool = False) -> tuple[IdleWatch, list[str]]:
    made, told = IdleWatch(clocks, lambda: busy, parent), list[str]()
    made.idle.connect(lambda: told.append("idle"))
    return made, told


@pytest.mark.parametrize("minutes", MINUTES)
async def test_it_locks_when_the_chosen_time_has_passed_and_not_before(
    parent: QObject, minutes: int
) -> None:
    clock = Clock()
    idle, told = watch(parent, clock)
    idle.minutes = minutes

    clock.now += 60 * minutes - 1
    idle.look()
    assert told == []
    clock.now += 1
    idle.look()
    idle.stop()

    assert told == ["idle"]


async def carrying_box(frame: Frame) -> QCheckBox:
    frame.show_settings("security")
    return (await settings()).shown_page().findChildren(QCheckBox)[0]


async def settings() -> SettingsSheet:
    found = await sheet()
    assert isinstance(found, SettingsSheet)
    return found


@pytest.mark.parametrize("chosen", [False, True])
async def test_locking_leaves_uploads_at_work_only_for_who_wants_it(
    tmp_path: Path, failures: list[Exception], chosen: bool
) -> None:
    """The choice is kept; then time locks although files move, and the locked card says so."""
    door = DoorDouble(make=story)
    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, _ = await enter(shell, door)
    box = await carrying_box(frame)
    box.setChecked(chosen)
    (await settings()).cancel.click()
    await calm(frame)
    assert shell.locks is not None
    assert frame.room.status.moving
    assert shell.locks._in_the_way() is not chosen

    door.carries = chosen
    shell.lock()
    await until(lambda: shell.frame is None and shell.tasks.idle)

    assert door.desks[-1].carries is chosen
    gate = shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    assert ("Transfers go on" in gate.keys.text()) is chosen
    assert Memory(tmp_path).text(CARRIES) == (YES if chosen else "")
    frame, _ = await enter(shell, door)
    assert (await carrying_box(frame)).isChecked() is chosen
    await put_away(shell)
    assert failures == []


async def test_whoever_touches_the_window_is_there(parent: QObject) -> None:
    clock, page = Clock(), QWidget()
    idle, told = watch(parent, clock)
    page.show()

    clock.now += 60 * USUAL_MINUTES - 1
    QTest.keyClick(page, Qt.Key.Key_A)
    clock.now += 60
    idle.look()
    assert told == []
    clock.now += 60 * USUAL_MINUTES
    idle.look()
    idle.stop()
    page.close()

    assert told == ["idle"]


@pytest.mark.parametrize("still", [0, 1])
async def test_a_clock_that_stands_still_or_is_set_back_keeps_nothing_open(
    parent: QObject, still: int
) -> None:
    clocks = (Clock(), Clock())
    idle, told = watch(parent, *clocks)

    clocks[1 - still].now += 60 * USUAL_MINUTES
    clocks[still].now -= 3600
    idle.look()
    idle.stop()

    assert told == ["idle"]


async def test_while_files_move_or_when_nobody_wants_it_the_time_does_not_lock(
    parent: QObject,
) -> None:
    clock = Clock()
    moving, told = watch(parent, clock, busy=True)
    never, also = watch(parent, clock)
    never.minutes = 0

    clock.now += 10**6
    moving.look()
    never.look()
    moving.stop()
    never.stop()

    assert told == also == []


async def test_what_the_file_of_the_window_says_cannot_choose_anything_else() -> None:
    assert [minutes_of(str(one)) for one in (*MINUTES, 0)] == [*MINUTES, 0]
    assert {minutes_of(one) for one in ("", "-1", "1e9", "9999999", "ten")} == {USUAL_MINUTES}


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[LoginManager]:
    if not AVAILABLE:
        pytest.skip("dbus-daemon is not installed (Debian: apt-get install dbus-daemon)")
    with login_manager(tmp_path) as manager:
        yield manager


@pytest.fixture
def desktop(bus: LoginManager, parent: QObject) -> Iterator[tuple[DesktopWatch, list[str]]]:
    line = QDBusConnection.connectToBus(bus.address, "test")
    made, told = DesktopWatch(line, line, parent), list[str]()
    made.leaving.connect(lambda: told.append("leaving"))
    yield made, told
    QDBusConnection.disconnectFromBus("test")


@pytest.mark.parametrize(
    ("path", "interface"),
    [
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
        ("/ScreenSaver", "org.freedesktop.ScreenSaver"),
        ("/org/xfce/ScreenSaver", "org.xfce.ScreenSaver"),
    ],
)
async def test_it_locks_with_the_desktop(
    bus: LoginManager, desktop: tuple[DesktopWatch, list[str]], path: str, interface: str
) -> None:
    _, told = desktop
    bus.say(path, interface, "ActiveChanged", False)
    bus.say(path, "org.example.Other", "ActiveChanged", True)
    bus.say(path, interface, "ActiveChanged", True)
    await until(lambda: told == ["leaving"])


async def test_it_locks_when_its_own_session_is_asked_to_and_no_other(
    bus: LoginManager, desktop: tuple[DesktopWatch, list[str]]
) -> None:
    made, told = desktop
    await until(lambda: made.delays_sleep)

    bus.lock("/org/freedesktop/login1/session/c8")
    bus.lock()
    await until(lambda: told == ["leaving"])


async def test_sleep_waits_until_the_window_is_locked(
    bus: LoginManager, desktop: tuple[DesktopWatch, list[str]]
) -> None:
    made, told = desktop
    await until(lambda: made.delays_sleep)
    assert sorted(bus.asked) == ["GetSessionByPID", "Inhibit"]

    bus.sleep(begins=False)
    bus.sleep(begins=True)
    await until(lambda: told == ["leaving"])

    made.let_sleep()
    await until(bus.released)


async def test_a_machine_without_a_bus_is_no_reason_to_fail(parent: QObject) -> None:
    nowhere = QDBusConnection("there is none")
    assert not DesktopWatch(nowhere, nowhere, parent).delays_sleep


async def test_what_was_being_written_is_there_again_after_locking(
    failures: list[Exception],
) -> None:
    door = DoorDouble(make=story)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, desk = await enter(shell, door)
    frame.room.spaces.select(desk.space_a)
    await calm(frame)
    row = desk.rows[desk.space_a][-1]
    frame.room.conversation.reply_to(row.message)
    frame.room.conversation.draft_changed("half a sentence")
    QGuiApplication.clipboard().setText("the name of the suspect")
    assert shell.locks is not None

    shell.locks.idle.idle.emit()
    await until(lambda: shell.frame is None and shell.tasks.idle)

    assert desk.drafts[desk.space_a] == ("half a sentence", row.message)
    assert QGuiApplication.clipboard().text() == ""
    frame, desk = await enter(shell, door)
    await calm(frame)
    await put_away(shell)
    assert failures == []
