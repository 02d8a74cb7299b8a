"""At most one carrier for a profile, and none while it is unlocked.

The carrier (`carrier.py`) holds the file `carrying` in the profile; its process id stands beside
it. Whoever unlocks ends it first: it may be killed anywhere, and loses at most the parts on their
way.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Final

from localstore import files
from localstore.profile import take_lock
from protocol.errors import ProfileInUseError

FILE: Final = "carrying"
_NUMBER: Final = ".pid"
_DIGITS: Final = 12
_PATIENCE: Final = 500
_WAIT_SECONDS: Final = 0.02


def hold(folder: Path) -> int:
    """Become the carrier of a profile; the lock lasts as long as the process.

    Raises:
        ProfileInUseError: there is one.
    """
    handle = take_lock(folder / FILE)
    files.save_file(folder / (FILE + _NUMBER), str(os.getpid()).encode())
    return handle


def carrying(folder: Path) -> bool:
    """Whether a carrier is at work for a profile."""
    if not (folder / FILE).exists():
        return False
    try:
        os.close(take_lock(folder / FILE))
    except ProfileInUseError:
        return True
    return False


def stop(folder: Path) -> None:
    """End the carrier of a profile, if there is one, and wait until it is gone.

    Raises:
        ProfileInUseError: it does not end.
    """
    for attempt in range(_PATIENCE):
        if not carrying(folder):
            return
        if attempt == 0:
            _end(files.load_file(folder / (FILE + _NUMBER), _DIGITS) or b"")
        time.sleep(_WAIT_SECONDS)
    raise ProfileInUseError("Transfers of the locked window do not end. Wait a moment, try again.")


def _end(number: bytes) -> None:
    if not number.isdigit():
        return
    with contextlib.suppress(OSError):
        os.kill(int(number), signal.SIGTERM)
    with contextlib.suppress(OSError):
        os.waitpid(int(number), 0)  # where it is a child of this process
