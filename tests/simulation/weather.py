"""The wire between a device and the store, and its weather.

A request may be lost on the way there or its answer on the way back, be made twice, or arrive much
later than anybody waits for it; the store may be down; and a mailbox page may come without some of
its deliveries, which come another time. Nothing is altered: what travels is sealed and pinned.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import httpx
import msgspec
from starlette.types import Message

from protocol.api import paths
from protocol.api.spaces import MailboxReply
from tests.simulation.disk import Disk
from tests.simulation.storeside import SimStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """How often what happens to a request; all in [0, 1]."""

    lost: float = 0.0
    answer_lost: float = 0.0
    repeated: float = 0.0
    delayed: float = 0.0
    withheld: float = 0.0


CALM = Climate()


@dataclass(slots=True)
class _Late:
    due: int
    request: httpx.Request
    address: str


@dataclass
class Weather:
    """What the network does at this moment; every draw comes from the seed."""

    store: SimStore
    dice: random.Random = field(repr=False)
    climate: Climate = CALM
    down: bool = False
    step: int = 0
    late: list[_Late] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    last_repeated: tuple[str, str] | None = None

    def note(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def happens(self, chance: float) -> bool:
        return chance > 0 and self.dice.random() < chance

    async def deliver_late(self, *, everything: bool = False) -> None:
        """Requests that nobody waits for any more reach the store."""
        due = [one for one in self.late if everything or one.due <= self.step]
        self.late = [one for one in self.late if one not in due]
        self.dice.shuffle(due)
        for one in due:
            self.note("arrived late")
            await self.ask(one.request, one.address)

    async def ask(self, request: httpx.Request, address: str) -> httpx.Response:
        """Let the store answer, whatever the weather."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": "https",
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": (address, 1),
            "root_path": "",
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.content, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.store.app(scope, receive, send)
        headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return _answer(sent[0]["status"], dict(headers), content)


class Line(httpx.AsyncBaseTransport):
    """One device's line to the store."""

    def __init__(self, weather: Weather, disk: Disk, address: str) -> None:
        self._weather, self._disk, self._address = weather, disk, address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        weather = self._weather
        self._disk.touch()
        await request.aread()
        for _ in range(weather.dice.randrange(4)):  # rounds of several devices interleave here
            await asyncio.sleep(0)
        climate = weather.climate
        if weather.down or weather.happens(climate.lost):
            weather.note("lost")
            raise httpx.ConnectError("lost on the way")
        if weather.happens(climate.delayed):
            weather.note("delayed")
            due = weather.step + weather.dice.randint(1, 12)
            weather.late.append(_Late(due, request, self._address))
            raise httpx.ReadTimeout("no answer in time")
        answer = await weather.ask(request, self._address)
        twice = (self._address, request.url.path)
        again = weather.happens(climate.repeated) and weather.last_repeated != twice
        if again:
            weather.last_repeated = twice  # no line repeats the same thing again and again
            weather.note("repeated")
            answer = await weather.ask(request, self._address)
        if weather.happens(climate.answer_lost):
            weather.note("answer lost")
            raise httpx.ReadError("the answer was lost")
        self._disk.touch()
        return self._withhold(request, answer)

    def _withhold(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        weather = self._weather
        wanted = request.method == "GET" and request.url.path == paths.MAILBOX
        if not wanted or not answer.is_success or not weather.happens(weather.climate.withheld):
            return answer
        stream = answer.stream
        assert isinstance(stream, httpx.ByteStream)
        reply = msgspec.json.decode(b"".join(stream), type=MailboxReply)
        kept = tuple(d for d in reply.deliveries if weather.dice.random() < 0.5)
        if len(kept) == len(reply.deliveries):
            return answer
        weather.note("withheld")
        content = msgspec.json.encode(MailboxReply(deliveries=kept, waiting=reply.waiting))
        return _answer(answer.status_code, {}, content)


def _answer(status: int, headers: httpx.Headers | dict[str, str], content: bytes) -> httpx.Response:
    """An answer whose body is still to be read, as from a socket."""
    kept = {k: v for k, v in headers.items() if k.lower() != "content-length"}
    return httpx.Response(status, headers=kept, stream=httpx.ByteStream(content))
