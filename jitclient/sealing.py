"""Writing a message: seal its body once, step each pairwise ratchet, put the bytes in the outbox.

Runs on the database thread inside the caller's transaction, so that the message, the new ratchet
states and the exact envelope bytes become durable together (docs/protocol/40-messages.md §5).
A device without a session yet gets its envelope when its prekey bundle arrives (`seal_waiting`).
"""

from __future__ import annotations

import msgspec

from crypto import handshake, message, ratchet
from crypto.handshake import Peer
from jitclient.events import MessagesChanged
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import messages, outbox, sessions
from localstore.connection import Connection, transaction
from localstore.messages import MessageRecord
from localstore.outbox import OutboxRecord
from protocol import codec
from protocol.api.accounts import Bundle
from protocol.content import Body, Content
from protocol.devicelist import DeviceEntry
from protocol.envelope import Envelope, KeyMsg
from protocol.errors import LimitExceededError, PermissionError_, RefusedError, SpaceClosedError
from protocol.ids import DeviceId, EnvelopeId, MessageId, SpaceId, UserId, mailbox_id
from protocol.limits import MAX_BODY_BYTES
from protocol.roles import Right, allows

QUIET_KINDS = frozenset({"receipts", "welcome"})


def peer(user: UserId, entry: DeviceEntry) -> Peer:
    """A device as the handshake knows it."""
    return Peer(
        user=user,
        device=DeviceId(entry.device),
        signing=entry.signing,
        identity=entry.identity,
    )


def compose(  # noqa: PLR0913 - one parameter per fact of a message, all named
    session: Session,
    space: SpaceId,
    content: Content,
    *,
    kind: str,
    audience: tuple[UserId, ...] = (),
    text: str = "",
    file: bytes | None = None,
    reply_to: MessageId | None = None,
) -> MessageRecord:
    """Write one message to `audience` (empty: every other member) and put it in the outbox.

    Raises:
        SpaceClosedError: the space is closed or this person was removed.
        PermissionError_: the role does not allow it.
        LimitExceededError: the content does not fit a message.
    """
    sp = session.stores.space(space)
    log = session.log(space)
    _may_write(session, log, kind)
    now = session.clock.now()
    lamport = messages.next_lamport(sp)
    body = codec.encode(
        Body(version=1, lamport=lamport, claimed_at=now, audience=audience, content=content)
    )
    if len(body) >= MAX_BODY_BYTES:
        raise LimitExceededError("The message is too long; send it as a file.")
    message_id = MessageId(session.entropy.token(16))
    sealed = message.seal_body(space, message_id, body, session.entropy)
    sender_seq, prev = messages.next_own(sp)
    messages.advance_own(sp, sender_seq, message.chain_head(prev, message_id, sealed.digest))
    users = tuple(u for u in (audience or log.others(session.user)) if u != session.user)
    devices = log.devices(users)
    record = MessageRecord(
        message=message_id,
        author_user=session.user,
        author_device=session.device,
        sender_seq=sender_seq,
        lamport=lamport,
        log_seq=log.roster.seq,
        kind=kind,
        text=text,
        reply_to=reply_to,
        file=file,
        audience=audience,
        state="saved",
        claimed_at=now,
        received_at=now,
        on_server_at=None,
        store_receipt=b"",
        body_digest=sealed.digest,
        missing_before=0,
        problem="",
        unread=False,
    )
    messages.add_message(sp, record)
    if kind not in QUIET_KINDS:
        messages.expect(sp, message_id, list(users))
    if devices:
        key_msg = KeyMsg(
            space=space,
            message=message_id,
            sender_seq=sender_seq,
            prev_own=prev,
            pair_seq=0,
            log_seq=log.roster.seq,
            log_head=log.roster.head,
            content_key=sealed.content_key,
            body_digest=sealed.digest,
            body_length=len(sealed.body),
        )
        _enqueue(session, sp, sealed.body, key_msg, devices)
    session.tell(MessagesChanged(space))
    return record


