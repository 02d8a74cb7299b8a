"""A client that is killed: acts on a profile and gets SIGKILL at the n-th commit of its databases.

`python -m tests.support.victim PROFILE PASSPHRASE` reads one JSON object per line,
`{"act": ..., "point": n, ...}`, forks, and lets the child unlock the profile and act with the real
desk. Odd points fall right before a commit, even ones right after it. The answer is one JSON line:
`{"killed": bool, "acknowledged": [...]}` with whatever the desk had returned until then. The key
of the vault is derived once, before the first fork.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[2]

_READY: Final = "ready"


class Victim:
    """The parent's side: one process per profile, one killed child per act."""

    def __init__(self, profile: Path, passphrase: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.victim", str(profile), passphrase],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
        # It holds the profile while it derives the key; nobody may unlock it meanwhile.
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == _READY, "the victim did not start"

    def act(self, act: str, point: int, **words: object) -> tuple[bool, list[Any]]:
        """Do one act, killed at `point` (0: never); (killed, what was acknowledged)."""
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        pipe.write(json.dumps({"act": act, "point": point, **words}) + "\n")
        pipe.flush()
        line = answers.readline()
        assert line, "the victim's parent has died"
        answer = json.loads(line)
        assert "failed" not in answer, answer
        return answer["killed"], answer["acknowledged"]

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(120)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Killer:
    """Counts commits and kills this process at the one that was ordered."""

    def __init__(self) -> None:
        self.left = 0

    def pass_by(self) -> None:
        """One more point."""
        if self.left == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


KILLER: Final = Killer()


def _arm() -> None:
    """Put the killer around every commit, before anything imports `transaction`."""
    from localstore import connection

    real = connection.transaction

    @contextlib.contextmanager
    def transaction(conn: connection.Connection) -> Iterator[connection.Connection]:
        with real(conn):
            yield conn
            KILLER.pass_by()
        KILLER.pass_by()

    connection.transaction = transaction


def _child(profile: Path, passphrase: str, order: dict[str, Any], pipe: int) -> None:
    def acknowledge(what: object) -> None:
        os.write(pipe, (json.dumps(what) + "\n").encode())

    asyncio.run(_act(profile, passphrase, order, acknowledge))


async def _act(profile: Path, passphrase: str, order: dict[str, Any], acknowledge: Any) -> None:
    from jitclient.door import DoorKeeper
    from protocol.ids import FileId, SpaceId, UserId

    desk = await DoorKeeper(profile).unlock(passphrase)
    space = SpaceId(bytes.fromhex(order.get("space", "")))
    KILLER.left = int(order["point"])
    match order["act"]:
        case "send":
            row = await desk.send(space, order["text"])
            acknowledge(row.message.hex())
        case "add":
            to = [UserId(bytes.fromhex(user)) for user in order["to"]]
            exhibit = await desk.add_evidence(space, Path(order["path"]), to=to)
            acknowledge(exhibit.file.hex())
        case "export":
            file = FileId(bytes.fromhex(order["file"]))
            out = await desk.export(space, file, Path(order["path"]))
            acknowledge(out.name)
        case "close":
            await desk.close_space(space, "over")
            acknowledge("closed")
        case "sync":
            pass
        case other:
            raise ValueError(other)
    await desk.sync_now()
    acknowledge("synced")
    await desk.close()


def _main(profile: Path, passphrase: str) -> None:
    _arm()
    import jitclient.desk  # noqa: F401 - paid for once, before the forks
    from jitclient import unlocking
    from localstore.profile import Profile

    with Profile(profile) as held:
        master = unlocking.master_key(held, passphrase)
    unlocking.master_key = lambda *_: master
    print(_READY, flush=True)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            status = 1
            try:
                _child(profile, passphrase, json.loads(line), writing)
                status = 0
            except BaseException:  # noqa: BLE001 - told to the parent by the status
                import traceback

                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(writing)
        with os.fdopen(reading) as acknowledgements:
            told = [json.loads(one) for one in acknowledgements]
        _, status = os.waitpid(child, 0)
        answer: dict[str, Any] = {"killed": os.WIFSIGNALED(status), "acknowledged": told}
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            answer["failed"] = os.WEXITSTATUS(status)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
