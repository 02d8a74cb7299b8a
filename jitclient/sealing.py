"""Writing a message: seal its body once, step each pairwise ratchet, put the bytes in the outbox.

Runs on the database thread inside the caller's transaction, so that the message, the new ratchet
states and the exact envelope bytes become durable together (docs/protocol/40-messages.md §5).
A device without a session yet gets its envelope when its prekey bundle arrives (`seal_waiting`),
perhaps long after the others have theirs; what is written later never overtakes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from crypto import message
from jitclient import controllers, freshness, knowing, pairs, records, witnessing
from jitclient.errors import KeyChangedError
from jitclient.events import MessagesChanged
from jitclient.forks import FORK
from jitclient.place import Place, place
from jitclient.session import Session
from localstore import again, devices, messages, outbox, sessions
from localstore.connection import transaction
from localstore.messages import MessageRecord
from localstore.outbox import OutboxRecord
from protocol import codec
from protocol.content import Body, Content
from protocol.devicelist import DeviceEntry
from protocol.envelope import Envelope, KeyMsg
from protocol.errors import (
    LimitExceededError,
    LogForkError,
    NotPermittedError,
    SpaceClosedError,
)
from protocol.ids import DeviceId, EnvelopeId, FileId, MessageId, SpaceId, UserId, mailbox_id
from protocol.limits import MAX_BODY_BYTES
from protocol.roles import Right, allows

QUIET_KINDS = frozenset({"receipts", "welcome", "again", "past"})

SPOKEN_KINDS = frozenset({"text", "edit", "exhibit"})
"""What a person says: it waits for her decision when the key of a reader changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a message says, before it has a place. `audience` empty: every other member.

    `only`: for this device alone. `forced`: in a fresh session, because something did not open.
    """

    content: Content
    kind: str
    audience: tuple[UserId, ...] = ()
    text: str = field(default="", repr=False)
    file: FileId | None = None
    reply_to: MessageId | None = None
    only: DeviceId | None = None
    forced: bool = False


def compose(at: Place, draft: Draft) -> MessageRecord:
    """Write one message and put it in the outbox.

    Raises:
        SpaceClosedError: the space is closed or this person was removed.
        NotPermittedError: the role does not allow it.
        LogForkError, TwoVersionsError: nothing is sent until a person has decided.
        PutBackError: an old copy of this profile runs.
        LimitExceededError: the content does not fit a message.
        KeyChangedError: a reader has a new key, and nobody here has decided about it.
    """
    session = at.session
    if draft.kind not in QUIET_KINDS:
        freshness.refuse(session)
    _may_write(at, draft.kind)
    users = _readers(at, draft)
    body = Body(
        version=1,
        lamport=messages.next_lamport(at.sp),
        claimed_at=at.now,
        audience=draft.audience,
        content=draft.content,
        seen=(),
    )
    quiet = draft.kind in QUIET_KINDS
    sealed, key_msg = _seal(at, codec.encode(body) if quiet else witnessing.encoded(at, body))
    me = (session.user, session.device)
    record = replace(
        records.placed(key_msg, body, me, kind=draft.kind, text=draft.text, now=at.now),
        state="saved",
        file=draft.file,
        reply_to=draft.reply_to,
    )
    messages.add_message(at.sp, record)
    if draft.kind not in QUIET_KINDS:
        messages.expect(at.sp, record.message, list(users))
    addressed = _addressed(at, draft, users)
    if draft.only is not None:
        addressed = [one for one in addressed if one[1].device == draft.only]
    if addressed:
        _enqueue(at, sealed, key_msg, addressed, forced=draft.forced)
    session.tell(MessagesChanged(at.space))
    return record


def _readers(at: Place, draft: Draft) -> tuple[UserId, ...]:
    """The other persons it is for.

    Raises:
        KeyChangedError: one of them has a new key that nobody here has decided about. What is sent
            without a person's doing leaves him out instead.
    """
    me, members = at.session.user, at.log.roster.members
    users = tuple(u for u in (draft.audience or at.log.others(me)) if u != me)
    changed = [
        user
        for user in users
        if user in members and knowing.is_open(at.session, user, members[user].user_key)
    ]
    if changed and draft.kind in SPOKEN_KINDS:
        raise KeyChangedError(
            f"{at.name(changed[0])} is here with a new key. Nothing is sent to it before you have "
            "compared the safety number, or accepted the key."
        )
    return tuple(user for user in users if user not in changed)


def _addressed(
    at: Place, draft: Draft, users: tuple[UserId, ...]
) -> list[tuple[UserId, DeviceEntry]]:
    """Every device of the readers, and one's own other devices unless it is a quiet message."""
    me = at.session.user
    if draft.kind not in QUIET_KINDS or me in draft.audience:
        users = (*users, me)
    return [one for one in at.log.devices(users) if one[1].device != at.session.device]


def _may_write(at: Place, kind: str) -> None:
    member = at.log.roster.members.get(at.session.user)
    if at.log.roster.closed:
        raise SpaceClosedError("This space is closed; nothing new can enter it.")
    if member is None:
        raise SpaceClosedError("You are no longer a member of this space.")
    if not at.log.admits(at.session.user, at.session.device):
        raise NotPermittedError(
            "The members of this space do not know this device yet. One of your other devices "
            "announces it, or after a new invitation an administrator lets you in again.",
            code="device-not-in-log",
        )
    refuse_fork(at.session, at.space)
    if kind in SPOKEN_KINDS:
        witnessing.refuse(at.session, at.space)
    if kind == "exhibit":
        controllers.check_upload(at.log.roster, at.session.user)
    elif not allows(member.role, Right.MESSAGE):
        raise NotPermittedError(f"The role “{member.role.value}” may not do this here.")


