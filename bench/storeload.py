"""A crowd of clients: many connections in one process, as cheap as Python allows.

    python -m bench.storeload FIGURES.json < SPEC.json

Every client holds three connections: one posts messages, one listens to what comes, and one reads
and acknowledges, as the product does. What they say stands in wire.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import ssl
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import msgspec
import uvloop

from bench.wire import Client, Place, RefusedError, Wire, talk_of, tls_of

_WAIT_SECONDS: Final = 20
_QUIET_SECONDS: Final = 10
_CONNECT_SECONDS: Final = 90


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What to do. `rate` in messages a second for all together; 0: as fast as answers come.

    Every `reconnect` seconds a client closes its connections and opens new ones (0: never).
    Without `listen` nobody waits for anything: only the posts count.
    """

    place: Place
    clients: tuple[Client, ...]
    rate: float
    seconds: float
    body_bytes: int = 1024
    reconnect: float = 0.0
    listen: bool = True


class Figures(msgspec.Struct, kw_only=True):
    """What came of it; latencies in ms, sorted.

    `connected`: from the start until a client's first answer; `ack`: until the server has a
    message; `delivery`: until a receiver has it; `fanout`: until the last one has.
    """

    accepted: int
    delivered: int
    seconds: float
    cpu: float
    errors: dict[str, int]
    connected: list[float]
    ack: list[float]
    delivery: list[float]
    fanout: list[float]


@dataclass(slots=True)
class _Sent:
    at: float
    missing: int


@dataclass
class _Crowd:
    """Everything measured so far."""

    spec: Spec
    tls: ssl.SSLContext | None
    sent: dict[bytes, _Sent] = field(default_factory=dict)
    connected: list[float] = field(default_factory=list)
    ack: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)
    fanout: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 0
    last: float = 0.0

    def arrived(self, key: bytes) -> None:
        """One receiver has it now."""
        now = self.last = time.perf_counter()
        sent = self.sent.get(key)
        if sent is None:
            return
        took = 1000 * (now - sent.at)
        self.delivery.append(took)
        sent.missing -= 1
        if not sent.missing:
            self.fanout.append(took)
            del self.sent[key]


class _Renewed:
    """A client's connection, given up and opened again from time to time."""

    def __init__(self, crowd: _Crowd, client: Client) -> None:
        self.wire = Wire(crowd.spec.place, crowd.tls, client.token)
        self._every, self._since = crowd.spec.reconnect, time.perf_counter()

    def between(self) -> bool:
        """Called between two requests; whether the connection was given up."""
        if not self._every or time.perf_counter() - self._since <= self._every:
            return False
        self._since = time.perf_counter()
        self.wire.close()
        return True


async def _send(crowd: _Crowd, client: Client, line: _Renewed, due: float, pause: float) -> None:
    spec, talk = crowd.spec, talk_of(crowd.spec.place, crowd.tls, client)
    while not await _over(crowd, due):
        due += pause
        key, began = os.urandom(16), time.perf_counter()
        crowd.sent[key] = _Sent(began, len(client.to))
        line.between()
        try:
            await talk.post(line.wire, key, spec.body_bytes)
        except (RefusedError, OSError, asyncio.IncompleteReadError) as error:
            crowd.sent.pop(key, None)
            await _failed(crowd, line.wire, error)
            continue
        crowd.ack.append(1000 * (time.perf_counter() - began))
        crowd.expected += len(client.to) if spec.listen else 0
    line.wire.close()


async def _over(crowd: _Crowd, due: float) -> bool:
    """Wait until `due`, unless the sending is over before; whether it is."""
    pause = due - time.perf_counter()
    if pause > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await crowd.over.wait()
    return crowd.over.is_set()


async def _receive(crowd: _Crowd, client: Client) -> NoReturn:
    line, talk = _Renewed(crowd, client), talk_of(crowd.spec.place, crowd.tls, client)
    began, wait = time.perf_counter(), 0
    while True:
        if line.between():
            talk.leave()
        try:
            await talk.take(line.wire, wait, crowd.arrived)
        except (RefusedError, OSError, asyncio.IncompleteReadError) as error:
            talk.leave()
            await _failed(crowd, line.wire, error)
            continue
        if not wait:
            wait = _WAIT_SECONDS
            crowd.connected.append(1000 * (time.perf_counter() - began))
            if len(crowd.connected) == len(crowd.spec.clients):
                crowd.ready.set()


async def _failed(crowd: _Crowd, wire: Wire, error: Exception) -> None:
    crowd.errors[str(error) if isinstance(error, RefusedError) else type(error).__name__] += 1
    if not isinstance(error, RefusedError):
        wire.close()
        await asyncio.sleep(0.1)


async def _play(spec: Spec) -> Figures:
    crowd = _Crowd(spec, tls_of(spec.place))
    loop = asyncio.get_running_loop()
    receiving = []
    if spec.listen:
        receiving = [loop.create_task(_receive(crowd, one)) for one in spec.clients]
        async with asyncio.timeout(_CONNECT_SECONDS):
            await crowd.ready.wait()
        await asyncio.sleep(1.0)  # all wait now
    lines = [_Renewed(crowd, one) for one in spec.clients]
    for line in lines:  # a handshake while everybody else posts is not what a post takes
        await line.wire.open()
    began, cpu = time.perf_counter(), _cpu()
    gap = 1 / spec.rate if spec.rate else 0.0
    sending = [
        loop.create_task(_send(crowd, one, line, began + at * gap, gap * len(lines)))
        for at, (one, line) in enumerate(zip(spec.clients, lines, strict=True))
    ]
    await asyncio.sleep(spec.seconds)
    crowd.over.set()
    await asyncio.wait(sending)
    seconds = time.perf_counter() - began
    while len(crowd.delivery) < crowd.expected:
        if time.perf_counter() > max(crowd.last, began) + _QUIET_SECONDS:
            break
        await asyncio.sleep(0.1)
    for task in receiving:
        task.cancel()
    await asyncio.gather(*receiving, return_exceptions=True)
    return _figures(crowd, max(seconds, crowd.last - began), _cpu() - cpu)


def _figures(crowd: _Crowd, seconds: float, cpu: float) -> Figures:
    missing = crowd.expected - len(crowd.delivery)
    if missing > 0:
        crowd.errors["never arrived"] += missing
    return Figures(
        accepted=len(crowd.ack),
        delivered=len(crowd.delivery),
        seconds=seconds,
        cpu=cpu,
        errors=dict(crowd.errors),
        connected=sorted(crowd.connected),
        ack=sorted(crowd.ack),
        delivery=sorted(crowd.delivery),
        fanout=sorted(crowd.fanout),
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read a spec, play it, write the figures."""
    spec = msgspec.json.decode(sys.stdin.buffer.read(), type=Spec)
    Path(sys.argv[1]).write_bytes(msgspec.json.encode(uvloop.run(_play(spec))))


if __name__ == "__main__":
    main()
