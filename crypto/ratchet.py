"""The Double Ratchet with header encryption and an ML-KEM step: one session per pair of devices.

A `Session` is a value. Sealing and opening return the session after the act; until the caller
stores that, nothing has happened, so a forged message cannot leave a trace. Our next ratchet key
is made when we next send: opening needs no randomness. Spec: docs/protocol/30-ratchet.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from crypto import chains, header, sealing
from crypto.chains import SkippedKey
from crypto.entropy import Entropy
from crypto.header import Form, Header, Parts
from crypto.keys import IdentityKey, KemKey, check_kem_public, encapsulate
from crypto.session import Session, State
from protocol.envelope import EnvelopeKind
from protocol.errors import (
    BugError,
    ForgedError,
    LimitExceededError,
    MalformedError,
    ReplayError,
)
from protocol.limits import (
    KEM_STEP_MESSAGES,
    KEM_STEP_SECONDS,
    KIB,
    MAX_ENVELOPE_BYTES,
    MAX_SKIP,
)

__all__ = ["MAX_PAYLOAD_BYTES", "Opened", "Sealed", "Session", "open_message", "seal"]

MAX_PAYLOAD_BYTES: Final = 2 * KIB
_AD_LABEL: Final = b"jitc/v1/dr/ad"
_FROM_INITIATOR: Final = b"\x01"
_FROM_RESPONDER: Final = b"\x02"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sealed:
    """A sealed payload: the body of an envelope of `kind`, and the session after it."""

    session: Session
    kind: EnvelopeKind
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Opened:
    """An opened payload and the session after it."""

    session: Session
    payload: bytes


def seal(session: Session, payload: bytes, entropy: Entropy, *, now: int) -> Sealed:
    """Seal one payload of at most MAX_PAYLOAD_BYTES; the INIT header goes in front if pending.

    Args:
        session: unchanged by this call.
        payload: what the peer gets.
        entropy: for nonces and, where a chain begins, for keys.
        now: Unix seconds, for the age of the last ML-KEM step.

    Raises:
        BugError: the payload is too long, or a responder seals before it has opened anything.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BugError("A ratchet carries short payloads only.")
    state = _counted(session.state, now)
    if state.send_chain is None:
        state = _step_out(state, entropy, now)
    if state.send_chain is None or state.send_header is None or state.own_public is None:
        raise BugError("A session without a sending chain cannot seal.")
    message_key, chain = chains.chain_step(state.send_chain)
    form, kem = _carried(state)
    head = Header(state.own_public, state.previous_length, state.send_number, form, kem)
    associated = _associated(state, form, from_initiator=state.initiator)
    sealed_header = sealing.seal(state.send_header, head.pack(), associated, entropy)
    key = chains.sealing_key(message_key)
    sealed_payload = sealing.seal(key, payload, associated + sealed_header, entropy)
    after = replace(
        state,
        send_chain=chain,
        send_number=state.send_number + 1,
        sent=state.sent + 1,
        unanswered=state.unanswered + 1,
    )
    body = state.init + header.join(form, sealed_header, sealed_payload)
    kind = EnvelopeKind.INIT if state.init else EnvelopeKind.MSG
    return Sealed(session=Session(after), kind=kind, body=body)


def open_message(session: Session, body: bytes, *, now: int) -> Opened:
    """Open a message (an `EnvelopeKind.MSG` body, or `Init.message`); each opens once.

    Args:
        session: unchanged by this call, whatever happens.
        body: the message.
        now: Unix seconds, for the age of kept keys and of the last ML-KEM step.

    Raises:
        ForgedError: not of this session, or altered anywhere.
        ReplayError: its header is of this session, its key has been used or given up.
        LimitExceededError: it lies more than MAX_SKIP messages ahead.
        MalformedError: too short, too long, of a newer program, or with an unfit key.
    """
    if len(body) > MAX_ENVELOPE_BYTES:
        raise MalformedError("A ratchet message of an impossible length.")
    parts = header.split(body)
    state = _counted(session.state, now)
    state = replace(state, skipped=chains.forget_old(state.skipped, now))
    associated = _associated(state, parts.form, from_initiator=not state.initiator)
    message_key, after = _find_key(state, parts, associated, now)
    key = chains.sealing_key(message_key)
    payload = sealing.open_sealed(key, parts.sealed_payload, associated + parts.sealed_header)
    return Opened(session=Session(replace(after, init=b"", unanswered=0)), payload=payload)


def _counted(state: State, now: int) -> State:
    """One more message since the last ML-KEM step; the first of all starts the clock."""
    since = now if state.kem_at is None else state.kem_at
    return replace(state, kem_count=state.kem_count + 1, kem_at=since)


def _is_due(state: State, now: int) -> bool:
    """Whether enough messages, not counting this one, or enough time lie behind the last step."""
    aged = state.kem_at is not None and now - state.kem_at >= KEM_STEP_SECONDS
    return aged or state.kem_count > KEM_STEP_MESSAGES


def _carried(state: State) -> tuple[Form, bytes]:
    """What every header of our sending chain carries for the ML-KEM step."""
    if state.own_kem_public is not None:
        return Form.PROPOSAL, state.own_kem_public
    if state.answer is not None:
        return Form.ANSWER, state.answer
    return Form.PLAIN, b""


