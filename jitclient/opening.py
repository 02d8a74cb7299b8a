"""Reading what came: open one delivery, check everything, store it, owe a receipt.

Runs on the database thread, one transaction per delivery. A refusal is recorded as an alarm that
names the person concerned; it never stops the next delivery. The checks follow
docs/protocol/40-messages.md §6 in order.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import handshake, message, ratchet
from crypto.keys import IdentityKey, KemKey
from jitclient.receiving import Incoming, take_content
from jitclient.sealing import peer
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import devices, messages, sessions, spaces
from localstore.connection import Connection, transaction
from protocol import codec
from protocol.api.spaces import Delivery
from protocol.content import Body
from protocol.devicelist import DeviceEntry
from protocol.envelope import Envelope, EnvelopeKind, KeyMsg
from protocol.errors import (
    ForgedError,
    GhostMemberError,
    JitError,
    LogForkError,
    LogRollbackError,
    MalformedError,
    RefusedError,
    RemovedSenderError,
    ReorderedError,
    ReplayError,
)
from protocol.ids import DeviceId, SpaceId, UserId, mailbox_id
from protocol.limits import MAX_BODY_BYTES

MAX_WITHHELD_ROUNDS = 2


class AheadOfLogError(JitError):
    """The message names a log entry this device has not seen yet; it stays in the queue."""

    code = "ahead-of-log"


@dataclass(slots=True)
class _Opened:
    """A ratchet that opened an envelope, not yet saved."""

    number: int | None
    state: ratchet.Session
    key_msg: KeyMsg
    used: list[tuple[str, int]]
    init_tag: bytes | None


def deliver(session: Session, item: Delivery) -> bool:
    """Take one delivery. True when it may be acknowledged: stored, or refused and recorded."""
    space = SpaceId(item.space)
    record = spaces.space(session.stores.device, space)
    if record is None or record.state in {"closing", "wiped"}:
        return True  # nothing of it can be read any more, and nothing should be
    if record.log_seq < 0:
        return False
    try:
        _deliver(session, space, item)
    except AheadOfLogError:
        return _withheld(session, space)
    except RefusedError as error:
        session.alarm(space, error, key=item.message.hex())
    _forget_used_prekeys(session, space)
    return True


def _deliver(session: Session, space: SpaceId, item: Delivery) -> None:
    sp = session.stores.space(space)
    log = session.log(space)
    envelope = Envelope.unpack(item.envelope)
    if envelope.to != mailbox_id(space, session.device):
        raise ForgedError("The store delivered an envelope that is addressed to another device.")
    owner = log.owner(envelope.sender)
    if owner is None:
        raise GhostMemberError(
            "The store delivered a message from a device that no signed log entry admits."
        )
    user, entry = owner
    who = _name(session, user)
    with transaction(sp):
        seen = sessions.seen_envelope(sp, envelope.id)
        if seen is not None:
            if seen == item.index:
                return  # our acknowledgement was lost; it is stored already
            raise ReplayError(f"The store delivered an old message of {who} again.")
        opened = _open(session, sp, space, envelope, user, entry, who)
        key_msg = opened.key_msg
        missing = _check(log, sp, space, key_msg, user, entry, who)
        if bytes(item.message) != key_msg.message:
            raise ForgedError(f"The store exchanged the body of a message from {who}.")
        plain = message.open_body(
            space, key_msg.message, item.body, key_msg.content_key, key_msg.body_digest
        )
        body = codec.decode(Body, plain, limit=MAX_BODY_BYTES)
        _save(session, sp, envelope, item.index, opened, entry)
        take_content(
            session,
            sp,
            log,
            Incoming(
                space=space,
                author=user,
                device=entry,
                who=who,
                key_msg=key_msg,
                body=body,
                missing_before=missing,
            ),
        )


def _name(session: Session, user: UserId) -> str:
    return session.name_of(user)


def _open(  # noqa: PLR0913 - the facts of one envelope
    session: Session,
    sp: Connection,
    space: SpaceId,
    envelope: Envelope,
    user: UserId,
    entry: DeviceEntry,
    who: str,
) -> _Opened:
    device = DeviceId(entry.device)
    now = session.clock.now()
    body, init = envelope.body, None
    if envelope.kind is EnvelopeKind.INIT:
        init = handshake.Init.unpack(envelope.body)
        body = init.message
    for row in sessions.sessions(sp, device):
        try:
            state, key_msg = message.open_key(ratchet.Session.load(row.state), body, now=now)
        except RefusedError:
            continue
        return _Opened(row.number, state, key_msg, [], None)
    if init is None:
        raise ForgedError(
            f"A message from {who} was altered on the way, repeated, or sealed for another "
            "session; it could not be opened."
        )
    return _accept(session, sp, space, init, user, entry, who)


def _accept(  # noqa: PLR0913 - the facts of one handshake
    session: Session,
    sp: Connection,
    space: SpaceId,
    init: handshake.Init,
    user: UserId,
    entry: DeviceEntry,
    who: str,
) -> _Opened:
    tag = init.replay_tag()
    if not sessions.remember_init(sp, tag, session.clock.now()):
        raise ReplayError(f"The store delivered an old session start of {who} again.")
    db = session.stores.device
    spk = devices.prekey(db, "spk", init.spk_id)
    kem_kind = "kem_once"
    kem = devices.prekey(db, "kem_once", init.kem_id)
    if kem is None:
        kem_kind, kem = "kem", devices.prekey(db, "kem", init.kem_id)
    opk = devices.prekey(db, "opk", init.opk_id) if init.opk_id is not None else None
    used = set(sessions.used_prekeys(sp))
    spent = ("opk", init.opk_id) in used or (kem_kind, init.kem_id) in used
    if spk is None or kem is None or (init.opk_id is not None and opk is None) or spent:
        raise ReplayError(f"{who} started a session with a prekey that was used already.")
    state = handshake.accept(
        space=space,
        own=session.own,
        peer=peer(user, entry),
        init=init,
        spk=IdentityKey.load(spk.secret),
        opk=IdentityKey.load(opk.secret) if opk else None,
        kem=KemKey.load(kem.secret),
    )
    state, key_msg = message.open_key(state, init.message, now=session.clock.now())
    spend = [("opk", opk.id)] if opk else []
    if kem_kind == "kem_once":
        spend.append(("kem_once", kem.id))
    return _Opened(None, state, key_msg, spend, tag)


def _check(  # noqa: PLR0913 - the facts a message is judged by
    log: SpaceLog,
    sp: Connection,
    space: SpaceId,
    key_msg: KeyMsg,
    user: UserId,
    entry: DeviceEntry,
    who: str,
) -> int:
    """Judge where the message stands; returns how many before it are missing."""
    if key_msg.space != space:
        raise ForgedError(f"A message from {who} belongs to another space.")
    if key_msg.log_seq >= len(log.heads):
        raise AheadOfLogError("The message is newer than the membership log.")
    if log.heads[key_msg.log_seq] != key_msg.log_head:
        raise LogForkError(
            f"{who} sees another membership log of this space than you do. Somebody shows you "
            "different lists of members. Do not send anything; compare in person."
        )
    device = DeviceId(entry.device)
    gone = log.roster.removed.get(user)
    if user not in log.roster.members:
        last = gone.cut.get(device, 0) if gone else 0
        if key_msg.sender_seq > last:
            raise RemovedSenderError(f"{who} sent a message after being removed; it was refused.")
    return _check_place(sp, key_msg, device, who)


def _check_place(sp: Connection, key_msg: KeyMsg, device: DeviceId, who: str) -> int:
    known = messages.peer_chain(sp, device)
    if known is not None and key_msg.sender_seq == known[0] + 1 and key_msg.prev_own != known[1]:
        raise ReorderedError(f"The order of messages from {who} was tampered with.")
    last = sessions.pair_in(sp, device)
    number = key_msg.pair_seq
    if number <= 0:
        raise MalformedError(f"A message from {who} has no number.")
    if number <= last:
        if not messages.close_gap(sp, device, number):
            raise ReplayError(f"A message from {who} was delivered twice.")
        return 0
    missing = number - last - 1
    if missing:
        messages.note_gap(sp, device, last + 1, number - 1)
    sessions.set_pair_in(sp, device, number)
    return missing


def _save(  # noqa: PLR0913 - what one opened envelope changes
    session: Session,
    sp: Connection,
    envelope: Envelope,
    index: int,
    opened: _Opened,
    entry: DeviceEntry,
) -> None:
    device = DeviceId(entry.device)
    now = session.clock.now()
    sessions.remember_envelope(sp, envelope.id, now, index)
    sessions.save_session(sp, device, opened.number, opened.state.dump(), now, received=True)
    for kind, number in opened.used:
        sessions.note_used_prekey(sp, kind, number)
    key_msg = opened.key_msg
    known = messages.peer_chain(sp, device)
    if known is None or key_msg.sender_seq > known[0]:
        head = message.chain_head(key_msg.prev_own, key_msg.message, key_msg.body_digest)
        messages.advance_peer(sp, device, key_msg.sender_seq, head)


def _forget_used_prekeys(session: Session, space: SpaceId) -> None:
    """Delete spent one-time privates from device.db; a crash in between repeats this."""
    try:
        sp = session.stores.space(space)
    except JitError:
        return
    for kind, number in sessions.used_prekeys(sp):
        with transaction(session.stores.device):
            devices.delete_prekey(session.stores.device, kind, number)
        with transaction(sp):
            sessions.clear_used_prekey(sp, kind, number)


def _withheld(session: Session, space: SpaceId) -> bool:
    """A message stands ahead of our log: wait for the log, then say who withholds it."""
    rounds = session.withheld.get(space, 0) + 1
    session.withheld[space] = rounds
    if rounds > MAX_WITHHELD_ROUNDS:
        session.alarm(
            space,
            LogRollbackError(
                "A member refers to membership entries that the store does not hand out. It "
                "shows this device an old list of members."
            ),
        )
    return False


