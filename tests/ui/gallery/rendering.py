"""Renders the pages of the gallery; run as a program it does so in a process of its own.

`python -m tests.ui.gallery.rendering OUT SCHEME...`: one PNG a page and scheme. The scale is Qt's
own, from the environment: QT_SCALE_FACTOR=2 is 200 %. Own process, because a process has one scale.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.architecture.tree import ROOT
from ui.application import application
from ui.gallery.specimens import Page, laid
from ui.gallery.window import PAGES
from ui.theme.style import APPEARANCE, CONTRAST, theme
from ui.widgets.panel import Panel

WIDTH: Final = 900
FONTS: Final = Path(__file__).with_name("fonts.conf")


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to see every page. The reference is smaller than the rendering by `smaller`."""

    name: str
    scheme: str
    scale: float = 1.0
    smaller: int = 1


MODES: Final = (
    Mode("light", "light"),
    Mode("dark", "dark", smaller=2),
    Mode("high-light", "high-light", smaller=2),
    Mode("high-dark", "high-dark", smaller=2),
    Mode("200", "light", scale=2, smaller=4),
)
"""Geometry is held in full by the first; the others hold colours, and what 200 % breaks: for that
half the size is enough, and all of them together stay below half a megabyte."""


def rendered(page: Page, out: Path) -> None:
    """One page as it is laid out at `WIDTH`, as high as it needs."""
    host = Panel("window")
    host.column.addWidget(laid(page.groups()))
    host.setFixedWidth(WIDTH)
    host.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    host.show()
    host.setFocus()  # else the first widget has the keyboard, and a caret that blinks
    for _ in range(4):  # texts that wrap ask for their height once they know their width
        QApplication.processEvents()
        host.resize(WIDTH, max(host.minimumSizeHint().height(), host.heightForWidth(WIDTH)))
    QApplication.processEvents()
    host.grab().save(str(out))
    host.close()
    host.deleteLater()


def render(out: Path, schemes: Sequence[str], scale: float = 1.0, **more: str) -> None:
    """Every page in these schemes at this scale, by a process of its own.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is on stderr.
    """
    ours = ("QT_", "JIT_", "LC_", "LANG")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale), "LC_ALL": "C.UTF-8"}
    env |= {"FONTCONFIG_FILE": str(FONTS), **more}
    command = [sys.executable, "-m", "tests.ui.gallery.rendering", str(out), *schemes]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def pictures(folder: Path, **more: str) -> dict[str, Image.Image]:
    """Every page in every mode, at the size of its reference."""
    made: dict[str, Image.Image] = {}
    for scale in sorted({one.scale for one in MODES}):
        out = folder / str(scale)
        out.mkdir(parents=True)
        modes = [one for one in MODES if one.scale == scale]
        render(out, [one.scheme for one in modes], scale, **more)
        for one in modes:
            for page in PAGES:
                with Image.open(out / f"{page.name}-{one.scheme}.png") as drawn:
                    made[f"{page.name}-{one.name}"] = drawn.convert("RGB").reduce(one.smaller)
    return made


def main() -> None:
    """Entry point of the process."""
    out, schemes = Path(sys.argv[1]), sys.argv[2:]
    application()
    for scheme in schemes:
        theme().choose(CONTRAST, "high" if scheme.startswith("high") else "normal")
        theme().choose(APPEARANCE, scheme.removeprefix("high-"))
        for page in PAGES:
            rendered(page, out / f"{page.name}-{scheme}.png")


if __name__ == "__main__":
    main()
