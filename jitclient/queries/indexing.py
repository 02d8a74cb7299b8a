"""Indexing what is searched, in slices between which other work goes on. Database thread."""

from __future__ import annotations

from typing import Final

from jitclient import spacewise
from jitclient.queries import search
from jitclient.session import Session
from localstore import searchindex
from localstore.connection import transaction
from localstore.searchindex import SUBJECTS
from protocol.ids import SpaceId

SLICE_ROWS: Final = 500
"""So many rows are indexed at once: about 20 ms of the database thread."""


def indexed(session: Session, space: SpaceId | None) -> int:
    """How much of what is here can be found, in percent; 100 only when it is all."""
    waiting = total = 0
    for one in search.searched(session):
        if space in (None, one):
            found = spacewise.attempt(session, one, _backlog)
            waiting, total = (a + b for a, b in zip((waiting, total), found or (0, 0), strict=True))
    return 100 if not waiting else min(99, 100 * (total - waiting) // max(1, total))


def _backlog(session: Session, space: SpaceId) -> tuple[int, int]:
    return searchindex.backlog(session.stores.space(space))


def settle(session: Session, space: SpaceId) -> bool:
    """Index a slice of what came last; False: nothing is left."""
    sp = session.stores.space(space)
    if not any(searchindex.fresh(sp, subject) for subject in SUBJECTS):
        return False
    with transaction(sp):
        return any(searchindex.settle(sp, subject, SLICE_ROWS) for subject in SUBJECTS)


def catch_up(session: Session, space: SpaceId) -> bool:
    """Index a slice of what is not yet, what came last first; False: nothing is left."""
    if settle(session, space):
        return True
    sp = session.stores.space(space)
    if not searchindex.backlog(sp)[0]:
        return False
    with transaction(sp):
        return any(searchindex.catch_up(sp, subject, SLICE_ROWS) for subject in SUBJECTS)
