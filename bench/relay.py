"""A line of 100 Mbit/s and 40 ms there and back, between programs of this machine.

    python -m bench.relay TARGET-PORT [MBIT [RTT-MS [CUT-SECONDS [LOSS [PORT]]]]]

Prints the port it listens on. Each direction is one line that all connections share: bytes leave
one after another at its rate and arrive half a round trip later. What waits to leave is bounded by
what the line holds in one round trip, then nothing more is read: so TCP pushes back as it does on
a real line. A part LOSS of the segments of 1,460 bytes is lost: nothing can be lost under a real
TCP, so the line stands for the time until TCP would send it again. Every CUT-SECONDS, if there are
any, all connections are cut. Setting up TCP itself
costs no round trip here, TLS does. The kernel's own emulation
(`netem`) would be better and is not in every kernel.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import deque
from typing import Final

import uvloop

_PIECE: Final = 16 * 1024
_SEGMENT: Final = 1460
_PATIENCE: Final = 0.2
"""A lost segment is sent again after a round trip and so many seconds: Linux's least."""


class Direction:
    """One way of the line."""

    def __init__(self, bytes_per_second: float, delay: float, loss: float = 0.0) -> None:
        self._rate, self._delay, self._loss = bytes_per_second, delay, loss
        self._dice = random.Random(20261128)
        self._hold = max(2 * delay * bytes_per_second, 4 * _PIECE)
        self._free_at = 0.0

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes until it ends; the end arrives behind them."""
        loop = asyncio.get_running_loop()
        under_way: deque[bytes] = deque()  # timers are exact to a millisecond, their order is not
        while data := await source.read(_PIECE):
            now = loop.time()
            self._free_at = max(now, self._free_at) + len(data) / self._rate + self._lost(data)
            under_way.append(data)
            loop.call_at(self._free_at + self._delay, _write, target, under_way)
            ahead = self._free_at - now - self._hold / self._rate
            if ahead > 0:
                await asyncio.sleep(ahead)
        under_way.append(b"")
        loop.call_at(max(loop.time(), self._free_at) + self._delay, _write, target, under_way)

    def _lost(self, data: bytes) -> float:
        """Seconds that the line stands for what of this is lost."""
        if not self._loss:
            return 0.0
        segments = -(-len(data) // _SEGMENT)
        lost = sum(self._dice.random() < self._loss for _ in range(segments))
        return lost * (2 * self._delay + _PATIENCE)


def _write(target: asyncio.StreamWriter, under_way: deque[bytes]) -> None:
    """The next piece arrives; an empty one is the end."""
    data = under_way.popleft()
    if target.is_closing():
        return
    if data:
        target.write(data)
    elif target.can_write_eof():
        target.write_eof()


async def relay(
    port: int, mbit: float, rtt_ms: float, cut_seconds: float, loss: float = 0.0, at: float = 0
) -> None:
    """Listen, and connect each connection with the target over the line."""
    held: set[asyncio.StreamWriter] = set()
    rate, delay = mbit * 1e6 / 8, rtt_ms / 2000
    there, back = Direction(rate, delay, loss), Direction(rate, delay, loss)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        held.update((writer, far_writer))
        ways = (there.carry(reader, far_writer), back.carry(far_reader, writer))
        await asyncio.gather(*ways, return_exceptions=True)
        await asyncio.sleep(2 * delay)
        for one in (writer, far_writer):
            held.discard(one)
            one.close()

    server = await asyncio.start_server(connected, "127.0.0.1", int(at))
    print(server.sockets[0].getsockname()[1], flush=True)
    while cut_seconds:
        await asyncio.sleep(cut_seconds)
        for one in held:
            one.transport.abort()
    await server.serve_forever()


if __name__ == "__main__":
    words = [float(word) for word in sys.argv[1:]] + [100.0, 40.0, 0.0, 0.0, 0.0][
        len(sys.argv) - 2 :
    ]
    uvloop.run(relay(int(words[0]), *words[1:]))
