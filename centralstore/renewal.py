"""The certificate that this process presents, and taking up another one without a restart.

The files are looked at every few seconds and at SIGHUP. What does not fit together (a file half
written, a key of another certificate) changes nothing, and /readyz says why. Where one process
serves the store, it also renews a certificate of its own making (succession.py).
Spec: docs/protocol/70-store.md §1, 74-certificate.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from centralstore import certificate, journal, places, succession
from centralstore.settings import Store
from protocol.errors import JitError

LOOK_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One certificate: SHA-256 of its DER form, 32 bytes; its dates, seconds since 1970 UTC.

    `statements` are what the store's key says of it and, if there is one, of the next.
    """

    digest: bytes
    not_before: float
    not_after: float
    statements: tuple[bytes, ...] = ()


class Presented:
    """What is presented now, what was before, and why a new file is not taken up."""

    def __init__(self, loaded: Loaded) -> None:
        self.now = loaded
        self.trouble = ""
        self._before: Loaded | None = None

    @property
    def statements(self) -> tuple[bytes, ...]:
        """What the store's key says of this certificate and of the next."""
        return self.now.statements

    @property
    def accepted(self) -> frozenset[bytes]:
        """The certificates that a client of ours may have seen.

        With the present one the one before: connections that began under it go on.
        """
        return frozenset(one.digest for one in (self.now, self._before) if one is not None)

    def take(self, loaded: Loaded) -> None:
        """Another one is presented from now on, or more is stated."""
        if loaded.digest != self.now.digest:
            self._before = self.now
        self.now, self.trouble = loaded, ""


def load(store: Store, now: float) -> Loaded:
    """The certificate in the store's folder, if it fits its key, and what is stated of it.

    Raises:
        OSError, ValueError: a file that cannot be read, is no certificate, or another key's
            (`ssl.SSLError` is an OSError).
    """
    succession.resume(store)
    pem = succession.load_pair(store.tls_certificate, store.tls_key)
    present = succession.stated(store, pem, now)
    shown = [present.signed]
    with contextlib.suppress(OSError, ValueError):  # of the next one, whatever it is, later
        following = succession.upcoming(store, now)
        shown += [] if following is None else [following.signed]
    not_before, not_after = certificate.dates(pem)
    return Loaded(
        digest=present.record.certificate,
        not_before=not_before,
        not_after=not_after,
        statements=tuple(shown),
    )


class Renewal:
    """Follows the files of one store; `reload` lets the server read them again."""

    def __init__(
        self,
        store: Store,
        presented: Presented,
        reload: Callable[[], None],
        *,
        clock: Callable[[], float],
        seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store, self._presented, self._reload = store, presented, reload
        self._clock, self._seconds = clock, seconds
        self._asked = asyncio.Event()
        self._seen = self._state()

    def ask(self) -> None:
        """Look now (SIGHUP)."""
        self._seen = ()
        self._asked.set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._asked.wait()
            self._asked.clear()
            await self.look()

    async def look(self) -> bool:
        """Take up what lies there, if it is new and fits; whether it was."""
        if not places.is_shared(self._store):
            await self._tend()
        state = self._state()
        if state == self._seen:
            return False
        try:
            loaded = await asyncio.to_thread(load, self._store, self._clock())
        except (OSError, ValueError, JitError) as error:
            self._presented.trouble = f"the files in keys/ do not fit: {type(error).__name__}"
            return False  # looked at again: the other file may be written in a moment
        self._seen, self._presented.trouble = state, ""
        another = loaded.digest != self._presented.now.digest
        self._presented.take(loaded)
        if another:
            self._reload()
            journal.write(journal.Event.CERTIFICATE, self._clock())
        return another

    async def _tend(self) -> None:
        try:
            await asyncio.to_thread(succession.tend, self._store, self._clock())
        except (OSError, ValueError, JitError) as error:
            self._presented.trouble = f"it could not be renewed: {type(error).__name__}"

    def _state(self) -> tuple[tuple[int, int, int] | None, ...]:
        one = self._store
        paths = (one.tls_certificate, one.tls_key, one.next_certificate, one.next_key)
        return tuple(map(_stamp, paths))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None
