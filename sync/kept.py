"""Connections for parts that outlive their transfer, for a while."""

from __future__ import annotations

import http.client
import threading
import time
from typing import Final

KEPT_SECONDS: Final = 15.0
KEPT_MOST: Final = 12


class Kept:
    """Connections that one transfer no longer needs and the next one may use; for any thread.

    A small file is sent in less time than a handshake takes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[float, http.client.HTTPSConnection]] = []

    def take(self) -> http.client.HTTPSConnection | None:
        """The one given back last, if the store is likely to hold it open still."""
        oldest = time.monotonic() - KEPT_SECONDS
        with self._lock:
            late = [one for at, one in self._idle if at < oldest]
            self._idle = [(at, one) for at, one in self._idle if at >= oldest]
            found = self._idle.pop()[1] if self._idle else None
        for one in late:
            one.close()
        return found

    def give(self, connection: http.client.HTTPSConnection) -> None:
        """Keep one on which nothing is under way."""
        with self._lock:
            if len(self._idle) < KEPT_MOST:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()

    def close(self) -> None:
        """Close them all; more may be given."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, one in idle:
            one.close()