def _may_write(session: Session, log: SpaceLog, kind: str) -> None:
    member = log.roster.members.get(session.user)
    if log.roster.closed:
        raise SpaceClosedError("This space is closed; nothing new can enter it.")
    if member is None:
        raise SpaceClosedError("You are no longer a member of this space.")
    right = Right.UPLOAD if kind == "exhibit" else Right.MESSAGE
    if not allows(member.role, right):
        raise PermissionError_(f"The role “{member.role.value}” may not do this here.")


def _enqueue(
    session: Session,
    sp: Connection,
    body: bytes,
    key_msg: KeyMsg,
    devices: list[tuple[UserId, DeviceEntry]],
) -> None:
    outbox.add_outgoing(
        sp,
        OutboxRecord(
            message=key_msg.message,
            body=body,
            content_key=key_msg.content_key,
            key_msg=key_msg.pack(),
            next_try=0,
            tries=0,
            state="waiting",
        ),
        [(user, DeviceId(entry.device)) for user, entry in devices],
    )
    for user, entry in devices:
        envelope = _seal_for(session, sp, key_msg, user, entry)
        if envelope is not None:
            outbox.save_envelope(sp, key_msg.message, DeviceId(entry.device), envelope)


def _seal_for(
    session: Session, sp: Connection, key_msg: KeyMsg, user: UserId, entry: DeviceEntry
) -> bytes | None:
    """One envelope, or None while there is neither a session nor a usable bundle."""
    device = DeviceId(entry.device)
    now = session.clock.now()
    known = sessions.sessions(sp, device)
    if known:
        number: int | None = known[0].number
        state = ratchet.Session.load(known[0].state)
    else:
        started = _start(session, sp, key_msg.space, peer(user, entry))
        if started is None:
            return None
        number, state = None, started
    pair_seq = sessions.next_pair_out(sp, device)
    sealed = message.seal_key(state, key_msg.numbered(pair_seq), session.entropy)
    sessions.save_session(sp, device, number, sealed.session.dump(), now, received=False)
    return Envelope(
        kind=sealed.kind,
        to=mailbox_id(key_msg.space, device),
        sender=mailbox_id(key_msg.space, session.device),
        id=EnvelopeId(session.entropy.token(16)),
        body=sealed.body,
    ).pack()


def _start(session: Session, sp: Connection, space: SpaceId, to: Peer) -> ratchet.Session | None:
    data = sessions.take_bundle(sp, to.device)
    if data is None:
        return None
    try:
        bundle = handshake.read_bundle(
            msgspec.json.decode(data, type=Bundle), to, now=session.clock.now()
        )
    except RefusedError:
        return None  # expired since it was fetched; a fresh one is claimed next round
    return handshake.initiate(
        space=space, own=session.own, peer=to, bundle=bundle, entropy=session.entropy
    )


def seal_waiting(session: Session, space: SpaceId) -> int:
    """Seal envelopes that waited for a session; returns how many were sealed."""
    sp = session.stores.space(space)
    done = 0
    for message_id, user, device in outbox.unsealed(sp):
        with transaction(sp):
            log = session.log(space)
            if user not in log.roster.members:
                outbox.drop_recipient(sp, message_id, device)
                continue
            row = outbox.outgoing(sp, message_id)
            entry = next(
                (e for u, e in log.devices((UserId(user),)) if e.device == device), None
            )
            if row is None or entry is None:
                continue
            key_msg = KeyMsg.unpack(row.key_msg)
            envelope = _seal_for(session, sp, key_msg, UserId(user), entry)
            if envelope is not None:
                outbox.save_envelope(sp, message_id, DeviceId(device), envelope)
                done += 1
    return done


def forget_recipient(session: Session, sp: Connection, log: SpaceLog, user: UserId) -> None:
    """A removed member receives nothing from the next message on (A14, 1.6 row 5)."""
    known = log.lists.get(user)
    for entry in known.devices if known else ():
        device = DeviceId(entry.device)
        for message_id in outbox.waiting_for(sp, device):
            outbox.drop_recipient(sp, message_id, device)
