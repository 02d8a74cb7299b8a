"""Numbered SQL files, applied forward only, each in one transaction with its number.

A file is never edited after a release; a change is a new file. An older database is copied aside,
as it is, before the first statement touches it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlcipher3.dbapi2 import Connection, complete_statement

from localstore.files import FILE_MODE, create_file, sync_folder
from protocol.errors import BugError

_SET_VERSION: Final = "PRAGMA user_version = {}"
_COPY: Final = ".before-v"


def load(name: str | Path) -> tuple[str, ...]:
    """The SQL of every migration of a set, first to last: `0001_<what>.sql`, `0002_<what>.sql`.

    Raises:
        BugError: the set is empty or its numbers have a gap.
    """
    folder = name if isinstance(name, Path) else files("localstore") / "migrations" / name
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    numbers = [entry.name.split("_")[0] for entry in found]
    if not found or numbers != [f"{n:04}" for n in range(1, len(found) + 1)]:
        raise BugError("The migrations are not numbered 0001, 0002, ... without a gap.")
    return tuple(entry.read_text(encoding="utf-8") for entry in found)


def apply(conn: Connection, steps: tuple[str, ...]) -> None:
    """Bring a database to the newest schema; each step happens whole or not at all."""
    version = int(conn.execute("PRAGMA user_version").fetchall()[0][0])
    for number, script in enumerate(steps[version:], start=version + 1):
        conn.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(script):
                conn.execute(statement)
            conn.execute(_SET_VERSION.format(number))
            conn.execute("COMMIT")
        except BaseException:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            raise


def statements(script: str) -> Iterator[str]:
    """Split a script at the ends of its statements; a trigger's inner semicolons do not count."""
    pending = ""
    for line in script.splitlines(keepends=True):
        if not pending and (not line.strip() or line.lstrip().startswith("--")):
            continue
        pending += line
        if complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise BugError("A migration ends in the middle of a statement.")


def copy_aside(path: Path, version: int) -> None:
    """Copy a database, with its write-ahead log, to `<name>.before-v<version + 1>`.

    The copy is the same ciphertext under the same key. Nobody writes meanwhile: the profile is
    locked and the database not open.
    """
    aside = path.with_name(f"{path.name}{_COPY}{version + 1}")
    for suffix in ("-wal", ""):  # the file last: where it stands, the copy is whole
        source, target = (p.with_name(p.name + suffix) for p in (path, aside))
        target.unlink(missing_ok=True)
        if source.exists():
            create_file(target)
            shutil.copyfile(source, target)
            target.chmod(FILE_MODE)
            with target.open("rb+") as file:
                os.fsync(file.fileno())
    sync_folder(path.parent)


def copies(path: Path) -> list[Path]:
    """Every copy of `path` that was set aside, its log included."""
    return sorted(path.parent.glob(f"{path.name}{_COPY}*"))


def drop_copies(path: Path) -> None:
    """Remove what `copy_aside` made: it holds keys that the database may have forgotten since."""
    for copy in copies(path):
        copy.unlink(missing_ok=True)
