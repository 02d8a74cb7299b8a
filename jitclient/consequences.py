"""What an accepted entry of the membership log causes on this device, in the same transaction."""

from __future__ import annotations

from typing import assert_never

from crypto import message
from jitclient import records, sealing
from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged
from jitclient.foundation.text import visible
from jitclient.place import Place
from jitclient.sealing import Draft
from localstore import custody, evidence, messages, outbox, spacelog, spaces
from localstore.connection import transaction
from protocol.content import Welcome
from protocol.errors import RefusedError
from protocol.ids import MessageId, SpaceId, UserId
from protocol.membership import Entry, EntryKind

GONE = "You are no longer a member of this space"
_UNSENT = frozenset({"sealing", "uploading", "paused", "failed"})
_UNFETCHED = frozenset({"available", "downloading", "paused", "failed"})


def apply_entry(at: Place, entry: Entry) -> None:
    """Tell the conversation, welcome whom we added, forget whom somebody removed."""
    if entry.kind is EntryKind.CLOSE:
        return
    subject = UserId(entry.subject) if entry.subject is not None else None
    if subject is not None and entry.kind is EntryKind.ADD:
        _added(at, entry, subject)
    if subject is not None and entry.kind is EntryKind.REMOVE:
        _removed(at, subject)
    who = at.name(UserId(entry.actor_user))
    whom = at.name(subject) if subject is not None else ""
    add_event(at, UserId(entry.actor_user), _sentence(entry, who, whom))
    custody.append(at.sp, f"member-{entry.kind.value}", who, whom, f"entry {entry.seq}", at.now)
    at.session.tell(MessagesChanged(at.space))


def _added(at: Place, entry: Entry, subject: UserId) -> None:
    if subject == at.session.user:
        _came_back(at)
    elif entry.actor_device == at.session.device:
        _send_welcome(at, subject)


def _removed(at: Place, subject: UserId) -> None:
    if subject == at.session.user:
        _leave(at)
    else:
        sealing.forget_recipient(at, subject)
        _address_without(at, subject)


def _sentence(entry: Entry, who: str, whom: str) -> str:
    """What the conversation says of an entry."""
    match entry.kind:
        case EntryKind.ADD:
            return f"{who} added {whom}."
        case EntryKind.REMOVE:
            return f"{who} removed {whom}."
        case EntryKind.ROLE:
            return f"{who} made {whom} {entry.role.value if entry.role else ''}."
        case EntryKind.DEVICES:
            return f"{who} changed the list of devices."
        case EntryKind.REKEY:
            return f"{who} let {whom} in again with new devices."
        case EntryKind.HISTORY:
            return f"{who} opened earlier messages to {whom}."
        case EntryKind.POLICY:
            whose = "verified members only" if entry.verified_only else "all members"
            return f"{who} decided that evidence may go to {whose}."
        case EntryKind.CLOSE:
            return f"{who} closed the space."
        case _:
            assert_never(entry.kind)


def add_event(at: Place, author: UserId, text: str) -> None:
    """Put a line about the space itself into its conversation."""
    row = records.event(
        MessageId(at.session.entropy.token(16)),
        author,
        text,
        lamport=messages.next_lamport(at.sp),
        log_seq=at.log.roster.seq,
        now=at.now,
    )
    messages.add_message(at.sp, row)


def _send_welcome(at: Place, subject: UserId) -> None:
    card = spacelog.card(at.sp)
    if card is not None:
        welcome = Welcome(version=1, card_key=card[0])
        sealing.compose(at, Draft(content=welcome, kind="welcome", audience=(subject,)))


def _leave(at: Place) -> None:
    db = at.session.stores.device
    with transaction(db):
        spaces.update_space(db, at.space, state="left")
    for message_id in outbox.unsent(at.sp):
        outbox.refuse_outgoing(at.sp, message_id)
        problem = f"{GONE}; this was not sent."
        messages.update_message(at.sp, message_id, state="refused", problem=problem)
    outbox.give_up_late(at.sp)
    for row in evidence.exhibits(at.sp):
        if row.mine and row.state in _UNSENT:
            problem = f"{GONE}; the upload has ended and nobody received it."
        elif not row.mine and row.state in _UNFETCHED:
            problem = f"{GONE}; this exhibit was not fetched in time."
        else:
            continue
        evidence.update_exhibit(at.sp, row.file, state="failed", problem=problem)
    at.session.tell(SpacesChanged())
    at.session.tell(ExhibitsChanged(at.space))


def _address_without(at: Place, subject: UserId) -> None:
    """Own evidence that has not arrived at the store yet is for the others only."""
    for row in evidence.exhibits(at.sp):
        if row.mine and row.state in _UNSENT and subject in row.recipients:
            others = tuple(user for user in row.recipients if user != subject)
            evidence.update_exhibit(at.sp, row.file, recipients=others)
            at.session.tell(ExhibitsChanged(at.space))


def _came_back(at: Place) -> None:
    db = at.session.stores.device
    record = spaces.space(db, at.space)
    if record is not None and record.state == "left":
        with transaction(db):
            spaces.update_space(db, at.space, state="open")
        at.session.tell(SpacesChanged())


def note_context(space: SpaceId, seq: int) -> bytes:
    """What a sealed log note is bound to."""
    return b"note" + space + seq.to_bytes(8, "big")


def close_note(at: Place) -> str:
    """The reason of a closing, opened with the card key; empty when it cannot be read."""
    card = spacelog.card(at.sp)
    if card is None or not at.log.roster.close_note:
        return ""
    context = note_context(at.space, at.log.roster.seq)
    try:
        return visible(message.open_note(card[0], context, at.log.roster.close_note).decode())
    except (RefusedError, UnicodeDecodeError):
        return ""
