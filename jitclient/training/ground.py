"""The folder of a training: one for each account, held by one process, erased with everything.

`<data>/jitclient-training/lock` is held while a training runs; everything else of it lies in
`session/`. Who gets the lock finds the leftovers of one that was cut off, and erases them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from jitclient.training.views import PROFILES, SESSION, Erased
from localstore.files import make_folder
from localstore.profile import take_lock
from protocol.errors import ProfileInUseError


class Ground:
    """Held by this process until `close`.

    Raises:
        ProfileInUseError: a training is running.
        DiskError: the folder cannot be made.
    """

    def __init__(self, root: Path) -> None:
        make_folder(root)
        self.root = root
        self._file = root / "lock"
        self._lock: int | None = take_lock(self._file)
        if not self._still_ours():
            self.close()
            raise ProfileInUseError("A training is just ending. Try again in a moment.")
        self.leftovers = self.erase()

    @property
    def session(self) -> Path:
        """Everything that this training makes."""
        return self.root / SESSION

    def begin(self) -> Path:
        """Make the session's folder; returns it."""
        make_folder(self.session)
        return self.session

    def erase(self) -> Erased:
        """Remove the session, whole; what cannot go is named. Blocking."""
        files, size = _measured(self.session)
        profiles = sum(1 for _ in (self.session / PROFILES).glob("*/vault"))
        left: list[str] = []
        shutil.rmtree(self.session, onerror=lambda _act, path, _why: left.append(str(path)))
        there = tuple(sorted(one for one in left if os.path.lexists(one)))
        return Erased(profiles=profiles, files=files, bytes=size, left=there)

    def close(self) -> None:
        """Let go of the folder, and remove it if nothing is in it any more."""
        if self._lock is None:
            return
        if self._still_ours():
            self._file.unlink()
        os.close(self._lock)
        self._lock = None
        with suppress(OSError):
            self.root.rmdir()

    def _still_ours(self) -> bool:
        """Whether the file that is locked is the one that the next training would lock."""
        if self._lock is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._lock), self._file.stat())
        except OSError:
            return False


def _measured(folder: Path) -> tuple[int, int]:
    files = size = 0
    for above, _folders, names in os.walk(folder):
        for name in names:
            files += 1
            try:
                size += (Path(above) / name).lstat().st_size
            except OSError:
                continue  # gone meanwhile
    return files, size
