"""How lanes reach the store, and as whom: what all transfers over one line share.

Spec: docs/protocol/70-store.md.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from sync.kept import Kept

MOST_THREADS: Final = 64


@dataclass(frozen=True, slots=True)
class Line:
    """How lanes reach the store.

    Attributes:
        host: name or address, without brackets.
        port: TCP port.
        context: from `sync.tls.pinned_context`; it checks the certificate in the handshake.
        timeout: seconds without any byte after which the line counts as lost.
        kept: connections between two transfers.
        threads: what lanes run in. A thread is started only where none is idle.
    """

    host: str
    port: int
    context: ssl.SSLContext
    timeout: float = 30.0
    kept: Kept = field(default_factory=Kept, compare=False)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="lane"),
        compare=False,
    )

    def close(self) -> None:
        """Close idle connections and let the threads end with what they are at.

        Whoever made the line calls it when nothing moves over it any more.
        """
        self.kept.close()
        self.threads.shutdown(wait=False)


class Bearer:
    """The bearer token, shared by the lanes of a transfer so that it is renewed once.

    Args:
        fetch: gives a token; called with one the store has just refused, or None. May block.
    """

    def __init__(self, fetch: Callable[[str | None], str]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token: str | None = None

    def token(self) -> str:
        """The token to use now."""
        with self._lock:
            if self._token is None:
                self._token = self._fetch(None)
            return self._token

    def replace(self, stale: str) -> str:
        """A token other than `stale`, which the store did not accept."""
        with self._lock:
            if self._token == stale:
                self._token = self._fetch(stale)
            return self._token or stale
