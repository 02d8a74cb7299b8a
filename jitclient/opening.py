"""Reading what came: open one delivery, check everything, store it, owe a receipt.

Runs on the database thread, one transaction per delivery. A refusal is recorded as an alarm that
names the person concerned; it never stops the next delivery. The checks follow
docs/protocol/40-messages.md §6 in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crypto import handshake, message, ratchet
from crypto.keys import IdentityKey, KemKey
from jitclient import forks, healing, pairs
from jitclient.errors import FloodError
from jitclient.healing import UnopenedError
from jitclient.judging import (
    AheadOfLogError,
    BehindError,
    BodyError,
    Sender,
    head_of,
    is_copy,
    judge,
    unshown,
)
from jitclient.pairs import TooManyStartsError
from jitclient.place import Place, place
from jitclient.receiving import Incoming, take_content
from jitclient.session import WIPED_STATES, Session
from localstore import again, devices, messages, sessions, spaces
from localstore.connection import attempt, transaction
from protocol import codec
from protocol.api.spaces import Delivery
from protocol.content import Body
from protocol.envelope import Envelope, EnvelopeKind, KeyMsg
from protocol.errors import (
    ForgedError,
    GhostMemberError,
    JitError,
    LogForkError,
    LogRollbackError,
    MalformedError,
    RefusedError,
    ReplayError,
)
from protocol.ids import SpaceId, mailbox_id
from protocol.limits import MAX_BODY_BYTES

MAX_WITHHELD_ROUNDS = 2


@dataclass(slots=True)
class _Opened:
    """A ratchet that opened an envelope, not yet saved."""

    number: int | None
    state: ratchet.Session
    key_msg: KeyMsg
    used: list[tuple[str, int]] = field(default_factory=list)


def deliver(session: Session, item: Delivery) -> bool:
    """Take one delivery. True when it may be acknowledged: stored, or refused and recorded."""
    space = SpaceId(item.space)
    record = spaces.space(session.stores.device, space)
    if record is None or (record.log_seq < 0 and record.state not in WIPED_STATES):
        return False  # we were added a moment ago: the next list of spaces names it
    if record.state in WIPED_STATES:
        return True  # nothing of it can be read any more, and nothing should be
    try:
        _deliver(place(session, space), item)
    except AheadOfLogError:
        return _withheld(session, space, item.message)
    except LogForkError as error:
        forks.stop(session, space, error)
        session.alarm(space, LogForkError(error.sentence))
    except RefusedError as error:  # who floods is told once, however much comes
        one = error.device if isinstance(error, FloodError) else item.message
        session.alarm(space, error, key=one.hex())
    _forget_used_prekeys(session, space)
    return True


def _deliver(at: Place, item: Delivery) -> None:
    envelope = Envelope.unpack(item.envelope)
    sender = _sender(at, envelope)
    try:
        _take(at, item, envelope, sender)
    except UnopenedError:
        with transaction(at.sp):
            remembered = healing.remember(at, sender, item.message, reset=True)
        if not remembered:
            raise
    except BodyError as error:
        with transaction(at.sp):
            healing.remember(at, sender, error.message_id, reset=False)
        raise
    except RefusedError as error:
        if sender.who in error.sentence:
            raise
        # A person is told whose message it was, whichever check refused it.
        sentence = f"A message from {sender.who} was refused: {error.sentence}"
        raise type(error)(sentence, code=error.reason) from error


def _take(at: Place, item: Delivery, envelope: Envelope, sender: Sender) -> None:
    refused: RefusedError | None = None
    with transaction(at.sp):
        seen = sessions.seen_envelope(at.sp, envelope.id)
        if seen == item.index:
            return  # our acknowledgement was lost; it is stored already
        if seen is not None:
            raise ReplayError(f"The store delivered an old message of {sender.who} again.")
        opened = _opened(at, item, envelope, sender)
        key_msg = opened.key_msg
        newest = key_msg.pair_seq > sessions.pair_in(at.sp, sender.device)
        if is_copy(at, key_msg, sender):  # sent once more, and the first one came after all
            _save(at, envelope, item.index, opened, sender, newest=newest)
            return
        try:
            judge(at, key_msg, sender)
        except BehindError:
            if not healing.remember(at, sender, item.message, reset=False):
                raise
            # He is answered in the session that he, who was put back, can open.
            _save(at, envelope, item.index, opened, sender, newest=True, taken=False)
            return
        plain = _plain(at, item, key_msg, sender)
        line = _save(at, envelope, item.index, opened, sender, newest=newest)
        try:
            with attempt(at.sp):
                if key_msg.body_length != len(item.body):
                    raise MalformedError(f"{sender.who} states another length than a message has.")
                _take_content(at, key_msg, sender, plain, line)
        except RefusedError as error:
            refused = error
    if refused is not None:  # it has come, whatever it says: nobody asks for it again
        raise refused


def _take_content(at: Place, key_msg: KeyMsg, sender: Sender, plain: bytes, line: int) -> None:
    new = Incoming(
        author=sender.user,
        device=sender.entry,
        who=sender.who,
        key_msg=key_msg,
        body=codec.decode(Body, plain, limit=MAX_BODY_BYTES),
        missing_before=unshown(at, sender.device),
        line=line,
    )
    take_content(at, new)


def _opened(at: Place, item: Delivery, envelope: Envelope, sender: Sender) -> _Opened:
    """Open an envelope; what is not here yet and does not open may be asked for once more."""
    try:
        return _open(at, envelope, sender)
    except TooManyStartsError:
        raise
    except RefusedError as error:
        if messages.link_of(at.sp, item.message) is not None:
            raise
        raise UnopenedError(
            f"A message from {sender.who} could not be opened: it was altered on the way, or "
            "sealed for a session that this device no longer has."
        ) from error


def _sender(at: Place, envelope: Envelope) -> Sender:
    if envelope.to != mailbox_id(at.space, at.session.device):
        raise ForgedError("The store delivered an envelope that is addressed to another device.")
    owner = at.log.owner(envelope.sender)
    if owner is None:
        raise GhostMemberError(
            "The store delivered a message from a device that no signed log entry admits."
        )
    user, entry = owner
    if entry.device == at.session.device:
        raise ForgedError("The store delivered this device's own message back to it.")
    return Sender(user, entry, at.name(user))


def _plain(at: Place, item: Delivery, key_msg: KeyMsg, sender: Sender) -> bytes:
    if bytes(item.message) != key_msg.message:
        sentence = f"The store exchanged the body of a message from {sender.who}."
        raise BodyError(sentence, key_msg.message)
    try:
        return message.open_body(
            at.space, key_msg.message, item.body, key_msg.content_key, key_msg.body_digest
        )
    except ForgedError as error:
        raise BodyError(
            f"A message from {sender.who} was refused: {error.sentence}", key_msg.message
        ) from error


def _open(at: Place, envelope: Envelope, sender: Sender) -> _Opened:
    body, init = envelope.body, None
    if envelope.kind is EnvelopeKind.INIT:
        init = handshake.Init.unpack(envelope.body)
        body = init.message
    for row in sessions.sessions(at.sp, sender.device):
        try:
            state, key_msg = message.open_key(ratchet.Session.load(row.state), body, now=at.now)
        except RefusedError:
            continue
        return _Opened(row.number, state, key_msg)
    if init is None:
        raise ForgedError(
            f"A message from {sender.who} was altered on the way, repeated, or sealed for another "
            "session; it could not be opened."
        )
    return _accept(at, init, sender)


def _accept(at: Place, init: handshake.Init, sender: Sender) -> _Opened:
    if not sessions.remember_init(at.sp, init.replay_tag(), at.now, sender.device):
        raise ReplayError(f"The store delivered an old session start of {sender.who} again.")
    db = at.session.stores.device
    spk = devices.prekey(db, "spk", init.spk_id)
    once = devices.prekey(db, "kem_once", init.kem_id)
    kem = once or devices.prekey(db, "kem", init.kem_id)
    opk = devices.prekey(db, "opk", init.opk_id) if init.opk_id is not None else None
    spend: list[tuple[str, int]] = [("opk", opk.id)] if opk else []
    spend += [("kem_once", once.id)] if once else []
    spent = set(spend) & set(sessions.used_prekeys(at.sp))
    if spk is None or kem is None or (init.opk_id is not None and opk is None) or spent:
        raise ReplayError(f"{sender.who} started a session with a prekey that was used already.")
    state = handshake.accept(
        space=at.space,
        own=at.session.own,
        peer=pairs.peer(sender.user, sender.entry),
        init=init,
        spk=IdentityKey.load(spk.secret),
        opk=IdentityKey.load(opk.secret) if opk else None,
        kem=KemKey.load(kem.secret),
    )
    state, key_msg = message.open_key(state, init.message, now=at.now)
    if sessions.too_many_starts(at.sp, sender.device, at.now):  # now it is proven whose they are
        raise TooManyStartsError(
            f"A device of {sender.who} starts new sessions all the time. The messages that came "
            "with them were refused.",
            sender.device,
        )
    return _Opened(None, state, key_msg, spend)


def _save(  # noqa: PLR0913 - what came, whose it is, and what became of it
    at: Place,
    envelope: Envelope,
    index: int,
    opened: _Opened,
    sender: Sender,
    *,
    newest: bool,
    taken: bool = True,
) -> int:
    device, key_msg = sender.device, opened.key_msg
    sessions.remember_envelope(at.sp, envelope.id, at.now, index)
    line = pairs.opened(at, device, opened.number, opened.state, newest=newest)
    for kind, number in opened.used:
        sessions.note_used_prekey(at.sp, kind, number)
    if not taken:
        return line
    again.arrived(at.sp, device, key_msg.message)
    known = messages.peer_chain(at.sp, device)
    if known is None or key_msg.sender_seq > known[0]:
        messages.advance_peer(at.sp, device, key_msg.sender_seq, head_of(key_msg))
    return line


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


def _withheld(session: Session, space: SpaceId, message_id: bytes) -> bool:
    """A message stands ahead of our log: wait for it, then say who withholds it; by message."""
    rounds = session.withheld.get(message_id, 0) + 1
    session.withheld[message_id] = rounds
    if rounds > MAX_WITHHELD_ROUNDS:
        session.alarm(
            space,
            LogRollbackError(
                "A member refers to membership entries that the store does not hand out. It "
                "shows this device an old list of members."
            ),
        )
    return False
