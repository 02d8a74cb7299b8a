"""A second start hands over and ends; a link shows nothing before the person said yes."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication

from jitclient.foundation.links import Link, read_link
from protocol.ids import SpaceId
from tests.architecture.tree import ROOT
from tests.ui.story import story
from tests.ui.waiting import enter, sheet, until
from ui.reaching.instance import Instance, private_folder
from ui.reaching.reaching import Reaching
from ui.reaching.wishes import Act, Wish, written
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

A, B = "0123456789abcdef" * 2, "fedcba9876543210" * 2


# --- two starts ----------------------------------------------------------------------------------


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: sockets have no room for pytest's."""
    with tempfile.TemporaryDirectory(prefix="jit") as folder:
        yield Path(folder)


@pytest_asyncio.fixture(loop_scope="session")
async def first(qapp: QApplication, place: Path) -> AsyncIterator[Instance]:
    one = Instance(place / "profile", qapp, place)
    assert one.claim()
    yield one
    one.release()


async def test_a_second_start_hands_over_and_is_not_the_first(first: Instance, place: Path) -> None:
    heard: list[Wish] = []
    first.asked.connect(heard.append)
    wish = Wish(Act.OPEN, read_link(f"jit:space/{A}/exhibit/{B}"), "token-1")

    assert await asyncio.to_thread(_hand_over, place, wish)
    assert heard == [wish]


async def test_another_profile_has_a_window_of_its_own(
    first: Instance, qapp: QApplication, place: Path
) -> None:
    other = Instance(place / "other", qapp, place)

    assert other.claim()
    other.release()


async def test_who_ended_or_was_killed_leaves_the_place_free(
    qapp: QApplication, place: Path
) -> None:
    code = (
        "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from ui.reaching.instance import Instance\n"
        "app = QCoreApplication([]); base = Path(sys.argv[1])\n"
        "print(Instance(base / 'profile', app, base).claim(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, place],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    after = Instance(place / "profile", qapp, place)

    assert done.stdout.strip() == "True", done.stderr
    assert after.claim()
    after.release()
    assert await _again(qapp, place)


async def _again(qapp: QApplication, folder: Path) -> bool:
    one = Instance(folder / "profile", qapp, folder)
    free = one.claim()
    one.release()
    return free


def _hand_over(folder: Path, wish: Wish) -> bool:
    """From a process of its own: Qt's waiting would stop the window of this one."""
    code = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from ui.reaching import instance; from ui.reaching.wishes import read_wish\n"
        "instance._ANSWER_MS = 60_000\n"
        "app = QCoreApplication([]); base = Path(sys.argv[1])\n"
        "one = instance.Instance(base / 'profile', app, base)\n"
        "print(one.claim(), one.hand_over(read_wish(sys.argv[2].encode())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder, written(wish).decode()],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout.strip() == "False True"


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe there")
async def test_words_of_no_meaning_are_not_answered_and_change_nothing(
    first: Instance, place: Path
) -> None:
    heard: list[Wish] = []
    first.asked.connect(heard.append)
    (path,) = place.glob("jitclient-*/*/window")

    def said(data: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            line.connect(str(path))
            line.sendall(data)
            try:
                return line.recv(100)
            except ConnectionError:
                return b""

    for data in (b"open - jit:space/x\n", b"rm -rf\n", b"x" * 5000, b"raise\n"):
        assert await asyncio.to_thread(said, data) == b""
    assert await asyncio.to_thread(said, b"raise -\n") == b"ok\n"
    assert heard == [Wish(Act.RAISE)]


@pytest.mark.skipif(sys.platform == "win32", reason="lists of rights there")
async def test_a_folder_that_others_may_enter_or_that_is_a_link_is_not_used(place: Path) -> None:
    made = private_folder(place, "one")
    assert made is not None
    assert made.stat().st_mode & 0o777 == 0o700

    made.chmod(0o755)
    (made.parent / "two").symlink_to(made)

    assert private_folder(place, "one") is None
    assert private_folder(place, "two") is None


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="needs root to be another")
async def test_a_process_of_another_person_is_not_heard(first: Instance, place: Path) -> None:
    heard: list[Wish] = []
    first.asked.connect(heard.append)
    (path,) = place.glob("jitclient-*/*/window")
    here = os.open(path.parent, os.O_RDONLY)
    code = (
        "import os, socket, sys\n"
        f"os.fchdir({here}); os.setuid(65534)\n"
        "line = socket.socket(socket.AF_UNIX); line.settimeout(60)\n"
        "line.connect('window')\n"
        "try: line.sendall(b'lock -\\n'); print(line.recv(9))\n"
        "except ConnectionError: print(b'')\n"
    )
    path.chmod(0o777)  # as if the folder and the socket had let it in
    path.parent.chmod(0o755)
    path.parent.parent.chmod(0o755)

    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code],
        pass_fds=(here,), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    os.close(here)

    assert done.stdout.strip() == "b''", done.stderr
    assert heard == []


