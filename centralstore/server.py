"""Serving one store: opens everything, listens with granian over TLS 1.3, ends cleanly.

granian was chosen over uvicorn by measurement (docs/adr/0004-asgi-server.md); this is the only file
that knows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import uvloop
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server.embed import Server
from starlette.types import ASGIApp

from centralstore import journal, places, settings, supervisor
from centralstore.admin import Admin
from centralstore.app import application
from centralstore.health import Health
from centralstore.inside import opened
from centralstore.renewal import Renewal
from protocol.errors import ConfigurationError, ProfileInUseError
from protocol.limits import MIB

__all__ = ["opened", "serve"]

Clock = Callable[[], float]

_HTTP: Final = HTTP1Settings(
    header_read_timeout=15_000, keep_alive=True, max_buffer_size=256 * 1024, pipeline_flush=False
)
_ADMIN_SECONDS: Final = 2.0
_START_SECONDS: Final = 30.0
_BACKLOG: Final = 1024
_CONNECTIONS: Final = 8192
"""At once, in each process; further ones wait. A client holds two, for hours."""
_GARBAGE: Final = (20_000, 20, 20)
_MALLOPT: Final = {-8: 2, -3: 32 * MIB, -1: 64 * MIB, -2: 4 * MIB}
"""mallopt(3): M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD."""


def serve(store: settings.Store, *, clock: Clock, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once connections are answered.

    Raises:
        ProfileInUseError: another process serves this store, which is not a shared one.
        ConfigurationError: the address is taken, or the database is not fit.
    """
    _keep_memory()
    _settle_garbage()
    _open_files()
    with _alone(store):
        uvloop.run(_run(store, clock, ready))


async def _run(store: settings.Store, clock: Clock, ready: Callable[[], None]) -> None:
    async with opened(store, clock) as service:
        _check_ports(store)
        health = Health(service, store)
        stop = _Stop()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.told)
        server = _granian(store, application(service))
        serving = loop.create_task(server.serve(), name="granian")
        renewal = Renewal(store, service.presented, server.reload, clock=clock)
        loop.add_signal_handler(signal.SIGHUP, renewal.ask)
        beside = [
            loop.create_task(service.sweeper.run(), name="sweeper"),
            loop.create_task(service.sequencer.run(), name="sequencer"),
            loop.create_task(supervisor.watch(), name="watchdog"),
            loop.create_task(renewal.run(), name="renewal"),
        ]
        try:
            async with _admin(store, Admin(service, health, store)):
                await _answering(store.listen, serving)
                ready()
                supervisor.notify("READY=1")
                journal.write(journal.Event.STARTED, clock(), pid=os.getpid())
                await _either(stop.first, serving)
                health.stopping = True
                supervisor.notify("STOPPING=1")
                journal.write(journal.Event.STOPPING, clock())
                await stop.delayed(store.config.shutdown_delay_seconds)
        finally:
            # Streams and waiting requests end first, so that draining does not wait for them.
            service.hub.close()
            service.slots.close()
            for task in beside:
                task.cancel()
            server.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait([serving, *beside], timeout=store.config.drain_seconds)
    journal.write(journal.Event.STOPPED, clock())


def _check_ports(store: settings.Store) -> None:
    for place in filter(None, (store.listen, store.admin_listen)):
        if not settings.port_is_free(*place):
            where = settings.address_of(*place)
            raise ConfigurationError(f"Something else listens on {where} already.")


class _Stop:
    """SIGTERM or SIGINT: the first begins an orderly end, the second cuts its delay short."""

    def __init__(self) -> None:
        self.first, self.second = asyncio.Event(), asyncio.Event()

    def told(self) -> None:
        (self.second if self.first.is_set() else self.first).set()

    async def delayed(self, seconds: float) -> None:
        """Whoever balances the load reads 503 from /readyz meanwhile, and sends nobody more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.second.wait()


@contextlib.asynccontextmanager
async def _admin(store: settings.Store, admin: Admin) -> AsyncIterator[None]:
    """The admin port, from before the first request until after the last."""
    if store.admin_listen is None:
        yield
        return
    host, port = store.admin_listen
    server = Server(
        admin.application(),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=_HTTP,
        websockets=False,
        blocking_threads=1,
        runtime_blocking_threads=1,
        log_enabled=False,
    )
    serving = asyncio.get_running_loop().create_task(server.serve(), name="admin")
    try:
        await _answering(store.admin_listen, serving)
        yield
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait([serving], timeout=_ADMIN_SECONDS)


def _open_files() -> None:
    """As many as the system allows: a connection is one, and many systems begin with 1,024."""
    if os.name == "posix":
        import resource  # noqa: PLC0415 - POSIX only

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _granian(store: settings.Store, app: ASGIApp) -> Server:
    return Server(
        app,
        address=store.listen[0],
        port=store.listen[1],
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=_HTTP,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        log_enabled=False,
        ssl_cert=store.tls_certificate,
        ssl_key=store.tls_key,
        ssl_protocol_min=SSLProtocols.tls13,
    )


async def _answering(place: tuple[str, int], serving: asyncio.Task[None]) -> None:
    """Wait until the port accepts connections."""
    async with asyncio.timeout(_START_SECONDS):
        while True:
            if serving.done():
                where = settings.address_of(*place)
                raise ConfigurationError(f"The store cannot listen on {where}.")
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(*_reachable(*place))
                writer.close()
                return
            await asyncio.sleep(0.02)


def _reachable(host: str, port: int) -> tuple[str, int]:
    """Where a listener on every address answers for itself."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104


async def _either(stop: asyncio.Event, serving: asyncio.Task[None]) -> None:
    """Until told to stop, or until the server ends by itself."""
    waiting = asyncio.get_running_loop().create_task(stop.wait(), name="stop")
    await asyncio.wait([waiting, serving], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _keep_memory() -> None:
    """Keep glibc from giving each thread a heap of its own, and pages back after each part.

    Measured with eight downloads at once: 126 MiB of resident memory instead of 214, no slower. Of
    the CPU of taking parts a fifth was pages that the kernel cleared again for each of them.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        for name, value in _MALLOPT.items():
            ctypes.CDLL(None).mallopt(name, value)


def _settle_garbage() -> None:
    """What is loaded now stays; young objects are looked through less often.

    At a thousand messages a second the collector took a twentieth of the CPU, and everybody waited
    while it went through all modules. What comes and goes with a request has no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


@contextlib.contextmanager
def _alone(store: settings.Store) -> Iterator[None]:
    """Hold the store's lock; the system lets go of it even after SIGKILL.

    A store whose database is shared is served by as many as there are.
    """
    if places.is_shared(store):
        yield
        return
    descriptor = os.open(store.data / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ProfileInUseError("Another process serves this store already.") from error
        yield
    finally:
        os.close(descriptor)
