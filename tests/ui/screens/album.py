"""`make pictures`: the screens of docs/pictures, light in English and dark in Greek.

`make pictures ONLY="home help"` paints some of them.

Rendered offscreen from the same case as `tests.ui.screens`, with a palette so that they stay small;
`tests/docs/test_pictures.py` holds that all are there, and how much they weigh.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import asyncio
import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import qasync
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from tests.architecture.tree import ROOT
from tests.ui.conftest import put_away
from tests.ui.screens import SCREENS, Play
from tests.ui.screens.__main__ import picture, play
from tests.ui.screens.albumlist import AREAS, SHOWN
from ui.application import application
from ui.help.view import HelpWindow
from ui.language.speaking import speak
from ui.theme.style import APPEARANCE, theme

FOLDER: Final = ROOT / "docs/pictures"
SIZE: Final = QSize(1200, 740)
COLOURS: Final = (64, 32)
"""In what is painted whole, and in the others."""
WHOLE: Final = frozenset(
    {
        "first-run-invitation",
        "first-run-passphrase",
        "first-run-used",
        "join-code",
        "restore",
        "locked",
        "home",
        "home-nothing",
        "new-space",
        "add-member",
        "conversation",
        "key-changed",
        "thread",
        "search-found",
        "threads",
        "mentions-inbox",
        "evidence",
        "evidence-facts",
        "hand-over-facts",
        "detection",
        "transfers",
        "review",
        "export-court",
        "people",
        "verify",
        "meeting",
        "devices",
        "link-offer",
        "sheet-words",
        "log",
        "check-found",
        "closing",
        "closing-receipts",
        "alarms-all",
        "settings-appearance",
        "help",
        "keys",
    }
)
"""Painted with the window around them; of the others a sheet is painted alone, which is small."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen is painted."""

    scheme: str
    language: str


LOOKS: Final = (Look("light", "en"), Look("dark", "el"))


def file_of(name: str, look: Look) -> str:
    """`conversation-light-en.png`."""
    return f"{name}-{look.scheme}-{look.language}.png"


def index() -> str:
    """The page that lists them."""
    head = (
        "# Pictures of the window\n\n"
        "`make pictures` renews all of them, and this page: the case is made up, the screens are"
        " the product's. A sentence that is English in a Greek picture is not translated yet.\n"
    )
    return head + "".join(f"\n## {area}\n\n{_table(every)}" for area, every in AREAS)


def _table(every: tuple[tuple[str, str], ...]) -> str:
    rows = [
        f"| {words} | [light, English]({file_of(name, LOOKS[0])})"
        f" | [dark, Greek]({file_of(name, LOOKS[1])}) |\n"
        for name, words in every
    ]
    return "| screen | | |\n|---|---|---|\n" + "".join(rows)


def small(pixmap: QPixmap, colours: int) -> bytes:
    """As a PNG with a palette."""
    room = QByteArray()
    buffer = QBuffer(room)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    image = Image.open(io.BytesIO(bytes(room.data()))).convert("RGB")
    out = io.BytesIO()
    made = image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    made.save(out, "PNG", optimize=True)
    return out.getvalue()


def _seen(made: Play, *, alone: bool) -> QPixmap:
    """What is in front; no ring stands where nobody put the keyboard."""
    helping = [one for one in QApplication.topLevelWidgets() if isinstance(one, HelpWindow)]
    if helping:
        return helping[0].grab()
    front = QApplication.focusWidget()
    if front is not None and not isinstance(front, QLineEdit | QPlainTextEdit):
        front.clearFocus()
    return picture(made.shell, alone=alone)


async def _main(wanted: list[str]) -> None:
    root = Path(tempfile.gettempdir()) / "jit-pictures"  # it is read in some of them
    await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)
    profile = root / "clara.weiss"
    await asyncio.to_thread(profile.mkdir, parents=True)
    screens = {one.name: one for one in SCREENS}
    for look in LOOKS:
        theme().choose(APPEARANCE, look.scheme)
        speak(look.language)
        for name in wanted:
            made = await play(screens[name], SIZE, profile / look.scheme / name)
            whole = name in WHOLE
            data = small(_seen(made, alone=not whole), COLOURS[not whole])
            await asyncio.to_thread((FOLDER / file_of(name, look)).write_bytes, data)
            await put_away(made.shell)
    await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)
    await asyncio.to_thread((FOLDER / "README.md").write_text, index(), "utf-8")


def main() -> None:
    """Entry point."""
    loop = qasync.QEventLoop(application())
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_main(sys.argv[1:] or [name for name, _ in SHOWN]))


if __name__ == "__main__":
    main()
