"""The desktop is told that something came: never what, and not while the person looks at it.

A real bus of its own, with a notification server on it that notes what it is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from jitclient.foundation.policy import DEFAULTS, Setting
from tests.support import logind
from tests.ui.desk_rows import DAY, NOW
from tests.ui.waiting import enter, until
from ui.reaching.notices import NAME, Desk, Notices

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not logind.AVAILABLE, reason="no dbus-daemon to start a bus with"),
]


class Server:
    """A desktop's notification server: gives each notice the number 7."""

    def __init__(self, address: str) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.signatures: list[str] = []
        self._line = open_dbus_connection(address)
        self._line.send_and_get_reply(message_bus.RequestName(NAME))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            while True:
                asked = self._line.receive()
                if asked.header.fields.get(HeaderFields.member) == "Notify":
                    self.signatures.append(str(asked.header.fields[HeaderFields.signature]))
                    self._line.send(new_method_return(asked, "u", (7,)))
                    self.asked.append(asked.body)
        except (OSError, EOFError):
            return

    def click(self, number: int) -> None:
        """As if the person clicked on this notice."""
        where = DBusAddress("/org/freedesktop/Notifications", interface=NAME)
        self._line.send(new_signal(where, "ActionInvoked", "us", (number, "default")))

    def close(self) -> None:
        self._line.sock.shutdown(2)
        self._thread.join(60)
        self._line.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    with logind.login_manager(tmp_path) as manager:  # for its bus
        made = Server(manager.address)
        yield made, manager.address
        made.close()


async def test_a_notice_says_that_something_came_and_nothing_of_it(
    locked: Any, server: tuple[Server, str]
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    place = Desk(shell, server[1])
    notices = Notices(shell, place, lambda: None)
    notices._timer.stop()  # the test looks when it wants to
    notices.look(watching=False)
    _more_unread(frame, desk)
    await until(lambda: any(one.unread == 9 for one in frame.room.spaces.state.tiles))

    notices.look(watching=False)
    await until(lambda: bool(server[0].asked))

    name, instead_of, icon, words, body, _, hints, _ = server[0].asked[0]
    assert (name, instead_of, icon) == ("JIT Client", 0, "eu.jitclient.JitClient")
    assert (words, body) == ("New activity in a JIT space", "")
    assert hints["urgency"] == ("y", 1)
    assert server[0].signatures == ["susssasa{sv}i"]
    place.close()


async def test_who_looks_at_the_window_gets_no_notice_and_nobody_one_twice(
    locked: Any, server: tuple[Server, str]
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    place = Desk(shell, server[1])
    notices = Notices(shell, place, lambda: None)
    notices._timer.stop()  # the test looks when it wants to
    notices.look(watching=True)
    _more_unread(frame, desk)
    await until(lambda: any(one.unread == 9 for one in frame.room.spaces.state.tiles))
    notices.look(watching=True)
    notices.look(watching=False)
    await until(lambda: shell.tasks.idle)

    assert server[0].asked == []
    place.close()


async def test_a_click_on_ours_brings_the_window_and_one_on_another_does_not(
    qapp: QApplication, server: tuple[Server, str]
) -> None:
    clicks: list[int] = []
    owner = QObject()
    desk = Desk(owner, server[1])
    desk.clicked.connect(lambda: clicks.append(1))
    assert await desk.show("New activity in a JIT space")
    await until(lambda: desk._shown == 7)

    server[0].click(8)
    server[0].click(7)
    await until(lambda: bool(clicks))
    assert await desk.show("New activity in a JIT space")
    await until(lambda: len(server[0].asked) == 2)

    assert clicks == [1]
    assert server[0].asked[1][1] == 7  # in the place of the one before
    desk.close()


async def test_a_desktop_without_a_bus_is_no_failure(tmp_path: Path) -> None:
    assert not await Desk(QObject(), f"unix:path={tmp_path}/none").show("words")


async def test_notices_are_there_until_somebody_says_otherwise() -> None:
    assert Setting(DEFAULTS["notifications"], "default").value == "on"


def _more_unread(frame: Any, desk: Any) -> None:
    desk.set(desk.space_b, unread=9)
    frame.room.spaces.refresh()


async def test_a_warning_that_the_store_erases_soon_is_told_once_and_says_nothing_of_the_case(
    locked: Any, server: tuple[Server, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, door = locked
    _, desk = await enter(shell, door)
    notices = Notices(shell, Desk(shell, server[1]), lambda: None)
    notices._timer.stop()
    notices._hours.stop()
    monkeypatch.setattr(shell, "isActiveWindow", lambda: False)
    desk.today.leaving[desk.space_a] = (NOW + 14 * DAY,)
    notices.look_at_store()
    await until(lambda: shell.tasks.idle)
    assert not server[0].asked  # it stood in Today when the window was opened

    desk.today.leaving[desk.space_a] = (NOW + 7 * DAY,)
    for _ in range(2):
        notices.look_at_store()
        await until(lambda: shell.tasks.idle)
    await until(lambda: bool(server[0].asked))

    assert [one[3] for one in server[0].asked] == ["Something waits for you in a JIT space"]
