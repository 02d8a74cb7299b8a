"""A decoder that was taken over: each thing it may try is tried, in the real process.

Every attack is made twice: against the walls, and with the walls down, where it must succeed; so no
attack passes for refused that would not have worked anyway.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from jitclient.viewing import viewer
from jitclient.viewing.errors import (
    CannotShowError,
    ViewerEndedError,
    ViewerRefusedError,
    ViewerUnconfinedError,
)
from jitclient.viewing.viewer import Viewer
from jitclient.viewing.wire import Walls
from protocol.errors import JitError, PartCorruptedError
from tests.viewing.attacker import REFUSED, WON

pytestmark = pytest.mark.skipif(not viewer.possible(), reason="no filter of system calls here")

KILLED = ("connect", "fork", "execute", "thread", "trace", "signal_parent", "more_limits")
DENIED = ("read_file", "read_program", "write_file", "machine_code")
EXHIBIT = b"\x00exhibit"


@contextmanager
def attacked(name: str, walls: str = "up") -> Iterator[Viewer]:
    command = (sys.executable, "-I", "-m", "tests.viewing.attacker", name, walls)
    one = Viewer(len(EXHIBIT), lambda a, b: EXHIBIT[a:b], command=command, patience=240)
    try:
        yield one
    finally:
        one.close()


@pytest.mark.parametrize("name", KILLED)
def test_what_no_page_needs_ends_the_process_and_is_told(name: str) -> None:
    with attacked(name) as one, pytest.raises(ViewerRefusedError, match="tried something"):
        one.open()


@pytest.mark.parametrize("name", DENIED)
def test_no_file_is_read_or_written_and_no_code_is_made(name: str) -> None:
    with attacked(name) as one:
        assert one.open().pages == REFUSED


@pytest.mark.parametrize("name", [*(set(KILLED) - {"trace", "execute"}), *DENIED, "memory"])
def test_with_the_walls_down_the_same_attack_succeeds(name: str) -> None:
    with attacked(name, "down") as one:
        assert one.open().pages == WON


def test_with_the_walls_down_another_program_is_started() -> None:
    """It says exit 9, which is no death by the filter."""
    with attacked("execute", "down") as one, pytest.raises(ViewerEndedError, match="crashed"):
        one.open()


@pytest.mark.parametrize("wall", [Walls.FILES, Walls.NAMESPACES])
@pytest.mark.parametrize("name", ["read_file", "read_program", "write_file"])
def test_behind_the_filter_two_more_walls_stand_around_files(name: str, wall: Walls) -> None:
    with attacked(name, "landlock" if wall is Walls.FILES else "root") as one:
        pages = one.open().pages
        if wall not in one.walls:
            pytest.skip("this kernel has it not, or not for us")

        assert pages == REFUSED


def test_behind_the_filter_there_is_no_network_either() -> None:
    with attacked("reach_network", "no-filter") as one:
        pages = one.open().pages
        if Walls.NAMESPACES not in one.walls:
            pytest.skip("no namespaces for us here")

        assert pages == REFUSED


def test_nothing_the_client_has_open_is_inherited() -> None:
    read, write = os.pipe()
    os.set_inheritable(read, True)
    try:
        with attacked("inherited", "down") as one:
            assert one.open().pages == REFUSED
    finally:
        os.close(read)
        os.close(write)


def test_a_decoder_that_crashes_is_survived() -> None:
    with attacked("crash") as one, pytest.raises(ViewerEndedError, match="crashed"):
        one.open()


def test_a_decoder_that_hangs_is_ended_when_its_time_is_over() -> None:
    with attacked("nothing") as one:
        one.open()
        one._patience = 0.2

        with pytest.raises(ViewerEndedError, match="too long"):
            one.page(0, 100, 100)

        assert one._process is not None
        assert one._process.returncode is not None


def test_a_decoder_that_eats_memory_gets_none() -> None:
    with attacked("memory") as one, pytest.raises(CannotShowError, match="memory"):
        one.open()


def test_a_frame_that_lies_about_its_size_ends_the_process() -> None:
    with attacked("lie") as one, pytest.raises(ViewerRefusedError, match="no page"):
        one.open()


def test_a_process_that_has_no_walls_is_not_given_a_byte() -> None:
    asked = []

    def read(start: int, stop: int) -> bytes:
        asked.append(start)
        return EXHIBIT[start:stop]

    command = (sys.executable, "-I", "-m", "tests.viewing.attacker", "read_file", "impossible")
    one = Viewer(len(EXHIBIT), read, command=command, patience=240)

    with pytest.raises(ViewerUnconfinedError):
        one.open()

    assert asked == []


def test_a_part_that_is_damaged_is_told_as_that_and_ends_the_process() -> None:
    def read(start: int, stop: int) -> bytes:
        raise PartCorruptedError("Part 1 of 1 is missing or damaged on this disk.")

    one = Viewer(9, read, patience=240)

    with pytest.raises(PartCorruptedError):
        one.open()

    assert one._process is not None
    assert one._process.returncode is not None


CLIENT = """
import sys
from jitclient.viewing.viewer import Viewer
command = (sys.executable, "-I", "-m", "tests.viewing.attacker", "nothing", "up")
one = Viewer(1, lambda a, b: bytes(b - a), command=command, patience=3600)
one.open()
print(one._process.pid, flush=True)
one.page(0, 1, 1)
"""


def test_a_hanging_viewer_ends_with_a_client_that_is_killed() -> None:
    """It reads no pipe any more, so only the kernel can tell it."""
    client = subprocess.Popen([sys.executable, "-c", CLIENT], stdout=subprocess.PIPE)
    assert client.stdout is not None
    pid = int(client.stdout.readline())
    viewing = psutil.Process(pid)
    begun = viewing.cpu_times().user
    assert soon(lambda: viewing.cpu_times().user > begun + 0.2), "it does not hang yet"

    client.kill()
    client.communicate()

    ended = soon(lambda: gone(viewing))
    if not ended:
        os.kill(pid, signal.SIGKILL)
    assert ended, "it lives on without its client"


def gone(process: psutil.Process) -> bool:
    """Whether it has ended; it may do so between two looks."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def soon(fact: Callable[[], bool]) -> bool:
    """Whether a fact comes true within a minute."""
    for _ in range(6_000):
        if fact():
            return True
        time.sleep(0.01)
    return False


def test_nothing_of_a_viewer_stays_when_it_was_closed() -> None:
    with attacked("nothing") as one:
        one.open()
        process = one._process
        assert process is not None
        assert process.stdout is not None

        one.close()
        one.reap()

        assert process.returncode is not None
        assert process.stdout.closed
        with pytest.raises(ViewerEndedError):
            one.page(0, 1, 1)


def test_a_viewer_that_was_closed_starts_nothing() -> None:
    one = Viewer(9, lambda a, b: bytes(b - a))
    one.close()

    with pytest.raises(JitError):
        one.open()

    assert one._process is None


_INSIDE_ANOTHER = """
import ctypes
aside = ctypes.CDLL(None).unshare(0x10000000 | 0x00020000)  # what goes wrong here harms nobody
from jitclient.viewing import confinement
assert aside == 0 and confinement._empty_root(confinement._libc()) is False
"""


def test_nothing_is_mounted_where_the_client_lives() -> None:
    """As root, without namespaces of its own, the process would hide everybody's /proc."""
    probe = subprocess.run(["unshare", "--user", "--mount", "true"], check=False)
    if probe.returncode != 0:
        pytest.skip("no namespaces for us here")

    done = subprocess.run(
        [sys.executable, "-c", _INSIDE_ANOTHER], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
