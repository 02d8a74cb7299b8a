"""The licences of everything in a bundle, with their texts: `python notices.py BUNDLE` prints them.

For each part of the bundle's own list (sbom.cdx.json), for the fonts, icons and words, and for what
glues them: the texts that came with the package, or those of packaging/bundle/licences/ where it
came with none. A part without a text fails the build.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
TEXTS: Final = HERE / "licences"
FURTHER: Final = {
    "PySide6_Essentials": ("LGPL-3.0", "GPL-3.0"),
    "shiboken6": ("LGPL-3.0", "GPL-3.0"),
    "Qt": ("LGPL-3.0", "GPL-3.0"),
    "psycopg": ("LGPL-3.0", "GPL-3.0"),
    "psycopg-binary": ("LGPL-3.0", "GPL-3.0"),
    "OpenSSL": ("Apache-2.0",),
    "SQLCipher": ("SQLCipher",),
    "SQLite": ("SQLite",),
    "libpq": ("libpq",),
    "obstore": ("obstore",),
}
"""Files of `TEXTS` for what comes without, or whose licence is told in two documents."""
REPLACED: Final = """\
Qt, PySide6, shiboken6 and psycopg are used under the GNU Lesser General Public License, version 3.
They are separate files below _internal/PySide6, _internal/shiboken6 and
_internal/psycopg_binary, unchanged, and may be replaced by others of the same interface. Qt says
what it contains itself, and under which terms: https://doc.qt.io/qt-6/licenses-used-in-qt.html
"""
_FILE: Final = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
_LINE: Final = "=" * 80


def notices(bundle: Path) -> str:
    """What stands in NOTICES.txt.

    Raises:
        LookupError: a part has no text.
    """
    listed = json.loads((bundle / "sbom.cdx.json").read_text("utf-8"))["components"]
    parts = [*map(_part, listed), *_of_the_builder(), *_resources(bundle)]
    names = "\n".join(title for title, _ in parts)
    return "\n".join(["What is inside, and its licences\n", names, "", REPLACED, *_texts(parts)])


def _texts(parts: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Each text once, under the names of all that it holds for."""
    holders: dict[str, list[str]] = {}
    for title, texts in parts:
        if not texts:
            raise LookupError(f"no licence text of {title}; put it into {TEXTS}")
        for text in texts:
            holders.setdefault(text.strip(), []).append(title)
    for text, titles in holders.items():
        yield "\n".join([_LINE, *titles, _LINE, "", text, ""])


def _part(component: dict[str, Any]) -> tuple[str, list[str]]:
    name = component["name"]
    said = ", ".join(one["license"]["name"] for one in component.get("licenses", ()))
    title = " — ".join(filter(None, (f"{name} {component['version']}", said)))
    found = [(TEXTS / f"{one}.txt").read_text("utf-8") for one in FURTHER.get(name, ())]
    if component["purl"].startswith("pkg:pypi/"):
        found += _told_by(name)
    elif name == "CPython":
        found.append((Path(sysconfig.get_path("stdlib")) / "LICENSE.txt").read_text("utf-8"))
    return title, found


def _told_by(name: str) -> list[str]:
    """The texts of a package that is installed here."""
    found = []
    for file in importlib.metadata.distribution(name).files or ():
        inside = ".dist-info/" in file.as_posix()
        if inside and (_FILE.search(file.name) or "/licenses/" in file.as_posix().lower()):
            found.append(Path(str(file.locate())).read_text("utf-8", errors="replace"))
    return found


def _of_the_builder() -> Iterator[tuple[str, list[str]]]:
    """PyInstaller's loader starts the program; its terms let every program be so started."""
    version = importlib.metadata.version("pyinstaller")
    yield f"PyInstaller {version}, the loader — GPL-2.0 with its exception", _told_by("pyinstaller")


def _resources(bundle: Path) -> Iterator[tuple[str, list[str]]]:
    folder = bundle / "_internal/resources"
    for title, file in (
        ("Inter — SIL Open Font License 1.1", "fonts/OFL-Inter.txt"),
        ("Noto Sans Mono — SIL Open Font License 1.1", "fonts/OFL-NotoSansMono.txt"),
        ("Lucide — ISC", "icons/LICENSE"),
        ("BIP-39 word list — MIT", "words/LICENSE"),
    ):
        yield title, [(folder / file).read_text("utf-8")]


def main() -> int:
    """Print them for the bundle that the only argument names."""
    try:
        sys.stdout.write(notices(Path(sys.argv[1])))
    except LookupError as error:
        sys.stderr.write(f"notices: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
