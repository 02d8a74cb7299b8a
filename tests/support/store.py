"""A real store for tests: `jitstore serve` as its own process, over TLS, on a free loopback port.

    with running_store(tmp_path) as store:
        invitation = store.invite("Ana Lima", "PGR", "PT", "member-state")

With a `Clock` the same server runs on that clock: it is handed to `centralstore.server.serve`, as
`jitstore serve` hands over the system's.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from centralstore import places, settings
from tests.support.servers import Places, free_port

_ROOT: Final = Path(__file__).resolve().parents[2]
_READY: Final = "jitstore ready "
_SECONDS: Final = 120


class Clock:
    """A clock both test and store read: real time plus an offset kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_text("0")

    def __call__(self) -> float:
        return time.time() + float(self.path.read_text() or "0")

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, in one step."""
        later = float(self.path.read_text()) + seconds
        fresh = self.path.with_suffix(".next")
        fresh.write_text(str(later))
        fresh.replace(self.path)


@dataclass
class StoreHandle:
    """A store's folder, its address and, while it runs, its process."""

    data_dir: Path
    address: str
    fingerprint: str
    clock: Clock | None = None
    process: subprocess.Popen[str] | None = field(default=None)
    places: Places | None = None
    listen: str = ""

    @property
    def url(self) -> str:
        """https://HOST:PORT"""
        return f"https://{self.listen or self.address}"

    @property
    def errors(self) -> Path:
        """What the store wrote to stderr, over all its starts."""
        mark = self.listen.replace(":", "-")
        return self.data_dir.parent / f"{self.data_dir.name}{mark}.stderr"

    @property
    def parts(self) -> Path:
        """The folder under which the parts lie, here or in the S3 server's."""
        return self.data_dir / "parts" if self.places is None else self.places.bucket

    def kept(self) -> list[Path]:
        """Every part that lies there; the sweeper may take folders away meanwhile."""
        return [Path(at) / name for at, _, names in os.walk(self.parts) for name in names]

    def keeps(self, count: int) -> bool:
        """Whether so many parts are left in the end: the sweeper works behind the answers."""
        end = time.monotonic() + _SECONDS
        while len(self.kept()) != count and time.monotonic() < end:
            time.sleep(0.02)
        return len(self.kept()) == count

    def engine(self) -> Engine:
        """A look into the database past the store."""
        return places.engine(settings.load(self.data_dir))

    def beside(self) -> StoreHandle:
        """Another process for the same facts and parts, on a port of its own; not started."""
        assert self.places is not None, "an embedded store is served by one process"
        return replace(self, process=None, listen=f"127.0.0.1:{free_port()}")

    def start(self) -> None:
        """Start the process and wait for its ready line."""
        command = [sys.executable, "-m", "centralstore", "serve", "--data", str(self.data_dir)]
        if self.clock is not None:
            script = ["-m", "tests.support.store", str(self.data_dir), str(self.clock.path)]
            command = [sys.executable, *script]
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=_ROOT,
                env=self._env(),
            )
        pipe = self.process.stdout
        line = pipe.readline() if pipe is not None else ""
        if not line.startswith(_READY):
            self.process.kill()
            self.process.wait(_SECONDS)
            raise RuntimeError(f"the store did not start: {self.errors.read_text()[-2000:]}")

    def stop(self) -> int:
        """SIGTERM, wait, and return the exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL and wait."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill (if it runs) and start again."""
        if self.process is not None:
            self.kill()
        self.start()

    def invite(
        self,
        name: str,
        authority: str = "Public Prosecution",
        country: str = "NL",
        party: str = "member-state",
    ) -> str:
        """The invitation text for one person; works while the store serves."""
        words = ["--name", name, "--authority", authority, "--country", country, "--party", party]
        return str(
            run_jitstore("user", "invite", "--data", str(self.data_dir), *words)["invitation"]
        )

    def reinvite(self, user: bytes) -> str:
        """The invitation text for somebody who lost every device; works while the store serves."""
        return str(
            run_jitstore("user", "reinvite", "--data", str(self.data_dir), user.hex())["invitation"]
        )

    def _env(self) -> dict[str, str]:
        more = {"JITSTORE_LISTEN": self.listen} if self.listen else {}
        return {**_env(), **more}

    def _end(self, number: int) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        status = process.wait(_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        return status


def run_jitstore(*words: str, expect: int | None = 0) -> dict[str, object]:
    """Run one `jitstore` command with --json, in this process (twenty times faster); its object."""
    from centralstore.operator import commands

    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = commands.main([*words, "--json"])
    if expect is not None and status != expect:
        raise RuntimeError(f"jitstore {words[0]} ended with {status}: {errors.getvalue()}")
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def made_store(
    folder: Path, clock: Clock | None = None, places: Places | None = None
) -> StoreHandle:
    """`jitstore init` in `folder`/store on a free loopback port; not started."""
    data = folder / "store"
    words = ["--data", str(data), "--listen", "127.0.0.1:0", "--admin-listen", "off"]
    if places is None:
        made = run_jitstore("init", *words)
    else:
        words += ["--database", places.database_url, "--blobs", places.blob_url]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in places.environment().items():
                patch.setenv(name, value)
            made = run_jitstore("init", *words)
        use_places(data, places)
    return StoreHandle(
        data_dir=data,
        address=str(made["address"]),
        fingerprint=str(made["fingerprint"]),
        clock=clock,
        places=places,
    )


def use_places(data: Path, places: Places) -> None:
    """Write the configuration of a store so that it uses this database and this bucket."""
    keys = {
        "admin_listen": "off",
        "database_url": places.database_url,
        "blob_url": places.blob_url,
        **{
            name.removeprefix("JITSTORE_").lower(): value
            for name, value in places.environment().items()
        },
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in keys.items()]
    (data / "jitstore.toml").write_text("".join(lines))


@contextlib.contextmanager
def running_store(
    folder: Path, clock: Clock | None = None, places: Places | None = None
) -> Iterator[StoreHandle]:
    """A running store in `folder`/store; stopped at the end."""
    handle = made_store(folder, clock, places)
    handle.start()
    try:
        yield handle
    finally:
        handle.stop()


def _env() -> dict[str, str]:
    # What `make mutants` put there stays: then the store's process lacks the check as well.
    paths = [*filter(None, [os.environ.get("PYTHONPATH")]), str(_ROOT)]
    path = os.pathsep.join(paths)
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _serve_on(data: Path, clock: Clock) -> None:
    from centralstore import server

    store = settings.load(data)
    server.serve(
        store,
        clock=clock,
        ready=lambda: print(f"{_READY}https://{store.address}", flush=True),
    )


if __name__ == "__main__":
    _serve_on(Path(sys.argv[1]), Clock(Path(sys.argv[2])))
