"""One space at work on the database thread: its database, its verified log, the device in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore.connection import Connection
from protocol.ids import SpaceId, UserId


@dataclass(frozen=True, slots=True)
class Place:
    """What nearly every act in a space needs. Made anew for each act, never kept."""

    session: Session
    sp: Connection
    log: SpaceLog

    @property
    def space(self) -> SpaceId:
        """Which space."""
        return self.log.roster.space

    @property
    def now(self) -> int:
        """Unix seconds."""
        return self.session.clock.now()

    def name(self, user: UserId) -> str:
        """A person's name for display."""
        return self.session.name_of(user)

    def members(self, users: Iterable[bytes]) -> tuple[UserId, ...]:
        """Those of `users` who are members now."""
        return tuple(UserId(u) for u in users if u in self.log.roster.members)


def place(session: Session, space: SpaceId) -> Place:
    """Open a space for one act.

    Raises:
        NotFoundError: no such space, or no log yet; SpaceClosedError: it was wiped.
    """
    return Place(session, session.stores.space(space), session.log(space))
