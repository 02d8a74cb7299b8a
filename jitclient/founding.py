"""Spaces written here while the store was out of reach: opened there, or given up.

What one space is answered concerns that space alone; the others are received and sent as ever.
Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

from collections.abc import Sequence

from jitclient import spacewise
from jitclient.events import SpacesChanged
from jitclient.session import Session
from localstore import spacelog, spaces, wipe
from localstore.connection import checkpoint, transaction
from protocol.api.spaces import SpaceSummary
from protocol.errors import (
    ActionNeededError,
    DiskError,
    RefusedError,
    StoreIdentityError,
    TryAgainError,
)
from protocol.ids import SpaceId
from sync.api import StoreApi

CREATING = "creating"


async def finish_creating(
    session: Session, api: StoreApi, summaries: Sequence[SpaceSummary]
) -> None:
    """Create at the store what was created here while it was out of reach."""
    at_store = {s.id for s in summaries}
    for space, genesis in await session.run(_creating, session):
        if space not in at_store:
            try:
                await api.create_space(genesis)
            except (TryAgainError, StoreIdentityError, DiskError):
                raise
            except (ActionNeededError, RefusedError) as error:
                await session.run(_not_created, session, space, error)
                continue
        await session.run(_created, session, space)


def _creating(session: Session) -> list[tuple[SpaceId, bytes]]:
    found = []
    for record in spaces.spaces(session.stores.device):
        if record.state == CREATING:
            space = SpaceId(record.space)
            stored = spacewise.attempt(session, space, _genesis)
            if stored:
                found.append((space, stored))
    return found


def _genesis(session: Session, space: SpaceId) -> bytes:
    stored = spacelog.entries(session.stores.space(space))
    if stored:
        return stored[0]
    forget(session, space)  # cut off before anything of it was written
    return b""


def forget(session: Session, space: SpaceId) -> None:
    """Drop a space that never came into being, with its key and its files."""
    session.logs.pop(space, None)
    session.stores.close_space(space)
    with transaction(session.stores.device):
        spaces.remove_space(session.stores.device, space)
    checkpoint(session.stores.device)
    wipe.destroy(session.profile, space)
    session.tell(SpacesChanged())


def _not_created(session: Session, space: SpaceId, error: ActionNeededError | RefusedError) -> None:
    """Tell it; what the store turned down for good is not offered again, but stays readable."""
    record = spaces.space(session.stores.device, space)
    if record is None:
        return
    sentence = f"The store did not open the space “{record.title}”. {error.sentence}"
    session.alarm(space, type(error)(sentence, code=error.reason), key="creating")
    if isinstance(error, ActionNeededError):
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, state="left")
        session.tell(SpacesChanged())


def _created(session: Session, space: SpaceId) -> None:
    record = spaces.space(session.stores.device, space)
    if record is None or record.state != CREATING:
        return  # it was given up, or taken over, meanwhile
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, state="open")
    session.tell(SpacesChanged())
