"""Paints the screens offscreen, light and dark.

`python -m tests.ui.screens [--out DIR] [--only PART] [--size 1080x660] [--scheme dark]
[--alone] [--language de]`; a sheet is painted over its window, in the middle, as a desktop shows
it. So the pictures of the user guide are made too: `--only verify --scheme dark --alone`.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import qasync
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.screens import SCREENS, Play, Screen, case
from tests.ui.waiting import sheets
from ui.application import application
from ui.language.speaking import speak
from ui.shell import Shell
from ui.theme.style import APPEARANCE, CHOICES, CONTRAST, DENSITY, TEXT, theme
from ui.unlock import view as unlockview

SCHEMES = ("light", "dark", "high-light", "high-dark")  # the last two only when asked for


def _tell(failure: Exception) -> None:
    sys.stderr.write(f"{failure!r}\n")


async def play(one: Screen, size: QSize, folder: Path) -> Play:
    """A shell of this size on this screen."""
    door = DoorDouble(make=case, enrolled=one.enrolled)
    unlockview.computer = lambda: "HH-StA-0417"  # and not that of whoever makes the pictures
    shell = Shell(folder, lambda: NOW, _tell)
    shell.resize(size)
    shell.show()
    shell.open_gate(door)
    made = Play(shell, door)
    await one.go(made)
    await made.quiet()
    return made


def picture(shell: Shell, *, alone: bool, kept: Sequence[QWidget] = ()) -> QPixmap:
    """The window with its sheets over it, or the sheet on top alone."""
    viewers = shell.frame.stage.viewers.windows if shell.frame else ()
    over: list[QWidget] = [*kept, *viewers, *sheets()]
    if alone and over:
        return over[-1].grab()
    made = shell.grab()
    painter = QPainter(made)
    for one in over:
        painter.fillRect(made.rect(), QColor(0, 0, 0, 90))
        at = QPoint((made.width() - one.width()) // 2, (made.height() - one.height()) // 2)
        painter.drawPixmap(at, one.grab())
    painter.end()
    return made


async def _main(args: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp()) / "home/clara.weiss/.local/share/jitclient/profiles/hamburg"
    await asyncio.to_thread(folder.mkdir, parents=True)
    width, height = (int(part) for part in args.size.split("x"))
    for scheme in SCHEMES:
        if args.scheme != scheme and (args.scheme or scheme.startswith("high")):
            continue
        theme().choose(CONTRAST, "high" if scheme.startswith("high") else "normal")
        theme().choose(DENSITY, args.density)
        theme().choose(TEXT, args.text)
        theme().choose(APPEARANCE, scheme.removeprefix("high-"))
        speak(args.language)
        for one in SCREENS:
            if args.only in one.name:
                made = await play(one, QSize(width, height), folder / scheme / one.name)
                picture(made.shell, alone=args.alone, kept=made.keep).save(
                    str(args.out / f"{one.name}-{scheme}.png")
                )
                await put_away(made.shell)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="tests.ui.screens", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-output/screens"))
    parser.add_argument("--only", default="", help="screens whose name holds this")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--alone", action="store_true", help="the sheet on top without its window")
    parser.add_argument("--scheme", default="", choices=("", *SCHEMES))
    parser.add_argument("--language", default="en", help="a catalogue, or en")
    parser.add_argument("--density", default="comfortable", choices=CHOICES[DENSITY])
    parser.add_argument("--text", default="100", choices=CHOICES[TEXT])
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    loop = qasync.QEventLoop(application())
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_main(args))


if __name__ == "__main__":
    main()
