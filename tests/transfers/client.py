"""A client whose transfers are killed: one process per life, ended by SIGKILL at any moment.

`python -m tests.transfers.client PROFILE PASSPHRASE JOURNAL` reads one JSON object per line,
`{"seconds": s or null, "space": ..., "offer": [...], "to": ..., "read": ...}`, forks, and lets the
child unlock the profile, hand over what of `offer` is not registered yet, carry all transfers to
their end, and read the exhibit `read` whole once more. After `seconds` the child gets SIGKILL,
wherever it is. The answer is one JSON line.

The child notes in JOURNAL, past all buffers, when it begins and ends to move a part.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_READY: Final = "ready"
_RATE: Final = 16 * 1024 * 1024
"""Bytes per second each way: so that a life is not over before it can be ended."""


class Mortal:
    """The runner's side: one process, which forks one child per life."""

    def __init__(self, profile: Path, passphrase: str, journal: Path) -> None:
        words = [str(profile), passphrase, str(journal)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.transfers.client", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == _READY, "the client did not start"

    def live(self, seconds: float | None, **words: object) -> dict[str, Any]:
        """One life: `killed`, and where it came to its end `exhibits` by name."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        pipe.write(json.dumps({"seconds": seconds, **words}) + "\n")
        pipe.flush()
        line = answers.readline()
        assert line, "the client's parent has died"
        answer: dict[str, Any] = json.loads(line)
        assert "failed" not in answer, answer
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(120)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _watch(journal: int) -> None:
    """Note the beginning and the end of every part that goes over the line."""
    from sync.chunk_io import Lane

    def note(*words: str) -> None:
        os.write(journal, (" ".join(words) + "\n").encode())

    put, get = Lane.put, Lane.get

    def watched_put(self: Lane, path: str, data: memoryview, digest: bytes) -> None:
        note("put", path, "begun")
        put(self, path, data, digest)
        note("put", path, "ended")

    def watched_get(self: Lane, path: str, buffer: memoryview) -> int:
        note("get", path, "begun")
        length = get(self, path, buffer)
        note("get", path, "ended")
        return length

    Lane.put, Lane.get = watched_put, watched_get  # type: ignore[method-assign]


async def _live(profile: Path, passphrase: str, order: dict[str, Any]) -> dict[str, Any]:
    from jitclient.door import DoorKeeper
    from protocol.ids import SpaceId, UserId

    desk = await DoorKeeper(profile).unlock(passphrase)
    space = SpaceId(bytes.fromhex(order["space"]))
    transfers = desk._link.transfers
    transfers.up.limit(_RATE)
    transfers.down.limit(_RATE)
    known = {row.name for row in await desk.exhibits(space)}
    for path in map(Path, order["offer"]):
        if path.name not in known:
            to = [UserId(bytes.fromhex(order["to"]))]
            await desk.add_evidence(space, path, to=to)
    await desk.sync_now()
    rows = await desk.exhibits(space)
    alarms = [alarm.code for alarm in (await desk.status()).alarms]
    exhibits = [[row.name, row.state.value, row.problem, row.sha256] for row in rows]
    read = ""
    for row in rows:
        if row.name == order["read"] and row.state.value == "verified":
            read = (await desk.verify_exhibit(space, row.file)).sha256
    await desk.close()
    return {"exhibits": exhibits, "alarms": alarms, "read": read}


def _child(profile: Path, passphrase: str, order: dict[str, Any], pipe: int) -> None:
    told = asyncio.run(_live(profile, passphrase, order))
    os.write(pipe, json.dumps(told).encode())


def _wait(reading: int, child: int, seconds: float | None) -> bytes:
    """What the child told; killed when its time is over."""
    told = b""
    while True:
        ready, _, _ = select.select([reading], [], [], seconds)
        if not ready:
            os.kill(child, signal.SIGKILL)
            return b""
        piece = os.read(reading, 65536)
        if not piece:
            return told
        told, seconds = told + piece, None


def _main(profile: Path, passphrase: str, journal: Path) -> None:
    import jitclient.desk  # noqa: F401 - paid for once, before the forks
    from jitclient import unlocking
    from localstore.profile import Profile

    with Profile(profile) as held:
        master = unlocking.master_key(held, passphrase)
    unlocking.master_key = lambda *_: master
    _watch(os.open(journal, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
    print(_READY, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            status = 1
            try:
                _child(profile, passphrase, order, writing)
                status = 0
            except BaseException:  # noqa: BLE001 - told to the parent by the status
                import traceback

                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(writing)
        told = _wait(reading, child, order["seconds"])
        os.close(reading)
        _, status = os.waitpid(child, 0)
        answer: dict[str, Any] = {"killed": os.WIFSIGNALED(status), **json.loads(told or b"{}")}
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            answer["failed"] = os.WEXITSTATUS(status)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
