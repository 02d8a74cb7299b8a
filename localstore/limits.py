"""How many bytes per second transfers of a profile may move: a file beside its databases.

It holds no secret and is read without the passphrase, so that a timetable can change it while a
window or a daemon has the profile. A line that cannot be read bounds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localstore import files

MAX_RATE: Final = 1 << 40
_FILE: Final = "limits"
_MAX_BYTES: Final = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes per second each way; 0: any number."""

    up: int = 0
    down: int = 0


def load(folder: Path) -> Limits:
    """The limits of a profile.

    Raises:
        DiskError: they cannot be read.
    """
    data = files.load_file(folder / _FILE, _MAX_BYTES) or b""
    found: dict[str, int] = {}
    for line in data[:_MAX_BYTES].decode("ascii", errors="replace").splitlines():
        name, _, rate = line.partition(" ")
        if name in {"up", "down"} and rate.isascii() and rate.isdigit():
            found[name] = min(int(rate), MAX_RATE)
    return Limits(found.get("up", 0), found.get("down", 0))


def save(folder: Path, limits: Limits) -> None:
    """Replace the limits of a profile whole or not at all.

    Raises:
        DiskError: full or failing disk; the old ones stand.
    """
    files.save_file(folder / _FILE, f"up {limits.up}\ndown {limits.down}\n".encode())


def stamp(folder: Path) -> int:
    """What differs when they were saved again; 0: there are none."""
    try:
        found = (folder / _FILE).stat()
    except OSError:
        return 0
    return found.st_mtime_ns ^ found.st_ino
