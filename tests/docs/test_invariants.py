"""Every invariant of the protocol has a test that bears its number (docs/protocol/90-checks.md)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.architecture.tree import ROOT

INVARIANTS = frozenset(f"I{number}" for number in range(1, 36))
PAGE = "docs/protocol/90-checks.md"
_TEST = re.compile(r"^(?:async )?def (test_i(\d\d)_\w+)\(", re.MULTILINE)


def _named() -> dict[str, set[str]]:
    """The tests of each invariant, as `tests/folder/file.py`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for _, number in _TEST.findall(path.read_text("utf-8")):
            found[f"I{int(number)}"].add(path.relative_to(ROOT).as_posix())
    return found


def test_every_invariant_has_a_test_of_its_name() -> None:
    assert _named().keys() == INVARIANTS


def test_the_page_says_of_every_invariant_where_it_is_tested() -> None:
    page = Path(ROOT / PAGE).read_text("utf-8")
    rows = dict(re.findall(r"^\| (I\d+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE))

    assert rows.keys() == INVARIANTS
    wrong = {
        one: files
        for one, files in _named().items()
        if set(re.findall(r"`([a-z_/0-9]+\.py)`", rows[one])) != files
    }
    assert wrong == {}


def test_i35_each_check_of_a_module_that_is_taken_out_is_missed_by_a_test() -> None:
    """All modules: `make mutants` and `make attacks`. Here one small one, so that both go on."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.run", "--paths", "crypto/merkle.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    taken = re.search(r"(\d+) checks taken out, (\d+) noticed", done.stdout)
    assert taken is not None, done.stdout
    assert int(taken[1]) == int(taken[2]) >= 4
