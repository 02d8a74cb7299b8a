"""One space after another: what is wrong with one of them is told, and holds up no other.

May import: session and below. Functions run on the database thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from jitclient.session import WIPED_STATES, Session
from localstore import spaces
from protocol.errors import (
    ConfigurationError,
    DamagedStoreError,
    LogForkError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    SpaceClosedError,
)
from protocol.ids import SpaceId

T = TypeVar("T")

_NOTHING_TO_DO = (SpaceClosedError, NotFoundError, NotPermittedError, LogForkError)
"""The space ended meanwhile, or a fork stopped it, which was told when it was found."""


def attempt(
    session: Session, space: SpaceId, function: Callable[..., T], *args: object
) -> T | None:
    """Call `function(session, space, *args)`; None when this space cannot be worked in.

    What concerns the whole device (a full disk, the store out of reach) is raised as ever.
    """
    try:
        return function(session, space, *args)
    except _NOTHING_TO_DO:
        return None
    except (DamagedStoreError, ConfigurationError, RefusedError) as error:
        tell(session, space, error)
        return None


def gather(session: Session, function: Callable[[Session, SpaceId], Iterable[T]]) -> list[T]:
    """What `function` finds in all spaces kept here; one that cannot be worked in adds nothing."""
    found: list[T] = []
    for row in spaces.spaces(session.stores.device):
        if row.state not in WIPED_STATES and row.log_seq >= 0:
            found += attempt(session, SpaceId(row.space), function) or ()
    return found


def at_work(session: Session) -> list[SpaceId]:
    """The spaces that are open and whose log is here: in them something can still happen."""
    rows = spaces.spaces(session.stores.device)
    return [SpaceId(row.space) for row in rows if row.state == "open" and row.log_seq >= 0]


def tell(
    session: Session, space: SpaceId, error: DamagedStoreError | ConfigurationError | RefusedError
) -> None:
    """Put on record that a space cannot be worked in, once."""
    record = spaces.space(session.stores.device, space)
    title = (record.title if record else "") or space.hex()[:8]
    told = type(error)(f"“{title}” cannot be used: {error.sentence}", code=error.reason)
    session.alarm(space, told, key="space")
