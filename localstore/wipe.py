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

from localstore import migrate
from localstore.files import sync_folder
from localstore.profile import Profile

PHASES: Final = ("copies", "parts", "database", "folder")


def destroy(
    profile: Profile, space: bytes, *, reached: Callable[[str], None] | None = None
) -> None:
    """Unlink everything of a space, in the order of PHASES; `reached` is told each when done.

    Its database must be closed and its key forgotten before. Every phase may be repeated, so after
    a crash the whole is simply called again. What the system does not let go is left for
    `remaining`; it raises nothing for that.
    """
    phase_done = reached or (lambda _: None)
    folder = profile.space_folder(space)
    # Older copies of device.db hold the key that was forgotten since: they go first.
    for copy in migrate.copies(profile.device_database):
        _unlink(copy)
    _sync(profile.directory)
    phase_done("copies")
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
    folder = profile.space_folder(space)
    found = [copy for copy in migrate.copies(profile.device_database) if os.path.lexists(copy)]
    if os.path.lexists(folder):
        found.append(folder)
        if not folder.is_symlink():
            for parent, folders, names in os.walk(folder):
                found += [Path(parent) / name for name in (*folders, *names)]
    return sorted(path.relative_to(profile.directory).as_posix() for path in found)


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
