"""How much of the disk a profile takes, space by space."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from jitclient.session import WIPED_STATES, Session
from jitclient.storageviews import KeptRow, StorageView
from localstore import spaces
from localstore.faults import translated
from protocol.ids import SpaceId

Listed = tuple[SpaceId, str, Path]


def listed(session: Session) -> tuple[Listed, ...]:
    """The spaces that keep something here, with their folders. On the database thread."""
    return tuple(
        (SpaceId(one.space), one.title, session.profile.space_folder(one.space))
        for one in spaces.spaces(session.stores.device)
        if one.state not in WIPED_STATES
    )


def measured(folder: Path, kept: Iterable[Listed]) -> StorageView:
    """Look at every file once; what vanishes meanwhile counts nothing. Not on the database thread.

    Raises:
        DiskError: the disk cannot be asked.
    """
    places = {at.name: (space, title) for space, title, at in kept}
    taken = {name: [0, 0] for name in places}
    keys = 0
    for inside, size in _files(folder):
        name = inside[1] if len(inside) > 2 and inside[0] == "spaces" else ""
        if name in taken:
            taken[name][len(inside) > 3] += size
        else:
            keys += size
    rows = [
        KeptRow(space=space, title=title, messages=taken[name][0], exhibits=taken[name][1])
        for name, (space, title) in places.items()
    ]
    rows.sort(key=lambda one: (-one.total, one.space))
    with translated():
        free = shutil.disk_usage(folder).free
    return StorageView(folder=str(folder), rows=tuple(rows), keys=keys, free=free)


def _files(folder: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every file: the steps to it from `folder`, and its bytes."""
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at, name)
            try:
                yield path.relative_to(folder).parts, path.lstat().st_size
            except OSError:
                continue  # a part that was erased, a journal that was taken in
