"""The certificate that this process presents, and taking up another one without a restart.

The files are looked at every few seconds and at SIGHUP. What does not fit together (a file half
written, a key of another certificate) changes nothing, and /readyz says why.
Spec: docs/protocol/70-store.md §1.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from centralstore import certificate, journal
from centralstore.settings import Store
from protocol.errors import JitError

LOOK_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One certificate: SHA-256 of its DER form, 32 bytes; its dates, seconds since 1970 UTC."""

    digest: bytes
    not_before: float
    not_after: float


class Presented:
    """What is presented now, what was before, and why a new file is not taken up."""

    def __init__(self, loaded: Loaded) -> None:
        self.now = loaded
        self.trouble = ""
        self._before: Loaded | None = None

    @property
    def accepted(self) -> frozenset[bytes]:
        """The certificates that a client of ours may have seen.

        With the present one the one before: connections that began under it go on.
        """
        return frozenset(one.digest for one in (self.now, self._before) if one is not None)

    def take(self, loaded: Loaded) -> None:
        """Another one is presented from now on."""
        self._before, self.now, self.trouble = self.now, loaded, ""


def load(store: Store) -> Loaded:
    """The certificate in the store's folder, if it fits its key.

    Raises:
        OSError, ValueError: a file that cannot be read, is no certificate, or another key's
            (`ssl.SSLError` is an OSError).
    """
    pem = store.tls_certificate.read_bytes()
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(store.tls_certificate, store.tls_key)
    not_before, not_after = certificate.dates(pem)
    digest = hashlib.sha256(certificate.der(pem)).digest()
    return Loaded(digest=digest, not_before=not_before, not_after=not_after)


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
        state = self._state()
        if state == self._seen:
            return False
        try:
            loaded = await asyncio.to_thread(load, self._store)
        except (OSError, ValueError, JitError) as error:
            self._presented.trouble = f"the files in keys/ do not fit: {type(error).__name__}"
            return False  # looked at again: the other file may be written in a moment
        self._seen, self._presented.trouble = state, ""
        if loaded.digest == self._presented.now.digest:
            return False
        self._presented.take(loaded)
        self._reload()
        journal.write(journal.Event.CERTIFICATE, self._clock())
        return True

    def _state(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(map(_stamp, (self._store.tls_certificate, self._store.tls_key)))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None
