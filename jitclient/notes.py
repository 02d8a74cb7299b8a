"""The sealed note of a log entry: a reason that members read and the store cannot.

Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

from crypto import message
from jitclient.foundation.text import visible
from jitclient.session import Session
from localstore import spacelog
from localstore.connection import Connection
from protocol.errors import RefusedError
from protocol.ids import SpaceId


def seal(session: Session, space: SpaceId, text: str) -> bytes:
    """Seal `text` for the next entry of a log; empty when this device has no card key yet."""
    card = spacelog.card(session.stores.space(space))
    if card is None:
        return b""
    context = _context(space, session.log(space).roster.seq + 1)
    return message.seal_note(card[0], context, text.encode(), session.entropy)


def read(sp: Connection, space: SpaceId, seq: int, note: bytes) -> str:
    """The note of entry `seq`, opened with the card key; empty when it cannot be read."""
    card = spacelog.card(sp)
    if card is None or not note:
        return ""
    try:
        return visible(message.open_note(card[0], _context(space, seq), note).decode())
    except (RefusedError, UnicodeDecodeError):
        return ""


def _context(space: SpaceId, seq: int) -> bytes:
    """What a note is bound to."""
    return b"note" + space + seq.to_bytes(8, "big")
