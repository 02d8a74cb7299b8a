"""Limits of a profile as the lanes of its transfers see them: looked up again when they change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from localstore import limits
from localstore.limits import Limits
from protocol.errors import DiskError


class Watched:
    """The limits in a profile's folder. Asked by threads that move parts, now and then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stamp = -1
        self._known = Limits()

    def now(self) -> Limits:
        """What holds at this moment; where the disk fails, what held before."""
        with self._lock:
            stamp = limits.stamp(self._folder)
            if stamp != self._stamp:
                try:
                    self._known, self._stamp = limits.load(self._folder), stamp
                except DiskError:
                    return self._known
            return self._known

    def up(self) -> Callable[[], int]:
        """For the throttle of uploads."""
        return lambda: self.now().up

    def down(self) -> Callable[[], int]:
        """For the throttle of downloads."""
        return lambda: self.now().down
