"""What stands before several processes: hands TCP connections to those that answer, in turn.

TLS passes through untouched, as with a proxy in TCP mode; a process that is gone breaks its lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Balancer:
    """Relays between a port and the processes behind it, in a thread of its own."""

    def __init__(self, port: int, behind: list[str]) -> None:
        self._port, self._behind, self._turn = port, behind, 0
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(60), "the balancer did not come up"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._relay, "127.0.0.1", self._port)
        async with server:
            self._ready.set()
            await self._stop.wait()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(asyncio.CancelledError):
            line = await self._line()
            if line is None:
                return
            with contextlib.closing(line[1]):
                ways = (_pass(reader, line[1]), _pass(line[0], writer))
                tasks = [self._loop.create_task(way) for way in ways]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()

    async def _line(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next process that answers."""
        for _ in self._behind:
            self._turn += 1
            host, _, port = self._behind[self._turn % len(self._behind)].rpartition(":")
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(host, int(port))
        return None


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


@contextlib.contextmanager
def balancing(address: str, *behind: str) -> Iterator[Balancer]:
    """A balancer at `address` before these processes."""
    balancer = Balancer(int(address.rpartition(":")[2]), list(behind))
    balancer.start()
    try:
        yield balancer
    finally:
        balancer.stop()
