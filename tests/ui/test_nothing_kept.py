"""What Qt and the desktop would remember of a case, they are not given."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from jitclient.events import SpaceWiped
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.copying import copy
from ui.shell import Shell
from ui.theme import sheet, tokens
from ui.theme.density import COMFORTABLE

_ROOT = Path(__file__).resolve().parents[2]
_DIALOG = """
import asyncio, sys
from pathlib import Path
import qasync
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from ui.application import application
from ui.binding import choose_target

async def save():
    owner = QWidget()
    asked = asyncio.ensure_future(choose_target(owner, "Save", sys.argv[1] + "/MARKER.img"))
    while not (shown := owner.findChildren(QFileDialog)):
        await asyncio.sleep(0)
    shown[0].accept()
    assert await asked is not None

with qasync.QEventLoop(application(Path(sys.argv[2]))) as loop:
    loop.run_until_complete(save())
"""


def test_a_file_dialog_writes_down_nowhere_where_it_was(tmp_path: Path) -> None:
    home, profile, folder = (tmp_path / name for name in ("home", "profile", "MARKER-FOLDER"))
    for path in (home, profile, folder):
        path.mkdir()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
        "HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_API": "pyside6",
        "PYTHONPATH": str(_ROOT),
    }

    done = subprocess.run(
        [sys.executable, "-c", _DIALOG, str(folder), str(profile)],
        env=environment, capture_output=True, text=True, check=False, cwd=_ROOT,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    kept = [path for path in (*home.rglob("*"), *profile.rglob("*")) if path.is_file()]
    assert [path for path in kept if b"MARKER" in path.read_bytes()] == []


@pytest.mark.asyncio(loop_scope="session")
async def test_a_wipe_takes_what_was_copied_here_out_of_the_clipboard(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    copy("MARKER of the space")
    assert QGuiApplication.clipboard().text() == "MARKER of the space"

    desk.publish(SpaceWiped(desk.space_b))
    await calm(frame)

    assert QGuiApplication.clipboard().text() == ""


def test_drawings_for_style_sheets_leave_with_a_process_that_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that is locked a thousand times is replaced a thousand times."""
    fresh = cache(lambda: tempfile.TemporaryDirectory(prefix="jitclient-marks-", dir=tmp_path))
    monkeypatch.setattr(sheet, "_folder", fresh)
    sheet.build(tokens.LIGHT, COMFORTABLE)
    assert list(tmp_path.glob("jitclient-marks-*/*.svg")) != []

    sheet.leave_no_marks()

    assert list(tmp_path.iterdir()) == []
    sheet.leave_no_marks()


def test_what_is_copied_asks_to_be_kept_in_no_history() -> None:
    copy("a fingerprint")

    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "a fingerprint"
    assert bytes(data.data("x-kde-passwordManagerHint").data()) == b"secret"
    assert any("ExcludeClipboardContent" in kind for kind in data.formats())
    QGuiApplication.clipboard().clear()
