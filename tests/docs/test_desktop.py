"""What a desktop is told of the program is what the desktop's own checkers accept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtGui import QImage

import jitclient.__main__ as program
from jitclient.foundation.links import read_link
from tests.architecture.tree import ROOT

NAME: Final = "eu.jitclient.JitClient"


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What packages install below /usr/share."""
    folder = tmp_path_factory.mktemp("desktop")
    subprocess.run(
        [sys.executable, ROOT / "packaging/desktop/make.py", folder],
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )
    return folder / "usr/share"


def _checked(checker: str, *words: str | Path) -> str:
    if shutil.which(checker) is None:
        pytest.skip(f"{checker} is not installed: nobody checked this file here")
    done = subprocess.run(
        [checker, *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_entry_is_valid_and_is_that_of_the_window(share: Path) -> None:
    path = share / f"applications/{NAME}.desktop"

    assert _checked("desktop-file-validate", path) == ""
    assert f'setDesktopFileName("{NAME}")' in (ROOT / "ui/application.py").read_text("utf-8")


def test_the_entry_speaks_every_language_that_has_the_words(share: Path) -> None:
    text = (share / f"applications/{NAME}.desktop").read_text("utf-8")
    codes = set(re.findall(r"^GenericName\[(\w+)\]=", text, re.MULTILINE))

    assert codes <= {path.stem for path in (ROOT / "resources/languages").glob("*.po")}
    assert text.count("GenericName=") == text.count("Comment=") == 1


def test_what_the_entry_starts_is_what_the_program_takes(share: Path) -> None:
    text = (share / f"applications/{NAME}.desktop").read_text("utf-8")
    started = re.findall(r"^Exec=jitclient ?(.*)$", text, re.MULTILINE)
    link = f"jit:space/{'0' * 32}"

    assert started == ["%u", "--new-window", "--lock"]
    assert re.findall(r"^Actions=(.*)$", text, re.MULTILINE) == ["new-window;lock;"]
    assert program._parsed(["--new-window"]).new_window
    assert "MimeType=x-scheme-handler/jit;" in text
    assert f"Name[de]={'Sperren'}" in text
    assert program._parsed([link]).link == str(read_link(link))
    assert program._parsed(["--lock"]).lock


def test_the_program_is_found_by_words_of_every_language(share: Path) -> None:
    text = (share / f"applications/{NAME}.desktop").read_text("utf-8")
    found = dict(re.findall(r"^Keywords(?:\[(\w+)\])?=(.*)$", text, re.MULTILINE))

    assert found[""] == "JIT;Eurojust;Europol;Conversation;Evidence;Messages;"
    assert set(found) == {""} | {path.stem for path in (ROOT / "resources/languages").glob("*.po")}
    assert all(len(set(one.split(";"))) == 7 and one.endswith(";") for one in found.values())
    assert "Beweismittel" in found["de"]


def test_the_metadata_is_valid(share: Path) -> None:
    assert (
        _checked("appstreamcli", "validate", "--no-net", share / f"metainfo/{NAME}.metainfo.xml")
        == ""
    )


def test_the_icons_have_the_sizes_of_their_folders_and_show_the_mark(share: Path) -> None:
    folders = sorted((share / "icons/hicolor").glob("*x*"))
    images = {folder.name: QImage(str(folder / f"apps/{NAME}.png")) for folder in folders}

    assert {f"{one.width()}x{one.height()}" for one in images.values()} == set(images)
    assert {"16x16", "512x512"} <= set(images)
    for image in images.values():
        assert image.pixelColor(0, 0).alpha() < 255
        assert image.pixelColor(image.width() // 2, image.height() // 8).blue() > 100
    assert (share / f"icons/hicolor/symbolic/apps/{NAME}-symbolic.svg").exists()