def _associated(state: State, form: Form, *, from_initiator: bool) -> bytes:
    """AD0: a message sent back to its author does not open, its direction differs."""
    direction = _FROM_INITIATOR if from_initiator else _FROM_RESPONDER
    return _AD_LABEL + state.binding + direction + bytes([form])


def _find_key(state: State, parts: Parts, associated: bytes, now: int) -> tuple[bytes, State]:
    """The message key and the state without it: current chain, next chain, then late ones."""
    if state.receive_header is not None:
        head = _open_header(state.receive_header, parts, associated)
        if head is not None and head.number >= state.receive_number:
            return _advance(state, head.number, now)
        if head is not None:
            return _take_late(state, state.receive_header, head.number)
    head = _open_header(state.next_receive_header, parts, associated)
    if head is not None:
        return _advance(_step_in(state, head, now), head.number, now)
    for chain in state.skipped:
        head = _open_header(chain.header, parts, associated)
        if head is not None:
            return _take_late(state, chain.header, head.number)
    raise ForgedError("A message does not belong to this session.")


def _open_header(key: bytes, parts: Parts, associated: bytes) -> Header | None:
    try:
        plain = sealing.open_sealed(key, parts.sealed_header, associated)
    except ForgedError:
        return None
    return header.read(parts.form, plain)


def _take_late(state: State, header_key: bytes, number: int) -> tuple[bytes, State]:
    key, skipped = chains.take(state.skipped, header_key, number)
    if key is None:
        raise ReplayError("A message was delivered again.")
    return key, replace(state, skipped=skipped)


def _advance(state: State, number: int, now: int) -> tuple[bytes, State]:
    """Walk the receiving chain to `number`, keeping the keys passed over."""
    reached = _skip_to(state, number, now)
    if reached.receive_chain is None:
        raise BugError("A receiving header key without a receiving chain.")
    message_key, chain = chains.chain_step(reached.receive_chain)
    return message_key, replace(reached, receive_chain=chain, receive_number=number + 1)


def _skip_to(state: State, number: int, now: int) -> State:
    missing = number - state.receive_number
    if missing <= 0 or state.receive_chain is None or state.receive_header is None:
        return state
    if missing > MAX_SKIP:
        raise LimitExceededError(f"{missing} messages are missing; at most {MAX_SKIP} may be.")
    chain, kept = state.receive_chain, []
    for place in range(state.receive_number, number):
        key, chain = chains.chain_step(chain)
        kept.append(SkippedKey(place, key, now))
    skipped = chains.keep(state.skipped, state.receive_header, tuple(kept))
    return replace(state, receive_chain=chain, receive_number=number, skipped=skipped)


def _step_in(state: State, head: Header, now: int) -> State:
    """The peer has stepped: finish its old chain, start its new one, forget our ratchet keys."""
    if state.own is None:
        raise ForgedError("A step of the peer that answers none of ours.")
    done = _skip_to(state, head.previous_length, now)
    secret = IdentityKey.load(state.own).agree(head.ratchet_key) + _answered(state, head)
    step = chains.root_step(state.root, secret)
    stepped = replace(
        done,
        root=step.root,
        own=None,
        own_public=None,
        peer=head.ratchet_key,
        send_chain=None,
        send_header=state.next_send_header,
        next_send_header=None,
        receive_chain=step.chain,
        receive_header=state.next_receive_header,
        next_receive_header=step.next_header,
        previous_length=state.send_number,
        send_number=0,
        receive_number=0,
        own_kem=None,
        own_kem_public=None,
        answer=None,
        peer_kem=_proposed(head),
    )
    return replace(stepped, kem_count=0, kem_at=now) if head.form is Form.ANSWER else stepped


def _answered(state: State, head: Header) -> bytes:
    """The ML-KEM secret of this step. A chain answers what we proposed, and nothing else."""
    if (state.own_kem is not None) is not (head.form is Form.ANSWER):
        raise ForgedError("A step of the peer that does not answer what we proposed.")
    return b"" if state.own_kem is None else KemKey.load(state.own_kem).decapsulate(head.kem)


def _proposed(head: Header) -> bytes | None:
    """The key that our next chain has to answer; an unfit one is refused with the message."""
    if head.form is not Form.PROPOSAL:
        return None
    check_kem_public(head.kem)
    return head.kem


def _step_out(state: State, entropy: Entropy, now: int) -> State:
    """Our step: a fresh ratchet key, a sending chain, the header key after it.

    It answers the peer's ML-KEM proposal if there is one; otherwise it makes one if one is due.
    """
    if state.peer is None:
        raise BugError("A responder opens a message before it seals one.")
    own = IdentityKey.generate(entropy)
    secret = own.agree(state.peer)
    if state.peer_kem is not None:
        shared, answer = encapsulate(state.peer_kem)
        secret += shared
        state = replace(state, peer_kem=None, answer=answer, kem_count=0, kem_at=now)
    elif _is_due(state, now):
        kem = KemKey.generate(entropy)
        state = replace(state, own_kem=kem.dump(), own_kem_public=kem.public)
    step = chains.root_step(state.root, secret)
    return replace(
        state,
        root=step.root,
        own=own.dump(),
        own_public=own.public,
        send_chain=step.chain,
        next_send_header=step.next_header,
    )