def refuse_fork(session: Session, space: SpaceId) -> None:
    """Nothing is sent and nobody is added while members see different logs.

    Raises:
        LogForkError: until a person has decided.
    """
    if devices.setting(session.stores.device, FORK + space.hex()):
        raise LogForkError(
            "Members of this space were shown different lists of members. Nothing is sent until "
            "this is cleared up; compare the members in person."
        )


def _seal(at: Place, body: bytes) -> tuple[bytes, KeyMsg]:
    """Seal a body once and give it the next place in this device's chain."""
    if len(body) >= MAX_BODY_BYTES:
        raise LimitExceededError("The message is too long; send it as a file.")
    message_id = MessageId(at.session.entropy.token(16))
    sealed = message.seal_body(at.space, message_id, body, at.session.entropy)
    sender_seq, prev = messages.next_own(at.sp)
    messages.advance_own(at.sp, sender_seq, message.chain_head(prev, message_id, sealed.digest))
    key_msg = KeyMsg(
        space=at.space,
        message=message_id,
        sender_seq=sender_seq,
        prev_own=prev,
        pair_seq=0,
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        content_key=sealed.content_key,
        body_digest=sealed.digest,
        body_length=len(sealed.body),
    )
    return sealed.body, key_msg


def _enqueue(
    at: Place,
    body: bytes,
    key_msg: KeyMsg,
    devices_: list[tuple[UserId, DeviceEntry]],
    *,
    forced: bool = False,
) -> None:
    behind_nothing = [one for one in devices_ if not outbox.awaits(at.sp, one[1].device)]
    if freshness.put_back(at.session):
        behind_nothing = []  # a ratchet stepped from an old copy would repeat its keys
    outbox.add_outgoing(
        at.sp,
        OutboxRecord(
            message=key_msg.message,
            body=body,
            content_key=key_msg.content_key,
            key_msg=key_msg.pack(),
            next_try=0,
            tries=0,
            state="waiting",
        ),
        [(user, DeviceId(entry.device)) for user, entry in devices_],
    )
    again.keep(at.sp, key_msg.message, body, key_msg.pack(), at.now)
    for user, entry in behind_nothing:
        envelope = _seal_for(at, key_msg, user, entry, forced=forced)
        if envelope is not None:
            outbox.save_envelope(at.sp, key_msg.message, DeviceId(entry.device), envelope)


def _seal_for(
    at: Place, key_msg: KeyMsg, user: UserId, entry: DeviceEntry, *, forced: bool = False
) -> bytes | None:
    """One envelope, or None while there is neither a session nor a usable bundle.

    What a device was given before keeps its number.
    """
    device = DeviceId(entry.device)
    line = pairs.line_to(at, pairs.peer(user, entry), forced=forced)
    if line is None:
        return None
    pair_seq = again.number(at.sp, key_msg.message, device)
    if pair_seq is None:
        pair_seq = sessions.next_pair_out(at.sp, device)
        again.keep_to(at.sp, key_msg.message, user, device, pair_seq)
    numbered = key_msg.numbered(pair_seq)
    sealed = message.seal_key(line.state, numbered, at.session.entropy, now=at.now)
    pairs.sealed(at, device, line, sealed.session)
    return Envelope(
        kind=sealed.kind,
        to=mailbox_id(at.space, device),
        sender=mailbox_id(at.space, at.session.device),
        id=EnvelopeId(at.session.entropy.token(16)),
        body=sealed.body,
    ).pack()


def seal_waiting(session: Session, space: SpaceId) -> int:
    """Seal envelopes that waited for a session, in order; returns how many were sealed."""
    if freshness.put_back(session):
        return 0
    at = place(session, space)
    done = 0
    without: set[bytes] = set()
    for message_id, user, device in outbox.unsealed(at.sp):
        if device in without:
            continue  # nothing to it overtakes what waits already
        with transaction(at.sp):
            sealed = _seal_late(at, message_id, UserId(user), DeviceId(device))
        if sealed:
            done += 1
        else:
            without.add(device)
    return done


def _seal_late(at: Place, message_id: bytes, user: UserId, device: DeviceId) -> bool:
    row = outbox.outgoing(at.sp, message_id)
    entry = next((e for _, e in at.log.devices((user,)) if e.device == device), None)
    if row is None or entry is None or user not in at.log.roster.members:
        outbox.drop_recipient(at.sp, message_id, device)
        return True
    envelope = _seal_for(at, KeyMsg.unpack(row.key_msg), user, entry)
    if envelope is not None:
        outbox.save_envelope(at.sp, message_id, device, envelope)
    return envelope is not None


def forget_recipient(at: Place, user: UserId) -> None:
    """A removed member receives nothing from the next message on (A14, 1.6 row 5)."""
    for device in [d for d, (owner, _) in at.log.ever.items() if owner == user]:
        for message_id in forget_device(at, device):
            messages.forget_expected(at.sp, message_id, user)


def forget_device(at: Place, device: DeviceId) -> list[bytes]:
    """Nothing that waits for a device is sent to it any more; answers which messages waited."""
    waited = outbox.waiting_for(at.sp, device)
    for message_id in waited:
        outbox.drop_recipient(at.sp, message_id, device)
    return waited
