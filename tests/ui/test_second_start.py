"""Two starts of the real program: one window, and the second ends as soon as it handed over."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from protocol.errors import EXIT_NOT_FOUND
from tests.architecture.tree import ROOT
from ui.again import begin_anew

_SECONDS = 120
_CODE = """
import sys, ui.app
from ui.reaching import instance
instance._ANSWER_MS = 60_000  # a machine at its limit; how long a person waits is not tried here
show = ui.app.run
def run(profile, **more):
    return show(profile, shown=lambda: print("shown", flush=True), **more)
ui.app.run = run
from jitclient.__main__ import main
sys.exit(main(sys.argv[1:]))
"""

pytestmark = pytest.mark.slow


def _start(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-c", _CODE, *words],
        cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, failed = process.communicate(timeout=_SECONDS)
    return process.returncode, said, failed


@contextmanager
def _window(folder: Path, profile: str) -> Iterator[subprocess.Popen[str]]:
    process = _start(folder, "--profile", str(folder / profile))
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=_SECONDS)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jit") as made:
        yield Path(made)


def test_the_second_start_ends_and_the_first_goes_on(folder: Path) -> None:
    with _window(folder, "p") as first:
        code, said, failed = _ended(_start(folder, "--profile", str(folder / "p")))
        link = f"jit:space/{'0' * 32}"
        opened, _, _ = _ended(_start(folder, "--profile", str(folder / "p"), link))

        assert (code, said, failed) == (0, "", "")
        assert opened == 0
        assert first.poll() is None


def test_another_profile_opens_a_window_beside_it(folder: Path) -> None:
    with _window(folder, "p") as first, _window(folder, "q") as second:
        assert first.poll() is None
        assert second.poll() is None


def test_with_no_window_there_is_none_to_lock_and_a_bad_link_opens_none(folder: Path) -> None:
    code, said, failed = _ended(_start(folder, "--profile", str(folder / "p"), "--lock"))
    bad, none, told = _ended(_start(folder, "--profile", str(folder / "p"), "jit:nonsense"))

    assert (code, said) == (EXIT_NOT_FOUND, "")
    assert "No window" in failed
    assert (bad, none) == (65, "")
    assert "no link" in told


def test_after_a_kill_the_next_start_is_the_first(folder: Path) -> None:
    with _window(folder, "p"):
        pass
    with _window(folder, "p") as again:
        assert again.poll() is None


def test_a_link_is_forgotten_when_the_program_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    link = f"jit:space/{'0' * 32}"
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "jitclient", "--quiet", link])
    monkeypatch.setattr(os, "execv", lambda _program, words: ran.append(words))

    begin_anew()

    assert ran == [[sys.executable, "-m", "jitclient", "--quiet"]]
