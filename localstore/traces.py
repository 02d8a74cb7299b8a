"""What desktops keep of files that a person saved: lists of recent files, and thumbnails.

A program that opens or saves a file through the desktop's own dialog, and every file manager that
shows the folder, leaves such traces. They are removed for given files only. What is kept elsewhere
(the lists inside other programs, jump lists of Windows, the list of macOS) is not reached.
Spec: docs/WIPING.md.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from localstore import files
from protocol.errors import JitError
from protocol.limits import MIB

MAX_LIST_BYTES: Final = 16 * MIB
_BOOKMARK: Final = re.compile(
    rb'[ \t]*<bookmark\b[^>]*?\bhref="([^"]*)"[^>]*?(?:/>|(?<!/)>.*?</bookmark>)[ \t]*\r?\n?',
    re.DOTALL,
)
_AS_DESKTOPS_SPELL: Final = "!$&'()*+,-./:=@_~"  # what GLib leaves as it is in a path
_SIZES: Final = ("normal", "large", "x-large", "xx-large")


def forget(paths: Iterable[Path]) -> int:
    """Remove what the desktop of this account keeps of these files; how many could not be."""
    wanted = frozenset(paths)
    if not wanted:
        return 0
    left = _in_list(_data() / "recently-used.xbel", wanted)
    for path in wanted:
        left += sum(not _gone(trace) for trace in _of(path))
    return left


def _of(path: Path) -> list[Path]:
    """Files that are there because of this one, by name."""
    address = b"file://" + quote(os.fsencode(path), safe=_AS_DESKTOPS_SPELL).encode()
    uri = hashlib.md5(address, usedforsecurity=False).hexdigest()
    pictures = _cache() / "thumbnails"
    found = [pictures / size / f"{uri}.png" for size in _SIZES]
    if (pictures / "fail").is_dir():
        found += [maker / f"{uri}.png" for maker in (pictures / "fail").iterdir()]
    found.append(_data() / "RecentDocuments" / f"{path.name}.desktop")
    if os.name == "nt":
        found.append(_windows() / f"{path.name}.lnk")
    return found


def _in_list(file: Path, wanted: frozenset[Path]) -> int:
    """Take entries out of the list of recent files; the rest of it stays byte for byte."""
    try:
        data = files.load_file(file, MAX_LIST_BYTES)
        if data is None:
            return 0
        if len(data) > MAX_LIST_BYTES:
            return 1
        kept = _BOOKMARK.sub(lambda found: b"" if _named(found[1]) in wanted else found[0], data)
        if kept != data:
            files.save_file(file, kept)
    except JitError:
        return 1
    return 0


def _named(href: bytes) -> Path | None:
    """The file that an entry is about; None: none of this computer."""
    try:
        address = html.unescape(href.decode())
    except UnicodeDecodeError:
        return None
    if not address.startswith("file://"):
        return None
    return Path(os.fsdecode(unquote_to_bytes(address.removeprefix("file://"))))


def _gone(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _windows() -> Path:
    roaming = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    return Path(roaming) / "Microsoft" / "Windows" / "Recent"
