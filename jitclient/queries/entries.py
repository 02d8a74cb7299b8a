"""The membership log of a space in words, entry by entry."""

from __future__ import annotations

from crypto import signatures
from jitclient import notes
from jitclient.consequences import designation, reasoned, sentence
from jitclient.session import Session
from jitclient.views import LogEntryRow
from localstore import spacelog
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, EntryKind


def log_entries(session: Session, space: SpaceId) -> tuple[LogEntryRow, ...]:
    """Every entry that was followed here, oldest first; they were verified when they came.

    Raises:
        NotFoundError: nothing of this space is here yet.
    """
    genesis = session.log(space).roster.genesis
    opened = f"{session.name_of(UserId(genesis.actor_user))} opened the space."
    sp = session.stores.space(space)
    rows = [LogEntryRow(seq=0, at=genesis.claimed_at, text=opened)]
    for signed in spacelog.entries(sp, 1):
        entry = signatures.peek(signed, Entry)
        who = session.name_of(UserId(entry.actor_user))
        whom = session.name_of(UserId(entry.subject)) if entry.subject is not None else ""
        text = sentence(entry, who, whom)
        if entry.kind is EntryKind.CONTROLLER:
            text = designation(session, sp, session.log(space), entry)
        text = reasoned(text, entry, notes.read(sp, space, entry.seq, entry.note))
        rows.append(LogEntryRow(seq=entry.seq, at=entry.claimed_at, text=text))
    return tuple(rows)
