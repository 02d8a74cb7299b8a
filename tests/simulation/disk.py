"""Disks that stop at the n-th write. What is on a stopped disk is what a dead process leaves.

Every statement that writes, every COMMIT, every fsync and every unlink of a profile counts as one
write. From the n-th on nothing of that process reaches the disk or the network any more: it raises
`CrashedError`, and the world throws the process's objects away and opens the profile again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from sqlcipher3 import dbapi2

from localstore import connection, executor, wipe
from localstore.connection import Driver

P = ParamSpec("P")
T = TypeVar("T")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN", "COMMIT", "CREATE", "ALTER")


class CrashedError(BaseException):
    """The process is gone. No `except Exception` of the product may hold it up."""


@dataclass
class Disk:
    """One device's disk: counts writes, and stops for good at `crash_at`."""

    folder: Path
    writes: int = 0
    total: int = 0
    crash_at: int | None = None
    dead: bool = False
    open: list[Watched] = field(default_factory=list, repr=False)

    def touch(self) -> None:
        """One write is about to happen; or something that only a living process does."""
        if self.dead:
            raise CrashedError
        self.writes += 1
        self.total += 1
        if self.crash_at is not None and self.writes >= self.crash_at:
            self.dead = True
            raise CrashedError

    def revive(self) -> None:
        """The next process on this disk: connections of the last one are gone unfinished."""
        for one in self.open:
            one.close()
        self.open.clear()
        self.writes, self.crash_at, self.dead = 0, None, False


class Watched(dbapi2.Connection):
    """A connection that asks its disk before it writes."""

    disk: Disk | None = None

    def execute(self, sql: str, *values: Any) -> Any:
        self._before(sql)
        return super().execute(sql, *values)

    def executemany(self, sql: str, values: Any) -> Any:
        self._before(sql)
        return super().executemany(sql, values)

    def _before(self, sql: str) -> None:
        verb = sql.lstrip()[:8].upper()
        if self.disk is not None and verb.startswith(_WRITES):
            self.disk.touch()


class Machine:
    """All disks of the world, and which of them the running function writes to."""

    def __init__(self) -> None:
        self.disks: list[Disk] = []
        self.current: Disk | None = None

    def disk_of(self, path: Path) -> Disk | None:
        return next((d for d in self.disks if path.is_relative_to(d.folder)), None)

    def touch(self) -> None:
        if self.current is not None:
            self.current.touch()

    def run(self, disk: Disk | None, work: Callable[[], T]) -> T:
        """Run a function of the database thread; what it syncs and unlinks is on `disk`."""
        before, self.current = self.current, disk
        try:
            return work()
        finally:
            self.current = before

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Every connection and fsync goes through the disks while the block runs."""
        connect, unlink = connection._connect, wipe._unlink

        def watched(path: Path, key: bytes, driver: Driver, *, read_only: bool = False) -> Any:
            disk = self.disk_of(Path(path))

            def factory(*args: Any, **named: Any) -> Any:
                return driver.connect(*args, factory=Watched, **named)

            made = connect(path, key, Driver(factory, driver.sqlite_version), read_only=read_only)
            if disk is not None and not read_only:
                made.disk = disk  # type: ignore[attr-defined]  # a Watched, by the factory
                disk.open.append(made)  # type: ignore[arg-type]
            return made

        def synced(handle: int) -> None:
            self.touch()  # and no fsync: a process dies here, the machine never does

        def unlinked(path: Path) -> None:
            self.touch()
            unlink(path)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection, "_connect", watched)
            patch.setattr(os, "fsync", synced)
            patch.setattr(wipe, "_unlink", unlinked)
            yield


class InlineDatabase(executor.Database):
    """The database thread without a thread, so that a seed decides every interleaving."""

    machine: Machine
    disk: Disk

    def __init__(self) -> None:
        self._closed = False

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.call(fn, *args, **kwargs)

    def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        disk = self.disk
        if disk.dead:
            raise CrashedError
        return self.machine.run(disk, lambda: self._guarded(fn, *args, **kwargs))

    def close(self) -> None:
        self._closed = True
