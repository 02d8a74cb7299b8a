"""The order in which exhibits are looked at: the list's, or that of the review queue. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow, ExhibitState
from protocol.ids import FileId

_OPEN: Final = frozenset({ReviewState.NEW.value, ReviewState.IN_REVIEW.value})


@dataclass(frozen=True, slots=True)
class Course:
    """As it stood when the viewer was opened: what is marked meanwhile moves nothing.

    `queue`: it is what there was to review.
    """

    files: tuple[FileId, ...]
    queue: bool = False

    def place(self, file: FileId) -> int:
        """Where an exhibit stands, from 0; -1: nowhere."""
        return self.files.index(file) if file in self.files else -1

    def at(self, place: int) -> FileId | None:
        """The exhibit of a place, if there is that place."""
        return self.files[place] if 0 <= place < len(self.files) else None


def waiting(rows: Iterable[ExhibitRow]) -> Course:
    """What can be looked at and is to be reviewed; 100,000 rows in one go, so without calls."""
    here, still = ExhibitState.VERIFIED, _OPEN
    files = [one.file for one in rows if one.review in still and one.state is here and not one.mine]
    return Course(tuple(files), queue=True)
