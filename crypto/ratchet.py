"""The Double Ratchet with header encryption: one session per space and pair of devices.

A `Session` is a value. Sealing and opening return the session after the act; until the caller
stores that, nothing has happened, so a forged message cannot leave a trace. Our next ratchet key
is made when we next send: opening needs no randomness. Spec: docs/protocol/30-ratchet.md.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from msgspec.structs import replace

from crypto import chains, sealing
from crypto.chains import SkippedKey
from crypto.entropy import Entropy
from crypto.keys import IdentityKey
from crypto.session import Session, State
from protocol.envelope import EnvelopeKind
from protocol.errors import (
    BugError,
    ForgedError,
    LimitExceededError,
    MalformedError,
    ReplayError,
)
from protocol.limits import KIB, MAX_ENVELOPE_BYTES, MAX_SKIP

__all__ = ["MAX_PAYLOAD_BYTES", "Opened", "Sealed", "Session", "open_message", "seal"]

MAX_PAYLOAD_BYTES: Final = 2 * KIB
_AD_LABEL: Final = b"jitc/v1/dr/ad"
_FROM_INITIATOR: Final = b"\x01"
_FROM_RESPONDER: Final = b"\x02"
_HEADER: Final = struct.Struct(">32sIIH")
_SEALED_HEADER_BYTES: Final = _HEADER.size + sealing.OVERHEAD_BYTES
_SHORTEST: Final = _SEALED_HEADER_BYTES + sealing.OVERHEAD_BYTES


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


class _Header(NamedTuple):
    """What stands in an opened header."""

    ratchet_key: bytes
    previous_length: int
    number: int


def seal(session: Session, payload: bytes, entropy: Entropy) -> Sealed:
    """Seal one payload of at most MAX_PAYLOAD_BYTES; the INIT header goes in front if pending.

    Raises:
        BugError: the payload is too long, or a responder seals before it has opened anything.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BugError("A ratchet carries short payloads only.")
    state = session.state if session.state.send_chain else _step_out(session.state, entropy)
    if state.send_chain is None or state.send_header is None or state.own_public is None:
        raise BugError("A session without a sending chain cannot seal.")
    message_key, chain = chains.chain_step(state.send_chain)
    header = _HEADER.pack(state.own_public, state.previous_length, state.send_number, 0)
    associated = _associated(state, from_initiator=state.initiator)
    sealed_header = sealing.seal(state.send_header, header, associated, entropy)
    key = chains.sealing_key(message_key)
    body = sealed_header + sealing.seal(key, payload, associated + sealed_header, entropy)
    after = replace(
        state,
        send_chain=chain,
        send_number=state.send_number + 1,
        sent=state.sent + 1,
        unanswered=state.unanswered + 1,
    )
    kind = EnvelopeKind.INIT if state.init else EnvelopeKind.MSG
    return Sealed(session=Session(after), kind=kind, body=state.init + body)


def open_message(session: Session, body: bytes, *, now: int) -> Opened:
    """Open a message (an `EnvelopeKind.MSG` body, or `Init.message`); each opens once.

    Args:
        session: unchanged by this call, whatever happens.
        body: the message.
        now: Unix seconds, for the age of keys kept for late messages.

    Raises:
        ForgedError: not of this session, or altered anywhere.
        ReplayError: its header is of this session, its key has been used or given up.
        LimitExceededError: it lies more than MAX_SKIP messages ahead.
        MalformedError: too short, too long, of a newer program, or with an unfit key.
    """
    if not _SHORTEST <= len(body) <= MAX_ENVELOPE_BYTES:
        raise MalformedError("A ratchet message of an impossible length.")
    state = replace(session.state, skipped=chains.forget_old(session.state.skipped, now))
    sealed_header, sealed = body[:_SEALED_HEADER_BYTES], body[_SEALED_HEADER_BYTES:]
    associated = _associated(state, from_initiator=not state.initiator)
    message_key, after = _find_key(state, sealed_header, associated, now)
    key = chains.sealing_key(message_key)
    payload = sealing.open_sealed(key, sealed, associated + sealed_header)
    return Opened(session=Session(replace(after, init=b"", unanswered=0)), payload=payload)


def _associated(state: State, *, from_initiator: bool) -> bytes:
    """AD0: a message sent back to its author does not open, its direction differs."""
    return _AD_LABEL + state.binding + (_FROM_INITIATOR if from_initiator else _FROM_RESPONDER)


def _find_key(
    state: State, sealed_header: bytes, associated: bytes, now: int
) -> tuple[bytes, State]:
    """The message key and the state without it: current chain, next chain, then late ones."""
    if state.receive_header is not None:
        header = _open_header(state.receive_header, sealed_header, associated)
        if header is not None and header.number >= state.receive_number:
            return _advance(state, header.number, now)
        if header is not None:
            return _take_late(state, state.receive_header, header.number)
    header = _open_header(state.next_receive_header, sealed_header, associated)
    if header is not None:
        return _advance(_step_in(state, header, now), header.number, now)
    for chain in state.skipped:
        header = _open_header(chain.header, sealed_header, associated)
        if header is not None:
            return _take_late(state, chain.header, header.number)
    raise ForgedError("A message does not belong to this session.")


def _open_header(key: bytes, sealed_header: bytes, associated: bytes) -> _Header | None:
    try:
        plain = sealing.open_sealed(key, sealed_header, associated)
    except ForgedError:
        return None
    ratchet_key, previous_length, number, flags = _HEADER.unpack(plain)
    if flags != 0:  # room for an ML-KEM step; until it exists nothing else is understood
        raise MalformedError("A message needs a newer version of this program.")
    return _Header(ratchet_key, previous_length, number)


def _take_late(state: State, header: bytes, number: int) -> tuple[bytes, State]:
    key, skipped = chains.take(state.skipped, header, number)
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


def _step_in(state: State, header: _Header, now: int) -> State:
    """The peer has stepped: finish its old chain, start its new one, forget our ratchet key."""
    if state.own is None:
        raise ForgedError("A step of the peer that answers none of ours.")
    done = _skip_to(state, header.previous_length, now)
    secret = IdentityKey.load(state.own).agree(header.ratchet_key)
    step = chains.root_step(state.root, secret)
    return replace(
        done,
        root=step.root,
        own=None,
        own_public=None,
        peer=header.ratchet_key,
        send_chain=None,
        send_header=state.next_send_header,
        next_send_header=None,
        receive_chain=step.chain,
        receive_header=state.next_receive_header,
        next_receive_header=step.next_header,
        previous_length=state.send_number,
        send_number=0,
        receive_number=0,
    )


def _step_out(state: State, entropy: Entropy) -> State:
    """Our step: a fresh ratchet key, a sending chain, the header key after it."""
    if state.peer is None:
        raise BugError("A responder opens a message before it seals one.")
    own = IdentityKey.generate(entropy)
    step = chains.root_step(state.root, own.agree(state.peer))
    return replace(
        state,
        root=step.root,
        own=own.dump(),
        own_public=own.public,
        send_chain=step.chain,
        next_send_header=step.next_header,
    )
