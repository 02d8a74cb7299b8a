"""Closing a space: one signed entry that every device obeys by wiping its copies."""

from __future__ import annotations

from jitclient import notes
from jitclient.entries import Refresh, append, draft
from jitclient.foundation.text import check_reason
from jitclient.session import Session
from protocol.ids import SpaceId
from protocol.membership import EntryKind
from sync.api import StoreApi


async def close_space(
    session: Session, api: StoreApi, refresh: Refresh, space: SpaceId, reason: str
) -> None:
    """Close a space for everyone. The reason is sealed: members read it, the store cannot.

    Raises:
        BadInputError: no usable reason; NotPermittedError: only an administrator may;
        StoreUnreachableError: nothing was closed.
    """
    text = check_reason(reason)

    def build() -> bytes:
        return _closing(session, space, text)

    await append(session, api, refresh, space, build)


def _closing(session: Session, space: SpaceId, reason: str) -> bytes:
    return draft(session, space, EntryKind.CLOSE, note=notes.seal(session, space, reason))
