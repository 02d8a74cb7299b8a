"""What an accepted entry of the membership log causes on this device, in the same transaction."""

from __future__ import annotations

from typing import assert_never

from jitclient import knowing, notes, records, sealing, sharing
from jitclient.errors import DeviceRevokedError
from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged
from jitclient.place import Place
from jitclient.sealing import Draft
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import custody, evidence, messages, outbox, people, spacelog, spaces
from localstore.connection import Connection, transaction
from protocol.content import Welcome
from protocol.errors import ActionNeededError, RefusedError
from protocol.ids import DeviceId, MessageId, UserId
from protocol.membership import Entry, EntryKind

GONE = "You are no longer a member of this space"
REVOKED = "This device was revoked"
_STATE_WHY = frozenset({EntryKind.REMOVE, EntryKind.DEVICES})
_UNSENT = frozenset({"sealing", "uploading", "paused", "failed"})
_UNFETCHED = frozenset({"available", "downloading", "paused", "failed"})


def apply_entry(at: Place, entry: Entry, before: SpaceLog) -> None:
    """Tell the conversation, welcome whom we let in, forget whom and what somebody removed."""
    if entry.kind is EntryKind.CLOSE:
        return
    subject = UserId(entry.subject) if entry.subject is not None else None
    if subject is not None:
        _about(at, entry, subject)
    who = at.name(UserId(entry.actor_user))
    whom = at.name(subject) if subject is not None else ""
    reason = notes.read(at.sp, at.space, entry.seq, entry.note)
    told = sentence(entry, who, whom)
    detail = f"entry {entry.seq}"
    if entry.kind is EntryKind.CONTROLLER and subject is not None:
        told = designation(at.session, at.sp, at.log, entry)
    elif entry.kind is EntryKind.DEVICES and subject is not None:
        told = _devices_sentence(who, subject, before, at.log)
    elif _with_another_key(at, entry, subject):
        told = f"{who} added {whom}, with another key than before."
        detail += ", another key than before"
    if reason:
        detail += f": {reason}"
    add_event(at, UserId(entry.actor_user), reasoned(told, entry, reason))
    custody.append(at.sp, f"member-{entry.kind.value}", who, whom, detail, at.now)
    at.session.tell(MessagesChanged(at.space))


def _with_another_key(at: Place, entry: Entry, subject: UserId | None) -> bool:
    if entry.kind is not EntryKind.ADD or subject is None or entry.user_key is None:
        return False
    strange = knowing.is_strange(at.session, subject, entry.user_key)
    return strange or people.came_instead(at.session.stores.device, subject, entry.user_key)


def _about(at: Place, entry: Entry, subject: UserId) -> None:
    mine = entry.actor_device == at.session.device
    match entry.kind:
        case EntryKind.ADD | EntryKind.REKEY if subject == at.session.user:
            _came_back(at)
        case EntryKind.ADD:
            _welcome_if(at, subject, wanted=mine)
        case EntryKind.DEVICES | EntryKind.REKEY:
            _cut_off(at, subject, entry)
            _welcome_if(at, subject, wanted=mine and _has_others(at, subject))
        case EntryKind.REMOVE:
            _removed(at, subject)
        case EntryKind.HISTORY if mine:
            sharing.begin(at, subject, entry)
        case _:
            return


def _welcome_if(at: Place, subject: UserId, *, wanted: bool, only: DeviceId | None = None) -> None:
    card = spacelog.card(at.sp)
    if card is not None and wanted:
        welcome = Welcome(version=1, card_key=card[0])
        draft = Draft(content=welcome, kind="welcome", audience=(subject,), only=only)
        sealing.compose(at, draft)


def welcome_own_devices(at: Place) -> None:
    """Who knows what a space is tells the other devices of the person.

    At its opening nobody adds them, and one that was linked by a device which did not know itself
    yet was welcomed by nobody. Who cannot write now is silent; they hear it another way.
    """
    try:
        _welcome_if(at, at.session.user, wanted=_has_others(at, at.session.user))
    except (ActionNeededError, RefusedError):
        return


def welcome_device(at: Place, user: UserId, device: DeviceId) -> None:
    """A device of a member asks what the space is: whoever knows tells it (41-membership.md §4)."""
    try:
        _welcome_if(at, user, wanted=True, only=device)
    except (ActionNeededError, RefusedError):
        return


