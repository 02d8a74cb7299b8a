"""What is said of a log entry that was refused, and what tells a fork from a forgery.

Spec: docs/protocol/41-membership.md §2.
"""

from __future__ import annotations

from typing import assert_never

from crypto import signatures
from jitclient import forks
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore.spaces import SpaceRecord
from protocol.errors import ForgedError, LogForkError, RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import Entry, EntryKind, EntryRefusedError, Genesis, entry_hash


def record(
    session: Session, row: SpaceRecord, data: bytes, number: int, error: RefusedError
) -> None:
    """Tell what the refused entry would have done and in whose name; a fork stops sending."""
    title = row.title or row.space.hex()[:8]
    sentence = f"The membership log of “{title}” was refused at entry {number}: {error.sentence}"
    sentence += _what_it_says(session, data)
    space = SpaceId(row.space)
    if isinstance(error, LogForkError):
        forks.stop_for_entry(session, space, LogForkError(sentence), data)
    told = type(error)(sentence, code=error.reason)
    session.alarm(space, told, key=f"entry-{number}")


def _what_it_says(session: Session, data: bytes) -> str:
    """What a refused entry claims; nothing of it is proven."""
    try:
        return _what_an_entry_says(session, signatures.peek(data, Entry))
    except RefusedError:
        pass
    try:
        opener = signatures.peek(data, Genesis).actor_user
    except RefusedError:
        return ""  # it is neither
    return f" It opens the space in the name of {session.name_of(UserId(opener))}."


def _what_an_entry_says(session: Session, entry: Entry) -> str:
    who = session.name_of(UserId(entry.actor_user))
    whom = session.name_of(UserId(entry.subject)) if entry.subject is not None else ""
    match entry.kind:
        case EntryKind.ADD:
            return f" It adds {whom} in the name of {who}."
        case EntryKind.REMOVE:
            return f" It removes {whom} in the name of {who}."
        case EntryKind.CLOSE:
            return f" It closes the space in the name of {who}. Nothing was wiped."
        case EntryKind.REKEY:
            return f" It gives {whom} another key in the name of {who}."
        case EntryKind.HISTORY:
            return f" It opens earlier messages to {whom} in the name of {who}."
        case EntryKind.CONTROLLER:
            return f" It designates a controller for {whom} in the name of {who}."
        case EntryKind.ROLE | EntryKind.DEVICES | EntryKind.POLICY:
            return f" It stands in the name of {who}."
        case _:
            assert_never(entry.kind)


def second_version(session: Session, log: SpaceLog, number: int, data: bytes) -> None:
    """Refuse another entry for a place that is taken: a fork if a member signed it.

    Raises:
        EntryRefusedError: it belongs to another space, where its place may be right.
        ForgedError: no device that was ever a member's signed it.
        LogForkError: one did.
    """
    if entry_hash(signatures.parse(data).body) == log.heads[number]:
        return  # the same entry, signed once more
    entry = signatures.peek(data, Entry) if number else None
    if entry is None or entry.space != log.roster.space:  # a space has one beginning
        raise EntryRefusedError("The entry belongs to another space.", code="other-space")
    # Also a device that is revoked by now: what it signed before is proof for ever.
    owner, listed = log.ever.get(DeviceId(entry.actor_device), (None, None))
    if listed is None or owner != entry.actor_user:
        raise ForgedError("The store shows a second version of it, by a stranger.")
    signatures.verify(data, listed.signing, Entry, signer=listed.device)
    raise LogForkError(
        f"{session.name_of(UserId(entry.actor_user))} signed two different entries for one place. "
        "Somebody shows members different lists. Do not send anything; compare in person."
    )
