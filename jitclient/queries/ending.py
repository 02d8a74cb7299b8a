"""What is still open in a space that somebody is about to close."""

from __future__ import annotations

from typing import Final

from jitclient.endviews import Outstanding
from jitclient.foundation.text import visible
from jitclient.session import Session
from localstore import ending, outbox
from protocol.ids import SpaceId, UserId

MOST: Final = 5
"""So many of one kind come with their names; the lists have all."""


def outstanding(session: Session, space: SpaceId) -> Outstanding:
    """What the closing would end or leave behind.

    Raises:
        NotFoundError: no such space here; SpaceClosedError: it was wiped.
    """
    sp = session.stores.space(space)
    unsaved, moving = ending.unsaved(sp, MOST), ending.moving(sp, MOST)
    owing = [(session.name_of(UserId(user)), n) for user, n in ending.owing(sp).items()]
    return Outstanding(
        unsaved=unsaved.count,
        unsaved_names=_names(unsaved),
        moving=moving.count,
        moving_names=_names(moving),
        messages=outbox.waiting(sp),
        owing=tuple(sorted(owing, key=lambda one: (-one[1], one[0]))),
    )


def _names(some: ending.Some) -> tuple[str, ...]:
    return tuple(visible(" ".join(filter(None, pair))) for pair in some.first)