def _has_others(at: Place, user: UserId) -> bool:
    """Whether a person has any device here besides this one."""
    return any(entry.device != at.session.device for _, entry in at.log.devices((user,)))


def _cut_off(at: Place, subject: UserId, entry: Entry) -> None:
    """What waits for a device that is gone is not sent to it; one's own device ends here."""
    for cut in entry.cut:
        sealing.forget_device(at, DeviceId(cut.device))
        if cut.device == at.session.device:
            _leave(at, REVOKED)
            name = at.name(UserId(entry.actor_user))
            told = DeviceRevokedError(
                f"{name} revoked this device. It receives nothing more; what is here stays "
                "readable. If this was not your doing, tell the others at once."
            )
            at.session.alarm(None, told)
    if at.session.user == subject:
        at.session.tell(SpacesChanged())


def _removed(at: Place, subject: UserId) -> None:
    if subject == at.session.user:
        _leave(at, GONE)
    else:
        sealing.forget_recipient(at, subject)
        _address_without(at, subject)


def _devices_sentence(who: str, subject: UserId, before: SpaceLog, after: SpaceLog) -> str:
    """Everybody sees what changed about somebody's devices."""
    old = {entry.device for _, entry in before.devices((subject,))}
    new = {entry.device for _, entry in after.devices((subject,))}
    done = []
    if added := len(new - old):
        done.append("linked another device" if added == 1 else f"linked {added} devices")
    if gone := len(old - new):
        done.append("revoked a device" if gone == 1 else f"revoked {gone} devices")
    return f"{who} {' and '.join(done) or 'renewed the list of devices'}."


def sentence(entry: Entry, who: str, whom: str) -> str:
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
        case EntryKind.POLICY | EntryKind.CONTROLLER:
            return _decided(entry, who, whom)
        case EntryKind.CLOSE:
            return f"{who} closed the space."
        case _:
            assert_never(entry.kind)


def _decided(entry: Entry, who: str, whom: str) -> str:
    if entry.kind is EntryKind.CONTROLLER:
        return f"{who} designated the controller of what {whom} hands over."
    whose = "verified members only" if entry.verified_only else "all members"
    return f"{who} decided that evidence may go to {whose}."


def reasoned(told: str, entry: Entry, reason: str) -> str:
    """A sentence about an entry, with the reason that its author stated."""
    states = reason and entry.kind in _STATE_WHY
    return f"{told.removesuffix('.')}: {reason}" if states else told


def withdrawal(who: str, name: str, reason: str) -> str:
    """What the conversation says of an exhibit that its author took back."""
    if reason:
        return f"{who} withdrew “{name}”: {reason}"
    return f"{who} withdrew “{name}”."


def designation(session: Session, sp: Connection, log: SpaceLog, entry: Entry) -> str:
    """Who was designated controller, of whose data, and why (R23.2)."""
    space, subject = log.roster.space, UserId(entry.subject or b"")
    who, whom = session.name_of(UserId(entry.actor_user)), session.name_of(subject)
    named = log.roster.controller(subject, entry.seq)
    whose = session.name_of(named) if named is not None else ""
    reason = notes.read(sp, space, entry.seq, entry.note)
    told = f"{who} designated {whose} controller of what {whom} hands over"
    return f"{told}: {reason}" if reason else f"{told}."


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


def _leave(at: Place, why: str) -> None:
    db = at.session.stores.device
    with transaction(db):
        spaces.update_space(db, at.space, state="left")
    for message_id in outbox.unsent(at.sp):
        outbox.refuse_outgoing(at.sp, message_id)
        problem = f"{why}; this was not sent."
        messages.update_message(at.sp, message_id, state="refused", problem=problem)
    outbox.give_up_late(at.sp)
    for row in evidence.exhibits(at.sp):
        if row.mine and row.state in _UNSENT:
            problem = f"{why}; the upload has ended and nobody received it."
        elif not row.mine and row.state in _UNFETCHED:
            problem = f"{why}; this exhibit was not fetched in time."
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
            at.session.tell(ExhibitsChanged.of(at.space, row.file))


def _came_back(at: Place) -> None:
    db = at.session.stores.device
    record = spaces.space(db, at.space)
    if record is not None and record.state == "left":
        with transaction(db):
            spaces.update_space(db, at.space, state="open")
        at.session.tell(SpacesChanged())
