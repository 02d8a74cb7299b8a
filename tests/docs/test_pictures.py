"""The pictures of the documentation are all there, are small, and are renewed by one command."""

from __future__ import annotations

import re
from typing import Final

from PIL import Image

from tests.architecture.tree import ROOT
from tests.ui.screens import SCREENS
from tests.ui.screens.album import FOLDER, LOOKS, WHOLE, file_of, index
from tests.ui.screens.albumlist import SHOWN

MOST_BYTES: Final = 7_000_000
_NAMED: Final = re.compile(r"pictures/([\w-]+\.png)")


def test_every_picture_of_the_album_is_there_and_no_other() -> None:
    """To mend: `make pictures`."""
    album = {file_of(name, look) for name, _ in SHOWN for look in LOOKS}

    assert {path.name for path in FOLDER.glob("*.png")} == album
    assert (FOLDER / "README.md").read_text("utf-8") == index()


def test_every_screen_has_its_pictures() -> None:
    """To mend: a line in tests/ui/screens/albumlist.py, then `make pictures ONLY=NAME`."""
    album = [name for name, _ in SHOWN]

    assert sorted(one.name for one in SCREENS) == sorted(album)
    assert len(set(album)) == len(album)
    assert set(album) >= WHOLE


def test_they_have_a_palette_and_weigh_little() -> None:
    paths = sorted(FOLDER.glob("*.png"))

    assert sum(path.stat().st_size for path in paths) < MOST_BYTES
    for path in paths:
        with Image.open(path) as image:
            assert image.mode == "P", path.name


def test_what_the_pages_show_is_in_the_album() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {name for page in pages for name in _NAMED.findall(page.read_text("utf-8"))}

    assert named - {path.name for path in FOLDER.glob("*.png")} == set()
