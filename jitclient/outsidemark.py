"""The mark of what came from outside: systems and viewers ask, or shield, before they open it.

An exhibit may be anything, also what harms whoever opens it. Windows keeps the mark in a stream
beside the content (`Zone.Identifier`, zone 3: the internet), macOS in an attribute that its
quarantine reads, other systems in an attribute (freedesktop.org: `user.xdg.origin.url`) that little
reads so far. It says nothing about case, space or store. A file system without room for marks
(FAT, many network shares) keeps none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

_ZONE: Final = "[ZoneTransfer]\r\nZoneId=3\r\n"
_ORIGIN: Final = b"jitclient:exhibit"
_XATTR_PROGRAM: Final = "/usr/bin/xattr"
_QUARANTINE: Final = "com.apple.quarantine"
ATTRIBUTE: Final = "user.xdg.origin.url"


def mark(path: Path, handle: int | None = None) -> bool:
    """Mark a file that no one has seen yet; by its open `handle` where it has no name.

    Returns:
        Whether the file system keeps the mark.
    """
    try:
        if sys.platform == "win32":
            Path(f"{path}:Zone.Identifier").write_text(_ZONE, encoding="ascii", newline="")
        elif sys.platform == "darwin":
            value = f"0081;{int(time.time()):x};JIT Client;"  # noqa: TID251 - read by the system
            command = [_XATTR_PROGRAM, "-w", _QUARANTINE, value, str(path)]
            subprocess.run(command, check=True, capture_output=True, timeout=10)  # noqa: S603
        else:
            os.setxattr(path if handle is None else handle, ATTRIBUTE, _ORIGIN)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
