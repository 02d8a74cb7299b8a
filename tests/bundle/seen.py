"""A screen of our own (Xvfb), and what a person would see on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
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


def first_window(name: str, screen: str) -> list[str]:
    """Wait until windows of this title are mapped; their ids.

    Raises:
        subprocess.TimeoutExpired: none came.
    """
    done = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--name", name],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env={**os.environ, "DISPLAY": screen},
        check=True,
    )
    return done.stdout.split()


def left_in(root: Path) -> list[str]:
    """Processes that still live in this root."""
    return [
        one.parent.name
        for one in Path("/proc").glob("[0-9]*/root")
        if one.is_symlink() and _leads(one) == str(root)
    ]


def _leads(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""  # it ended meanwhile
