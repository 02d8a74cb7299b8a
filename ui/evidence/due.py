"""Which exhibits of the space in front are to be read again, and where those that came belong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile
from typing import Final

from jitclient.views import ExhibitRow
from protocol.ids import FileId

MOST: Final = 1_000
"""More than so many at a time are read as everything is."""


class Due:
    """What changed since it was read. New, everything is to be read."""

    def __init__(self) -> None:
        self._every, self._some = True, set[FileId]()

    def note(self, files: Collection[FileId] | None) -> None:
        """These changed; None: perhaps any of them."""
        if files is None:
            self._every = True
        else:
            self._some.update(files)

    def take(self) -> frozenset[FileId] | None:
        """What to read now; None: everything. Afterwards nothing is to be read."""
        every = self._every or len(self._some) > MOST
        some, self._every, self._some = frozenset(self._some), False, set()
        return None if every else some


def among(
    rows: Mapping[FileId, ExhibitRow], read: Iterable[ExhibitRow]
) -> dict[FileId, ExhibitRow] | None:
    """The rows of a list, newest first, with those that were read again or came.

    None: one came that is older than many that are here; all are read again.
    """
    came = sorted((one for one in read if one.file not in rows), key=_age)
    changed = {one.file: one for one in read if one.file in rows}
    if not came:
        return {**rows, **changed}
    newer = list(takewhile(lambda one: _age(one) < _age(came[-1]), rows.values()))
    if len(newer) > MOST:
        return None
    first = {one.file: one for one in sorted((*came, *newer), key=_age)}
    return {**first, **rows, **changed}


def _age(row: ExhibitRow) -> tuple[int, bytes]:
    """As the database has them: the newest first."""
    return -row.added_at, row.file
