"""Copies the whole profile to another place, as it lies here: sealed.

It opens with the same passphrase.

For a disk that dies. Of a database the file and its log are copied together on the thread that
writes them; what cannot be read is named, and everything else is saved. The copy stands outside of
the profile: a wipe does not reach it, and says so.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jitclient import diskwatch
from jitclient.session import Session
from jitclient.storageviews import Saved
from localstore import files, logend
from localstore.faults import translated
from localstore.refusing import NAME
from protocol.errors import BadInputError, CannotCreateError
from protocol.limits import MIB

_LEFT_OUT: Final = frozenset({"lock", "carrying", NAME})
_BLOCK: Final = 4 * MIB
Told = Callable[[int, int], None]


async def copy_profile(session: Session, folder: Path, told: Told) -> Saved:
    """Make a new folder in `folder` with all of the profile in it; cut off, it is gone again.

    `told` is called with the bytes that are copied and those there are.

    Raises:
        BadInputError: the folder lies in the profile itself.
        CannotCreateError: there is no room.
        DiskError: the other place cannot be written; nothing is left there.
    """
    source, target = session.profile.directory, folder.absolute()
    if target.resolve().is_relative_to(source.resolve()):
        raise BadInputError("Choose a folder outside of the profile.")
    listed = await asyncio.to_thread(_listed, source)
    total = sum(size for _, size in listed)
    target = await asyncio.to_thread(_made, target, total, session.clock.now())
    done, unread = 0, []
    try:
        for path, size in listed:
            if path.name.endswith(".db"):
                missed = await session.run(_database, source, target, path)
            else:
                missed = await asyncio.to_thread(_copied, source, target, path)
            unread += missed
            done += size
            told(done, total)
        await asyncio.to_thread(_settled, target)
        await session.run(diskwatch.copied, session, target)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, target, ignore_errors=True))
        raise
    return Saved(folder=str(target), files=len(listed) - len(unread), unread=tuple(unread))


def _listed(source: Path) -> list[tuple[Path, int]]:
    """What there is, from `source` on: databases first, as they are what cannot be had again."""
    found = [*_files(source)]
    found.sort(key=lambda one: (not one[0].name.endswith(".db"), one[0]))
    return found


def _files(source: Path) -> Iterator[tuple[Path, int]]:
    for at, _, names in os.walk(source):
        for name in names:
            path = Path(at, name)
            fleeting = name.endswith(("-shm", "-wal", "-journal", files.NEW))
            if name in _LEFT_OUT or fleeting or name.startswith(".new-") or path.is_symlink():
                continue
            try:
                yield path.relative_to(source), path.stat().st_size
            except OSError:
                yield path.relative_to(source), 0  # it is tried, and named if it cannot be read


def _made(folder: Path, total: int, now: int) -> Path:
    with translated():
        free = shutil.disk_usage(folder).free
    if free < total:
        raise CannotCreateError(
            f"There is no room for the copy: it takes {total // MIB + 1} MiB, {free // MIB} MiB "
            "are free there."
        )
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    names = (f"jitclient-{day}{more}" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    target = next(folder / name for name in names if not (folder / name).exists())
    files.make_folder(target)
    return target


def _database(source: Path, target: Path, path: Path) -> list[str]:
    """A database and its log, while nobody writes them. Database thread."""
    log = path.with_name(path.name + "-wal")
    missed = _copied(source, target, path)
    if (source / log).exists():
        missed += _copied(source, target, log)
        counts = logend.counted(source / log)
        if counts is not None and not missed and counts < (target / log).stat().st_size:
            os.truncate(target / log, counts)  # what was refused is not brought to life
    return missed


def _copied(source: Path, target: Path, path: Path) -> list[str]:
    """Copy one file and make it durable; its name, if it cannot be read."""
    try:
        file = (source / path).open("rb")
    except OSError:
        return [str(path)]
    with file, translated():
        files.make_folder((target / path).parent)
        with os.fdopen(_private(target / path), "wb") as out:
            while True:
                try:
                    block = file.read(_BLOCK)
                except OSError:
                    break
                if not block:
                    out.flush()
                    os.fsync(out.fileno())
                    return []
                out.write(block)
        (target / path).unlink()
    return [str(path)]


def _private(path: Path) -> int:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, files.FILE_MODE)


def _settled(target: Path) -> None:
    with translated():
        for at, _, _ in os.walk(target):
            files.sync_folder(Path(at))
        files.sync_folder(target.parent)
