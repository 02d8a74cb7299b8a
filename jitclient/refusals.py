"""What is said of a log entry that was refused, and what tells a fork from a forgery.

Spec: docs/protocol/41-membership.md §2.
"""

from __future__ import annotations

from crypto import membership, signatures
from crypto.devicelist import find_device
from jitclient.sealing import FORK
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import devices
from localstore.connection import transaction
from localstore.spaces import SpaceRecord
from protocol.errors import ForgedError, LogForkError, RefusedError
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, EntryKind, Genesis, entry_hash


def record(
    session: Session, row: SpaceRecord, data: bytes, number: int, error: RefusedError
) -> None:
    """Tell what the refused entry would have done and in whose name; a fork stops sending."""
    title = row.title or row.space.hex()[:8]
    sentence = f"The membership log of “{title}” was refused at entry {number}: {error.sentence}"
    try:
        entry = signatures.peek(data, Entry)
    except RefusedError:
        pass  # it is no entry at all
    else:
        who = session.name_of(UserId(entry.actor_user))
        whom = session.name_of(UserId(entry.subject)) if entry.subject is not None else ""
        act = {EntryKind.ADD: f" adds {whom}", EntryKind.REMOVE: f" removes {whom}"}
        act[EntryKind.CLOSE] = " closes the space"
        sentence += f" It{act.get(entry.kind, ' stands')} in the name of {who}."
        if entry.kind is EntryKind.CLOSE:
            sentence += " Nothing was wiped."
    space = SpaceId(row.space)
    if isinstance(error, LogForkError):
        with transaction(session.stores.device):
            devices.set_setting(session.stores.device, FORK + space.hex(), sentence)
    told = type(error)(sentence, code=error.reason)
    session.alarm(space, told, key=f"entry-{number}")


def second_version(session: Session, log: SpaceLog, seq: int, data: bytes) -> None:
    """Refuse another entry for a place that is taken: a fork if a member signed it."""
    if entry_hash(signatures.parse(data).body) == log.heads[seq]:
        return  # the same entry, signed once more
    signer = membership.signer_of(data)
    known = log.lists.get(signer.user)
    listed = find_device(known, signer.device) if known is not None else None
    if listed is None:
        raise ForgedError("The store shows a second version of it, by a stranger.")
    signatures.verify(data, listed.signing, Entry if seq else Genesis, signer=signer.device)
    raise LogForkError(
        f"{session.name_of(signer.user)} signed two different entries for one place. Somebody "
        "shows members different lists. Do not send anything; compare in person."
    )
