"""A Matrix homeserver to compare with: Synapse, in a virtual environment of its own.

It is no dependency of this project: `installed` puts it under the user's cache folder, once, and
`running` starts it as its documentation says for one process, with its rate limits off, its log
at warnings, and without presence and federation. It speaks HTTP in clear, as behind a proxy.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from platformdirs import user_cache_path

from bench.measuring import cpu_of, cpu_of_tree
from bench.stores import say
from bench.wire import Client, Place
from tests.support.servers import Places, free_port

VERSION: Final = "1.163.2"
_SECRET: Final = "only for measuring"
_START_SECONDS: Final = 60.0
_LOTS: Final = {"per_second": 1e6, "burst_count": 1_000_000}


class UnavailableError(Exception):
    """There is no Synapse here, and why."""


@dataclass(frozen=True)
class User:
    """One account, signed in."""

    id: str
    token: str


class Synapse:
    """A running homeserver."""

    def __init__(self, port: int, pid: int, postgres: int | None) -> None:
        self.place = Place(host="127.0.0.1", port=port, kind="matrix")
        self._pid, self._postgres = pid, postgres
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def cpu(self) -> float:
        """CPU seconds so far: its process, and PostgreSQL where it uses that."""
        return cpu_of(self._pid) + (cpu_of_tree(self._postgres) if self._postgres else 0.0)

    def users(self, count: int) -> list[User]:
        """New accounts, by the shared secret."""
        return [self._user(f"person{number}") for number in range(count)]

    def room(self, members: Sequence[User]) -> str:
        """An encrypted private room that everybody has joined."""
        settings = {
            "preset": "private_chat",
            "invite": [one.id for one in members[1:]],
            "initial_state": [
                {
                    "type": "m.room.encryption",
                    "state_key": "",
                    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
                }
            ],
        }
        room = str(self._ask(members[0], "createRoom", settings)["room_id"])
        for one in members[1:]:
            self._ask(one, f"join/{room}", {})
        return room

    def clients(self, users: Sequence[User], size: int) -> tuple[Client, ...]:
        """Rooms of `size` that share nobody; each writes to everybody else of the room."""
        found = []
        for start in range(0, len(users) - size + 1, size):
            members = users[start : start + size]
            room = self.room(members)
            found += [
                Client(
                    token=one.token,
                    device=one.id.encode(),
                    space=room.encode(),
                    to=tuple(other.id.encode() for other in members if other is not one),
                )
                for one in members
            ]
        return tuple(found)

    def _user(self, name: str) -> User:
        path = "/_synapse/admin/v1/register"
        nonce = self._http.get(path).raise_for_status().json()["nonce"]
        words = [nonce, name, "a password", "notadmin"]
        mac = hmac.new(_SECRET.encode(), "\0".join(words).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": words[2], "mac": mac}
        made = self._http.post(path, json=body).raise_for_status().json()
        return User(made["user_id"], made["access_token"])

    def _ask(self, user: User, what: str, body: object) -> dict[str, Any]:
        answer = self._http.post(
            f"/_matrix/client/v3/{what}",
            json=body,
            headers={"Authorization": f"Bearer {user.token}"},
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


def installed() -> Path:
    """The Python of Synapse's own environment; made where it is missing.

    Raises:
        UnavailableError: pip cannot get it here.
    """
    place = user_cache_path("jitclient-bench") / f"synapse-{VERSION}"
    python, ready = place / "bin" / "python", place / "ready"
    if ready.exists():
        return python
    say(f"installing matrix-synapse {VERSION} into {place}")
    packages = [f"matrix-synapse=={VERSION}", "psycopg2-binary"]
    for command in (
        [sys.executable, "-m", "venv", str(place)],
        [str(python), "-m", "pip", "install", "--quiet", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnavailableError(f"{command[3]} failed: {done.stderr.strip()[-500:]}")
    ready.touch()
    return python


@contextlib.contextmanager
def running(folder: Path, places: Places | None) -> Iterator[Synapse]:
    """Synapse in `folder`, on SQLite or on a PostgreSQL database of its own.

    Raises:
        UnavailableError: it is not to be had, or does not start.
    """
    python, port = installed(), free_port()
    home = folder / "synapse"
    home.mkdir()
    config = home / "homeserver.json"  # JSON is YAML
    config.write_text(json.dumps(_configuration(home, port, places)))
    (home / "log.json").write_text(json.dumps({"version": 1, "root": {"level": "ERROR"}}))
    command = [str(python), "-m", "synapse.app.homeserver", "--config-path", str(config)]
    subprocess.run([*command, "--generate-keys"], check=True, capture_output=True, cwd=home)
    with (home / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, cwd=home, stdout=errors, stderr=errors)
    try:
        _wait(port, process, home / "stderr")
        postgres = None
        if places is not None:
            pidfile = places.postgres.folder / "data" / "postmaster.pid"
            postgres = int(pidfile.read_text().split()[0])
        yield Synapse(port, process.pid, postgres)
    finally:
        process.terminate()
        process.wait(30)


def _configuration(home: Path, port: int, places: Places | None) -> dict[str, Any]:
    database: dict[str, Any] = {"name": "sqlite3", "args": {"database": str(home / "synapse.db")}}
    if places is not None:
        where = {"host": "127.0.0.1", "port": places.postgres.port, "dbname": places.name}
        secret = (places.secrets / "database").read_text().strip()
        args = {**where, "user": places.role, "password": secret, "cp_min": 5, "cp_max": 10}
        database = {"name": "psycopg2", "args": args}
    return {
        "server_name": "bench.example",
        "pid_file": str(home / "pid"),
        "signing_key_path": str(home / "signing.key"),
        "log_config": str(home / "log.json"),
        "media_store_path": str(home / "media"),
        "report_stats": False,
        "database": database,
        "listeners": [
            {
                "port": port,
                "type": "http",
                "tls": False,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"]}],
            }
        ],
        "registration_shared_secret": _SECRET,
        "trusted_key_servers": [],
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        "suppress_key_server_warning": True,
        **dict.fromkeys(("rc_message", "rc_registration", "rc_joins_per_room"), _LOTS),
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _LOTS),
        "rc_joins": dict.fromkeys(("local", "remote"), _LOTS),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _LOTS),
    }


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/_matrix/client/versions", timeout=5)
            return
        time.sleep(0.1)
    raise UnavailableError(f"Synapse did not start: {log.read_text()[-1000:]}")
