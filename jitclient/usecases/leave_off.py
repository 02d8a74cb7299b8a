"""How a space was left is found again: begun edits and forms, places in lists, filters.

None of it travels, and it dies with the space. What it means is known to the window alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jitclient.session import Session
from localstore import leftoff
from localstore.connection import transaction
from protocol.errors import BadInputError
from protocol.ids import SpaceId

MOST_CHARACTERS: Final = 1 << 20
_LONGEST_NAME: Final = 40


def note(session: Session, space: SpaceId, changed: Mapping[str, str]) -> None:
    """Keep what changed, by name; an empty text is forgotten. Database thread.

    Raises:
        BadInputError: longer than anything a person leaves; NotFoundError: no such space;
        SpaceClosedError: it was wiped.
    """
    if any(len(k) > _LONGEST_NAME or len(v) > MOST_CHARACTERS for k, v in changed.items()):
        raise BadInputError("This is too long to be kept.")
    sp = session.stores.space(space)
    with transaction(sp):
        for name, text in changed.items():
            leftoff.keep(sp, name, text)


def noted(session: Session, space: SpaceId) -> dict[str, str]:
    """What was kept, by name. Database thread.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    return leftoff.load(session.stores.space(space))
