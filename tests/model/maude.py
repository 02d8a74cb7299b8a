"""Running one search in a process of its own: Maude cannot be interrupted in ours."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.model.checks import Check, Expected

MODELS: Final = Path(__file__).parents[2] / "docs" / "protocol" / "model"
_LOAD: Final = "import maude, sys; maude.init(); maude.load(sys.argv[1])"
_STATES: Final = re.compile(r"states: (\d+)\s+rewrites: (\d+) in (\d+)ms")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave: whether a bad state was reached, and what it cost."""

    found: Expected
    states: int
    rewrites: int
    seconds: float
    printed: str


def program() -> list[str] | None:
    """How Maude is called here: PyPI's binding, else the program of Debian's package; or None."""
    if importlib.util.find_spec("maude") is not None:
        return [sys.executable, "-c", _LOAD]
    found = shutil.which("maude")
    return [found, "-no-banner", "-no-advise", "-batch"] if found else None


def search(check: Check, *, timeout: float) -> Answer:
    """Search all states for a bad one, until the first.

    Raises:
        RuntimeError: Maude is not here, took too long, or did not understand the model.
    """
    words = program()
    if words is None:
        raise RuntimeError("Maude is not installed: make setup, or apt-get install maude.")
    command = f"load {MODELS / check.model}.maude\n{_search(check)}\nquit\n"
    with tempfile.NamedTemporaryFile("w", suffix=".maude") as script:
        script.write(command)
        script.flush()
        try:
            done = subprocess.run(
                [*words, script.name], capture_output=True, text=True, check=False,
                timeout=timeout, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"“{check.law}” took longer than {timeout:.0f} s.") from error
    printed = done.stdout + done.stderr
    counted = _STATES.search(done.stdout)
    if "Warning" in printed or counted is None:
        raise RuntimeError(f"Maude did not understand:\n{printed}")
    states, rewrites, milliseconds = map(int, counted.groups())
    found = Expected.NONE if "No solution" in done.stdout else Expected.FOUND
    return Answer(found, states, rewrites, milliseconds / 1000, printed)


def _search(check: Check) -> str:
    """The command. Where nothing is expected the search is exhaustive, whatever is asked for."""
    return f"search [1] in {check.model.upper()} : {check.begin} =>* {check.bad} ."
