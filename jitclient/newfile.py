"""Files that exist whole or not at all.

Sealed parts appear in the vault under their name only when every byte is on disk. An exported
file is written without a name where the system can do that, so that not even a killed process
leaves plaintext behind. Spec: docs/protocol/50-files.md §50.8.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from jitclient import outsidemark
from protocol.errors import CannotCreateError, DiskError

_PREFIX: Final = ".new-"
_SUFFIX: Final = ".part"
_NEW_FILE: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


class NewPart:
    """A sealed part being written: first under a temporary name, then durable under its own.

    Args:
        path: where it is to stand; an older one there is replaced.

    Raises:
        DiskError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            prefix = f"{_PREFIX}{path.name}."
            handle, name = tempfile.mkstemp(prefix=prefix, suffix=_SUFFIX, dir=path.parent)
        except OSError as error:
            raise _cannot_keep(error) from error
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "wb", buffering=0)

    def write(self, data: memoryview) -> None:
        """Take the bytes. May be lost until `settle` returns.

        Raises:
            DiskError: full, read-only or failing; nothing is left.
        """
        with self._cleared():
            write_all(self._file, data)

    def settle(self) -> None:
        """Make the bytes durable, then the name visible. Waits for the disk.

        Raises:
            DiskError: as for `write`.
        """
        with self._cleared():
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(self._path)

    @contextlib.contextmanager
    def _cleared(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.close()
            with contextlib.suppress(OSError):
                self._temporary.unlink()
            raise _cannot_keep(error) from error


def unfinished(name: str) -> str:
    """Of which file in its folder a killed process had begun a part of this name; or nothing."""
    if not (name.startswith(_PREFIX) and name.endswith(_SUFFIX)):
        return ""
    return name.removeprefix(_PREFIX).partition(".")[0]


def keep(begun: Path, path: Path) -> None:
    """Make durable what a killed process had written whole, under its own name.

    Raises:
        DiskError: full, read-only or failing.
    """
    try:
        with begun.open("r+b") as file:
            os.fsync(file.fileno())
        begun.replace(path)
    except OSError as error:
        raise _cannot_keep(error) from error


def drop_unfinished(folder: Path) -> None:
    """Remove what a killed process had begun to write in `folder`."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def write_all(file: BinaryIO, data: memoryview) -> None:
    """Write all of `data` to an unbuffered file, which may take less at a time."""
    while len(data):
        data = data[file.write(data) :]


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the system can.

    Raises:
        DiskError: the disk fails.
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise DiskError(f"The vault's folder cannot be written: {error.strerror}.") from error


def temporary_for(path: Path) -> Path:
    """A name beside `path` that nobody has, for `create` to use where a file needs one."""
    return path.with_name(f".{secrets.token_hex(8)}{_SUFFIX}")  # a name, not a key


def create(
    path: Path,
    write: Callable[[BinaryIO], None],
    *,
    from_outside: bool = False,
    temporary: Path | None = None,
) -> bool:
    """Create `path` with what `write` writes; it appears complete and durable, or not at all.

    Args:
        path: must not exist.
        write: writes the content; whatever it raises leaves nothing behind.
        from_outside: mark it (outsidemark.py) before it appears.
        temporary: the name it has until it is whole, where it needs one; from `temporary_for`.

    Returns:
        Whether it is marked.

    Raises:
        CannotCreateError: `path` exists, or cannot be made there.
        DiskError: writing failed.
    """
    if path.exists() or path.is_symlink():
        raise CannotCreateError(f"{path.name} exists already. Nothing was written.")
    if not path.parent.is_dir():
        raise CannotCreateError(f"There is no folder {path.parent}.")
    try:
        marked = _nameless(path, write, from_outside)
        if marked is None:
            marked = _named(path, write, from_outside, temporary or temporary_for(path))
    except FileExistsError as error:
        raise CannotCreateError(f"{path.name} exists already. Nothing was written.") from error
    except PermissionError as error:
        raise CannotCreateError(f"{path.parent} does not allow new files.") from error
    except OSError as error:
        raise DiskError(f"{path.name} cannot be written: {error.strerror}.") from error
    sync_folder(path.parent)
    return marked


def _nameless(path: Path, write: Callable[[BinaryIO], None], from_outside: bool) -> bool | None:
    """Write a file without a name and name it at the end; None where that does not exist."""
    if not hasattr(os, "O_TMPFILE"):
        return None
    try:
        handle = os.open(path.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with os.fdopen(handle, "wb", buffering=0) as file:
        write(file)
        marked = from_outside and outsidemark.mark(path, handle)
        os.fsync(handle)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # The folder handle makes this linkat(), which alone follows the link in /proc.
            os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)
    return marked


def _named(
    path: Path, write: Callable[[BinaryIO], None], from_outside: bool, temporary: Path
) -> bool:
    """Write under a temporary name in the same folder, then rename without overwriting."""
    handle = os.open(temporary, _NEW_FILE, 0o600)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            write(file)
            os.fsync(handle)
        marked = from_outside and outsidemark.mark(temporary)
        _rename_without_overwriting(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return marked


def _rename_without_overwriting(temporary: Path, path: Path) -> None:
    if os.name == "nt":
        temporary.rename(path)  # refuses by itself
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here (FAT): take the name first, then replace our own empty file.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        temporary.replace(path)
    else:
        temporary.unlink()


def _cannot_keep(error: OSError) -> DiskError:
    return DiskError(
        f"A part of an exhibit cannot be kept: {error.strerror}. Nothing kept so far is lost."
    )
