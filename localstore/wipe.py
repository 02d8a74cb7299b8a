"""Removing a space's files after its key was destroyed.

What this can do: after `spaces.forget_key` and `connection.checkpoint` nothing that remains
anywhere can be opened, for every file of a space is ciphertext under that key. Then the files are
unlinked. What it cannot do: overwrite blocks a drive has set aside, reach backups, snapshots or
exported files. Nothing is overwritten and nothing of the kind is promised; `remaining` names what
still exists under its name. Spec: docs/protocol/81-local-store.md §6.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from localstore import files, migrate
from localstore.files import sync_folder
from localstore.profile import Profile
from protocol.errors import JitError
from protocol.limits import MIB

PHASES: Final = ("copies", "window", "parts", "database", "folder")
_GONE: Final = ".wiped"
_WINDOW: Final = "window.ini"
_MAX_WINDOW_BYTES: Final = MIB


def destroy(
    profile: Profile, space: bytes, *, reached: Callable[[str], None] | None = None
) -> None:
    """Unlink everything of a space, in the order of PHASES; `reached` is told each when done.

    Its database must be closed and its key forgotten before. Every phase may be repeated, so after
    a crash the whole is simply called again. What the system does not let go is left for
    `remaining`; it raises nothing for that.
    """
    phase_done = reached or (lambda _: None)
    # Older copies of device.db hold the key that was forgotten since: they go first.
    for copy in migrate.copies(profile.device_database):
        _unlink(copy)
    _sync(profile.directory)
    phase_done("copies")
    _forget_in_window(profile.directory, space)
    phase_done("window")
    folder = _set_aside(profile.space_folder(space))
    _remove_tree(folder / "parts")
    phase_done("parts")
    if folder.is_dir() and not folder.is_symlink():
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith("space.db"):
                _unlink(entry)
    _sync(folder)
    phase_done("database")
    _remove_tree(folder)
    _sync(folder.parent)
    phase_done("folder")


def remaining(profile: Profile, space: bytes) -> list[str]:
    """What of a space still exists, as paths inside the profile; empty when nothing does."""
    name = space.hex()
    found = [copy for copy in migrate.copies(profile.device_database) if os.path.lexists(copy)]
    found += [file for file in _windows(profile.directory) if _tells_of(file, name)]
    for folder in (profile.directory / "spaces").glob(f"{name}*"):
        found.append(folder)
        if not folder.is_symlink():
            for parent, folders, names in os.walk(folder):
                found += [Path(parent) / name for name in (*folders, *names)]
    return sorted(path.relative_to(profile.directory).as_posix() for path in found)


def _set_aside(folder: Path) -> Path:
    """Give the folder another name: who still writes under the old one finds no place.

    Where the system does not allow that (something in it is open, on Windows), it keeps its name.
    """
    aside = folder.with_name(folder.name + _GONE)
    _remove_tree(aside)  # of a wipe that was cut off
    try:
        folder.rename(aside)
    except OSError:
        return folder
    _sync(folder.parent)
    return aside


def _windows(directory: Path) -> list[Path]:
    """Where the window remembers its places, and what a killed one left of writing it."""
    return sorted(directory.glob(f"{_WINDOW}*"))


def _tells_of(file: Path, name: str) -> bool:
    try:
        return name.encode() in (files.load_file(file, _MAX_WINDOW_BYTES) or b"")
    except JitError:
        return True  # it cannot be read: nobody knows


def _forget_in_window(directory: Path, space: bytes) -> None:
    """Take the lines that name the space out of the window's memory; leftovers of it go."""
    for file in _windows(directory):
        if not _tells_of(file, space.hex()):
            continue
        if file.name != _WINDOW:
            _unlink(file)
            continue
        try:
            lines = (files.load_file(file, _MAX_WINDOW_BYTES) or b"").splitlines(keepends=True)
            kept = b"".join(line for line in lines if space.hex().encode() not in line)
            files.save_file(file, kept)
        except JitError:
            continue  # `remaining` will name it


def _remove_tree(folder: Path) -> None:
    """Remove a folder bottom-up; a link is removed, never followed."""
    if folder.is_symlink():
        _unlink(folder)
        return
    for parent, folders, names in os.walk(folder, topdown=False):
        for name in names:
            _unlink(Path(parent) / name)
        for name in folders:
            path = Path(parent) / name
            if path.is_symlink():
                _unlink(path)
            else:
                _rmdir(path)
    _rmdir(folder)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # `remaining` will name it


def _rmdir(path: Path) -> None:
    try:
        path.rmdir()
    except OSError:
        return  # absent, or not empty because something in it stayed: `remaining` will name it


def _sync(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError:
        return  # absent already