# --- what the window does ------------------------------------------------------------------------


async def test_a_link_waits_for_the_unlocking_and_then_asks(locked: Any) -> None:
    shell, door = locked
    made = story()
    door._make = lambda: made
    reaching = Reaching(shell)
    shell.opened = lambda _desk: reaching.entered()
    reaching.asked(Wish(Act.OPEN, Link(made.space_b)))
    assert shell.frame is None
    frame, desk = await enter(shell, door)
    before = frame.room.spaces.state.selected

    asked = await sheet()
    assert frame.room.spaces.state.selected == before
    asked.action.click()
    await until(lambda: frame.room.spaces.state.selected == desk.space_b)


async def test_who_stays_is_shown_nothing_else_and_a_second_link_meanwhile_is_dropped(
    locked: Any,
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    reaching = Reaching(shell)
    before = frame.room.spaces.state.selected
    reaching.asked(Wish(Act.OPEN, Link(desk.space_b)))
    asked = await sheet()
    reaching.asked(Wish(Act.OPEN, Link(desk.space_b)))

    asked.cancel.click()
    await until(lambda: shell.tasks.idle)

    assert frame.room.spaces.state.selected == before


async def test_an_exhibit_is_shown_in_its_place(locked: Any) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    file = (await desk.exhibits(desk.space_a))[0].file
    Reaching(shell).asked(Wish(Act.OPEN, Link(desk.space_a, file)))

    (await sheet()).action.click()
    await until(lambda: frame.room.spaces.state.tab is Tab.EVIDENCE)
    await until(lambda: frame.room.evidence.state.selected == file)


async def test_a_link_to_what_is_not_here_says_so_and_changes_nothing(locked: Any) -> None:
    shell, door = locked
    frame, _ = await enter(shell, door)
    before = frame.room.spaces.state.selected
    Reaching(shell).asked(Wish(Act.OPEN, Link(SpaceId(bytes(16)))))

    (await sheet()).cancel.click()
    await until(lambda: shell.tasks.idle)

    assert frame.room.spaces.state.selected == before


async def test_a_second_start_can_lock(locked: Any) -> None:
    shell, door = locked
    await enter(shell, door)

    Reaching(shell).asked(Wish(Act.LOCK))

    await until(lambda: shell.frame is None)


async def test_one_more_window_opens_beside_the_first_and_a_locked_one_only_comes_forward(
    locked: Any,
) -> None:
    shell, door = locked
    reaching = Reaching(shell)
    reaching.asked(Wish(Act.WINDOW))
    await until(lambda: shell.tasks.idle)
    assert shell.frame is None
    assert shell.isVisible()

    await enter(shell, door)
    reaching.asked(Wish(Act.WINDOW))
    windows = shell.windows
    assert windows is not None
    await until(lambda: len(windows.open) == 1)

    assert windows.open[0].isVisible()
    reaching.deleteLater()
