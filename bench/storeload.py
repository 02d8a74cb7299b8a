"""A crowd of clients for `bench.store`: many connections in one process, as cheap as Python allows.

    python -m bench.storeload < SPEC.json > FIGURES.json

Every client holds two TLS 1.3 connections: one posts messages, one waits for its queue, fetches and
acknowledges, as the product does. What it posts is sealed nowhere: the store cannot tell, and the
clients' cryptography is measured by `bench.crypto`.
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
from typing import Final

import msgspec
import uvloop

from protocol.api import paths
from protocol.api.spaces import AckRequest, MailboxReply, PostMessageRequest
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import DeviceId, EnvelopeId, MailboxId, SpaceId, mailbox_id

ENVELOPE_BYTES: Final = 300
_WAIT_SECONDS: Final = 20


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in device: whom it writes to in its space."""

    token: str
    device: bytes
    space: bytes
    to: tuple[bytes, ...]


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What to do. `rate` in messages a second for all together; 0: as fast as answers come."""

    host: str
    port: int
    clients: tuple[Client, ...]
    rate: float
    seconds: float
    body_bytes: int = 1024


class Figures(msgspec.Struct, kw_only=True):
    """What came of it; latencies in ms, sorted. `fanout`: until the last receiver has it."""

    accepted: int
    delivered: int
    seconds: float
    cpu: float
    errors: dict[str, int]
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
    sent: dict[bytes, _Sent] = field(default_factory=dict)
    ack: list[float] = field(default_factory=list)
    delivery: list[float] = field(default_factory=list)
    fanout: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    sending: bool = True
    last: float = 0.0


class Wire:
    """One connection, kept open; HTTP/1.1 with content lengths and nothing else."""

    def __init__(self, spec: Spec, tls: ssl.SSLContext, token: str) -> None:
        self._where = (spec.host, spec.port)
        self._tls = tls
        self._head = f" HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: "
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of one request."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where, ssl=self._tls)
        reader, writer = self._streams
        writer.write(f"{method} {path}{self._head}{len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
        answer = await reader.readexactly(length) if length else b""
        return int(lines[0].split(b" ", 2)[1]), answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _send(crowd: _Crowd, client: Client, tls: ssl.SSLContext, first: float) -> None:
    spec = crowd.spec
    wire = Wire(spec, tls, client.token)
    space = SpaceId(client.space)
    own = mailbox_id(space, DeviceId(client.device))
    boxes = [MailboxId(mailbox_id(space, DeviceId(device))) for device in client.to]
    pause = len(spec.clients) / spec.rate if spec.rate else 0.0
    body, sealed = os.urandom(spec.body_bytes), os.urandom(ENVELOPE_BYTES)
    due = first
    while crowd.sending:
        if pause:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += pause
            if not crowd.sending:
                break
        message = os.urandom(16)
        packed = tuple(
            Envelope(
                kind=EnvelopeKind.MSG,
                to=box,
                sender=own,
                id=EnvelopeId(os.urandom(16)),
                body=sealed,
            ).pack()
            for box in boxes
        )
        request = PostMessageRequest(message=message, body=body, envelopes=packed)
        began = time.perf_counter()
        crowd.sent[message] = _Sent(began, len(boxes))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            status, _ = await wire.ask("POST", paths.messages(space), msgspec.json.encode(request))
            if status == 201:
                crowd.ack.append(1000 * (time.perf_counter() - began))
                continue
            crowd.errors[f"post {status}"] += 1
        del crowd.sent[message]
    wire.close()


async def _receive(crowd: _Crowd, client: Client, tls: ssl.SSLContext) -> None:
    wire = Wire(crowd.spec, tls, client.token)
    after = 0
    while True:
        path = f"{paths.MAILBOX}?after={after}&wait={_WAIT_SECONDS}"
        status, answer = await wire.ask("GET", path)
        if status != 200:
            crowd.errors[f"mailbox {status}"] += 1
            await asyncio.sleep(1)
            continue
        page = msgspec.json.decode(answer, type=MailboxReply)
        now = time.perf_counter()
        for item in page.deliveries:
            _arrived(crowd, item.message, now)
        if page.deliveries:
            after = page.deliveries[-1].index
            done = AckRequest(indexes=tuple(item.index for item in page.deliveries))
            status, _ = await wire.ask("POST", paths.MAILBOX_ACK, msgspec.json.encode(done))
            if status >= 300:
                crowd.errors[f"ack {status}"] += 1


def _arrived(crowd: _Crowd, message: bytes, now: float) -> None:
    sent = crowd.sent.get(message)
    crowd.last = now
    if sent is None:
        return
    took = 1000 * (now - sent.at)
    crowd.delivery.append(took)
    sent.missing -= 1
    if not sent.missing:
        crowd.fanout.append(took)


async def _play(spec: Spec) -> Figures:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    crowd = _Crowd(spec)
    receiving = [asyncio.ensure_future(_receive(crowd, one, tls)) for one in spec.clients]
    await asyncio.sleep(2.0 + len(spec.clients) / 100)  # all are connected and wait
    began = time.perf_counter()
    cpu = _cpu()
    gap = len(spec.clients) / spec.rate / len(spec.clients) if spec.rate else 0.0
    sending = [
        asyncio.ensure_future(_send(crowd, one, tls, began + number * gap))
        for number, one in enumerate(spec.clients)
    ]
    await asyncio.sleep(spec.seconds)
    crowd.sending = False
    await asyncio.wait(sending)
    seconds = time.perf_counter() - began
    accepted = len(crowd.ack)
    quiet = time.perf_counter() + 30
    while len(crowd.delivery) < sum(len(c.to) for c in spec.clients) / len(spec.clients) * accepted:
        if time.perf_counter() > quiet:
            break
        await asyncio.sleep(0.2)
    for task in receiving:
        task.cancel()
    await asyncio.gather(*receiving, return_exceptions=True)
    return Figures(
        accepted=accepted,
        delivered=len(crowd.delivery),
        seconds=max(seconds, crowd.last - began),
        cpu=_cpu() - cpu,
        errors=dict(crowd.errors),
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
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_play(spec))))


if __name__ == "__main__":
    main()
