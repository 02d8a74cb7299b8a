"""The machine under the product: Qt that counts references right, SQLite without the WAL bug."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

from tests.architecture.tree import ROOT

COUNT = """
import sys
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
before = sys.getrefcount(None)
for _ in range(2000):
    label.setText("y")
print(before - sys.getrefcount(None))
"""


def test_qt_does_not_lose_references_to_none() -> None:
    """PySide6 6.12.0 loses one per call on Python 3.11 and then aborts (docs/adr/0003).

    In a process of its own, so that a bad wheel fails one test rather than killing the run.
    """
    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100


def test_the_sqlite_we_ship_is_not_the_one_with_the_wal_reset_bug() -> None:
    from sqlcipher3 import dbapi2

    assert dbapi2.sqlite_version_info >= (3, 51, 3)


def test_every_declared_dependency_is_pinned_by_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *(line for extra in project["project"]["optional-dependencies"].values() for line in extra),
        *project["dependency-groups"]["dev"],
    ]
    pinned = (ROOT / "requirements.txt").read_text().lower()

    missing = [line for line in declared if f"{_distribution(line)}==" not in pinned]

    assert missing == []
    assert pinned.count("--hash=sha256:") > len(declared)


def test_every_runtime_dependency_has_its_line_in_the_register() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = [*project["dependencies"], *project["optional-dependencies"]["store"]]
    register = (ROOT / "docs" / "DEPENDENCIES.md").read_text().lower()

    assert [line for line in runtime if f"| {_distribution(line)} |" not in register] == []


def _distribution(requirement: str) -> str:
    return re.split(r"[=<>\[;~! ]", requirement, maxsplit=1)[0].lower()
