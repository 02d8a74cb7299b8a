"""The admin port: `/livez`, `/readyz`, `/startupz` and `/metrics`, plain HTTP, loopback by default.

It has no session and answers whoever reaches it: the operator keeps it on his own network. Nothing
here is about one person, space or file. Guide: docs/OPERATOR_GUIDE.md §9.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from centralstore import backup, figures, metrics
from centralstore.health import Check, Health, ready
from centralstore.metrics import Figures
from centralstore.service import Service
from centralstore.settings import Store
from protocol.errors import JitError

_JSON: Final = b"application/json"
_TEXT: Final = metrics.CONTENT_TYPE.encode()
_FIGURES_SECONDS: Final = 15.0
_Answer = tuple[int, bytes, bytes]


class Admin:
    """The few pages of the admin port."""

    def __init__(self, service: Service, health: Health, store: Store) -> None:
        self._service, self._health, self._store = service, health, store
        self._looked: float | None = None
        self._lock = asyncio.Lock()

    def application(self) -> ASGIApp:
        """The pages as an ASGI application."""
        pages: dict[str, Callable[[], Awaitable[_Answer]]] = {
            "/livez": self._live,
            "/startupz": self._ready,
            "/readyz": self._ready,
            "/metrics": self._metrics,
        }

        async def serve(scope: Scope, _receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            page = pages.get(scope["path"])
            if page is None:
                answer = (404, _JSON, b'{"code":"not-found"}')
            elif scope["method"] not in {"GET", "HEAD"}:
                answer = (405, _JSON, b'{"code":"usage"}')
            else:
                answer = await page()
            await _send(send, *answer)

        return serve

    async def _live(self) -> _Answer:
        """The event loop turns: that is all it says."""
        return 200, _JSON, b'{"live":true}'

    async def _ready(self) -> _Answer:
        found = await self._health.look()
        fit = ready(found)
        return 200 if fit else 503, _JSON, _shown(found, fit)

    async def _metrics(self) -> _Answer:
        load = self._service.database.load()  # before our own question is among them
        self._service.metrics.set_pool(load.size, load.busy, load.waiting)
        await self._refresh()
        return 200, _TEXT, self._service.metrics.text()

    async def _refresh(self) -> None:
        """Ask the database, at most every 15 s however many scrape."""
        async with self._lock:
            now = time.monotonic()
            if self._looked is not None and now - self._looked < _FIGURES_SECONDS:
                return
            await self._health.look()
            self._ages()
            self._service.metrics.listeners.set(len(self._service.hub.devices()))
            try:
                async with asyncio.timeout(5):
                    found: Figures = await self._service.database.run("", figures.look)
            except (JitError, TimeoutError):
                return  # /readyz says why; the counters are told all the same
            self._service.metrics.set_figures(found)
            self._looked = now

    def _ages(self) -> None:
        metrics, now, data = self._service.metrics, self._service.clock(), self._store.data
        metrics.backup_age.set(_age(data / backup.LAST_BACKUP, now))
        metrics.erasures_age.set(_age(data / backup.LAST_ERASURES, now))


def _age(path: Path, now: float) -> float:
    """Seconds since a file was changed; -1 for none."""
    try:
        return max(0.0, now - path.stat().st_mtime)
    except OSError:
        return -1.0


def _shown(found: dict[str, Check], fit: bool) -> bytes:
    checks = {name: {"ok": check.ok, "reason": check.reason} for name, check in found.items()}
    return msgspec.json.encode({"ready": fit, "checks": checks})


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"server", b""),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
