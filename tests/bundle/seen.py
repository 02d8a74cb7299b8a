"""A screen of our own (Xvfb), and what a person would see on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

_SECONDS: Final = 60
_NEEDED: Final = ("Xvfb", "xdotool")


@contextmanager
def display() -> Iterator[str]:
    """The name of a fresh X display; the test is skipped where there is no Xvfb or xdotool."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def first_window(name: str, screen: str, seconds: float = _SECONDS) -> list[str]:
    """Wait until windows of this title are mapped; their ids.

    Raises:
        subprocess.TimeoutExpired: none came.
    """
    done = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--name", name],
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, "DISPLAY": screen},
        check=True,
    )
    return done.stdout.split()


def left_in(root: Path) -> list[str]:
    """Processes that still live in this root."""
    return _leading("root", str(root))


def running(program: Path) -> list[str]:
    """Processes that run this file."""
    return _leading("exe", str(program.resolve()))


def all_ended(left: Callable[[], list[str]], seconds: float) -> bool:
    """Wait until no process is `left` any more; whether that came."""
    end = time.monotonic() + seconds
    while left():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _leading(link: str, to: str) -> list[str]:
    found = Path("/proc").glob(f"[0-9]*/{link}")
    return [one.parent.name for one in found if _leads(one) == to]


def _leads(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""  # it ended meanwhile
