"""What a desktop wants to know of the program: entry, icons, metadata.

`python packaging/desktop/make.py ROOT` writes them below ROOT/usr/share, as packages install them.
Run from the root of the project, with the project's environment.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
import time
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
NAME: Final = "eu.jitclient.JitClient"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_ENTRY: Final = """\
[Desktop Entry]
Type=Application
Version=1.4
Name=JIT Client
{generic}
{comment}
{keywords}
Icon={name}
Exec=jitclient %u
TryExec=jitclient %u
Categories=Network;Office;
StartupNotify=true
StartupWMClass={name}
MimeType=x-scheme-handler/jit;
Actions=new-window;lock;

[Desktop Action new-window]
{window}
Exec=jitclient --new-window

[Desktop Action lock]
{lock}
Exec=jitclient --lock
"""


def entry() -> str:
    """The desktop entry, in every language that has the words."""
    from ui.language import desktop  # noqa: PLC0415 - the project's environment

    return _ENTRY.format(
        name=NAME,
        generic=_said("GenericName", desktop.generic_name),
        comment=_said("Comment", desktop.comment),
        keywords=_said("Keywords", desktop.keywords),
        window=_said("Name", desktop.new_window),
        lock=_said("Name", desktop.lock),
    )


def _said(key: str, words: object) -> str:
    """A key in English, and in each language that says something else."""
    from ui.language import catalogue  # noqa: PLC0415
    from ui.language.known import NAMES  # noqa: PLC0415

    catalogue.choose(catalogue.SOURCE)
    english = words()  # type: ignore[operator]
    lines = [f"{key}={english}"]
    for code in sorted(set(NAMES) - {catalogue.SOURCE}):
        catalogue.choose(code)
        said = words()  # type: ignore[operator]
        if said != english:
            lines.append(f"{key}[{code}]={said}")
    catalogue.choose(catalogue.SOURCE)
    return "\n".join(lines)


def metainfo() -> str:
    """What software centres show."""
    at = int(os.environ.get("SOURCE_DATE_EPOCH", (HERE / "metainfo.xml").stat().st_mtime))
    text = (HERE / "metainfo.xml").read_text("utf-8")
    text = text.replace("@VERSION@", importlib.metadata.version("jitclient"))
    return text.replace("@DATE@", time.strftime("%Y-%m-%d", time.gmtime(at)))


def symbolic() -> str:
    """The mark in one colour, which the desktop chooses."""
    from resources import path  # noqa: PLC0415

    return re.sub("currentColor", "#2e3436", path("icons/landmark.svg").read_text("utf-8"))


def _icons(folder: Path) -> None:
    from PySide6.QtCore import QSize, Qt  # noqa: PLC0415
    from PySide6.QtGui import QGuiApplication, QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QGuiApplication.instance() or QGuiApplication([])
    mark = QSvgRenderer((HERE / "icon.svg").read_bytes())
    for size in SIZES:
        image = QImage(QSize(size, size), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        mark.render(painter)
        painter.end()
        path = folder / f"{size}x{size}/apps/{NAME}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            raise OSError(path)
    del app
    _write(folder / f"scalable/apps/{NAME}.svg", (HERE / "icon.svg").read_text("utf-8"))
    _write(folder / f"symbolic/apps/{NAME}-symbolic.svg", symbolic())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Write everything below the folder that the only argument names."""
    share = Path(sys.argv[1]) / "usr/share"
    _write(share / f"applications/{NAME}.desktop", entry())
    _write(share / f"metainfo/{NAME}.metainfo.xml", metainfo())
    _icons(share / "icons/hicolor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
