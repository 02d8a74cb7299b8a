"""What a folder that is to be handed over holds: its files one by one, and what cannot go.

Files come in the order of their names, folder by folder; of a tree of any size one folder's names
are in memory for each level. Links are not followed, so that nothing from outside comes along.
Spec: docs/protocol/51-facts.md §2 (`folder-path`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from jitclient.foundation.text import file_name
from jitclient.views import ListRow
from protocol.errors import BadInputError

JUNCTION: Final = 0xA0000003
"""How Windows marks a folder that leads somewhere else (IO_REPARSE_TAG_MOUNT_POINT)."""
EMPTY: Final = "This folder is empty; there is nothing to hand over."


@dataclass(frozen=True, slots=True)
class Found:
    """A file; `inside`: its path from the folder that was given on, empty for a file itself."""

    path: Path
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What is not handed over, and why."""

    path: Path
    reason: str


def listed(given: Iterable[Path], most: int) -> tuple[ListRow, ...]:
    """The first `most` files of files and folders as rows that say what is wrong with them."""
    found = chain.from_iterable(walk(path) for path in given)
    return tuple(_row(one) for one in islice(found, most))


def _row(one: Found | Unfit) -> ListRow:
    if isinstance(one, Unfit):
        return ListRow(line=0, path=one.path, number="", facts={}, problem=one.reason)
    facts = {"folder-path": one.inside} if one.inside else {}
    return ListRow(line=0, path=one.path, number="", facts=facts, problem="")


def walk(given: Path) -> Iterator[Found | Unfit]:
    """A file itself, or every file below a folder. Touches the disk as it goes.

    What was given is looked at wherever a link leads; what lies inside is not.
    """
    given = given.expanduser()
    if not given.is_dir():
        yield Found(given)
        return
    try:
        name = file_name(given.name or given.resolve().name)
    except BadInputError as error:
        yield Unfit(given, error.sentence)
        return
    yield from _inside(given, name)


def _inside(folder: Path, inside: str) -> Iterator[Found | Unfit]:
    """Everything below a folder whose own path is `inside`."""
    open_folders = [iter(_listed(folder, inside))]
    while open_folders:
        one = next(open_folders[-1], None)
        if one is None:
            open_folders.pop()
        elif isinstance(one, Found) and one.path.is_dir():
            open_folders.append(iter(_listed(one.path, one.inside)))
        else:
            yield one


def _listed(folder: Path, inside: str) -> list[Found | Unfit]:
    """What lies in one folder, folders too, in order."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        return [Unfit(folder, f"This folder cannot be read: {error.strerror}.")]
    if not entries:
        return [Unfit(folder, EMPTY)]
    return [_judged(Path(entry.path), entry, inside) for entry in entries]


def _judged(path: Path, entry: os.DirEntry[str], inside: str) -> Found | Unfit:
    try:
        found = entry.stat(follow_symlinks=False)
        whole = f"{inside}/{file_name(entry.name)}"
    except OSError as error:
        return Unfit(path, f"This cannot be read: {error.strerror}.")
    except BadInputError as error:
        return Unfit(path, error.sentence)
    mode, tag = found.st_mode, getattr(found, "st_reparse_tag", 0)
    if entry.is_symlink() or tag == JUNCTION:
        return Unfit(path, "This is a link. Links are not followed; hand over what it leads to.")
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return Unfit(path, f"This is {_kind(mode)}, not a file.")
    return Found(path, whole)


def _kind(mode: int) -> str:
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"
