"""One receiver of `bench.messages` in a process of its own, as people have it: says when it read.

    python -m bench.reader PROFILE SPACE

Twenty clients in one interpreter take the interpreter's lock from each other at every statement of
their databases; more than half of their CPU was then spent on that (see bench/README.md).
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring import cpu_of
from jitclient.door import DoorKeeper
from jitclient.events import Event, MessagesChanged
from protocol.ids import SpaceId

PASSPHRASE = "a passphrase for measuring"
_LIMIT_SECONDS = 120.0


@dataclass
class Reader:
    """A receiver somewhere else: what it read, and when (of time.perf_counter)."""

    process: asyncio.subprocess.Process
    waits: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None

    def arrival(self, text: str) -> asyncio.Future[float]:
        """When its newest message was `text`."""
        return self.waits.setdefault(text, asyncio.get_running_loop().create_future())

    def cpu(self) -> float:
        """CPU seconds so far."""
        return cpu_of(self.process.pid)

    async def listen(self) -> None:
        """Hear what it says, until it ends."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            moment, _, text = line.decode().rstrip("\n").partition(" ")
            one = self.arrival(text)
            if not one.done():
                one.set_result(float(moment))

    async def close(self) -> None:
        """Tell it to end; wait for that."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        await asyncio.wait_for(self.process.wait(), _LIMIT_SECONDS)


async def started(profile: Path, space: SpaceId) -> Reader:
    """A reader that is unlocked and listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.reader", str(profile), space.hex()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    reader = Reader(process)
    reader.listening = asyncio.create_task(reader.listen())
    await asyncio.wait_for(reader.arrival("ready"), _LIMIT_SECONDS)
    return reader


async def _read(profile: Path, space: SpaceId) -> None:
    desk = await DoorKeeper(profile).unlock(PASSPHRASE)
    latest = ""
    looking = asyncio.Lock()
    tasks: set[asyncio.Task[None]] = set()

    async def look() -> None:
        nonlocal latest
        async with looking:
            rows = await desk.messages(space, limit=1)
            if rows and rows[-1].text != latest:
                latest = rows[-1].text
                _say(latest)

    def tell(event: Event) -> None:
        if isinstance(event, MessagesChanged):
            task = asyncio.get_running_loop().create_task(look())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    desk.events.subscribe(tell)
    desk.start()
    await desk.sync_now(transfers=False)
    _say("ready")
    await asyncio.to_thread(sys.stdin.read)
    await desk.close()


def _say(text: str) -> None:
    print(f"{time.perf_counter():.6f} {text}", flush=True)


if __name__ == "__main__":
    asyncio.run(_read(Path(sys.argv[1]), SpaceId(bytes.fromhex(sys.argv[2]))))
