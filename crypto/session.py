"""What one side of a ratchet session remembers, and how it is stored.

Spec: docs/protocol/30-ratchet.md §1, §7.
"""

from __future__ import annotations

from typing import Annotated, Final, NoReturn

import msgspec
from msgspec.structs import replace

from crypto.chains import Number, RootStep, SkippedChain
from crypto.keys import IdentityKey
from protocol import codec
from protocol.limits import KIB, MAX_HEADER_CHAINS
from protocol.records import (
    VERSION,
    Bytes32,
    Bytes64,
    Counter,
    KemCiphertext,
    KemPublic,
    Record,
    UnixTime,
    Version,
)

MAX_SESSION_BYTES: Final = 256 * KIB
MAX_INIT_BYTES: Final = 1133


class State(Record, tag="ratchet", frozen=True):
    """What a session remembers. `own` is absent between a step of the peer and our next message.

    Names in the specification of the Double Ratchet: root RK, own DHs, peer DHr, send_chain CKs,
    receive_chain CKr, send_header HKs, receive_header HKr, next_* NHKs and NHKr, send_number Ns,
    receive_number Nr, previous_length PN.

    For the ML-KEM step: `own_kem` is the seed of the key that our sending chain proposes and
    `own_kem_public` that key; `answer` the ciphertext that our sending chain carries; `peer_kem`
    the key that our next chain has to answer; `kem_count` the messages sealed and opened, and
    `kem_at` the time, since the last such step or the first message.
    """

    version: Version
    initiator: bool
    binding: Bytes32
    root: Bytes32
    own: Bytes32 | None
    own_public: Bytes32 | None
    peer: Bytes32 | None
    send_chain: Bytes32 | None
    receive_chain: Bytes32 | None
    send_header: Bytes32 | None
    receive_header: Bytes32 | None
    next_send_header: Bytes32 | None
    next_receive_header: Bytes32
    send_number: Number
    receive_number: Number
    previous_length: Number
    skipped: Annotated[tuple[SkippedChain, ...], msgspec.Meta(max_length=MAX_HEADER_CHAINS)]
    init: Annotated[bytes, msgspec.Meta(max_length=MAX_INIT_BYTES)]
    sent: Counter
    unanswered: Counter
    own_kem: Bytes64 | None
    own_kem_public: KemPublic | None
    answer: KemCiphertext | None
    peer_kem: KemPublic | None
    kem_count: Counter
    kem_at: UnixTime | None

    def __repr__(self) -> str:
        return "State(<redacted>)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Nothing to show."""
        return []


class Session:
    """One side of a session; immutable, redacted, never pickled."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def __repr__(self) -> str:
        return "Session(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("sessions are never pickled")

    @classmethod
    def load(cls, data: bytes) -> Session:
        """Read a dumped session.

        Raises:
            MalformedError: another version, or not a session.
        """
        return cls(codec.decode(State, data, limit=MAX_SESSION_BYTES))

    def dump(self) -> bytes:
        """The session as bytes, secrets and all: to be stored under the space's key only."""
        return codec.encode(self._state)

    @property
    def state(self) -> State:
        """What the session remembers."""
        return self._state

    @property
    def init_pending(self) -> bool:
        """Whether the INIT header still goes in front: nothing of the peer has been opened yet."""
        return bool(self._state.init)

    @property
    def sent(self) -> int:
        """Messages sealed in this session."""
        return self._state.sent

    @property
    def unanswered(self) -> int:
        """Messages sealed since one of the peer was opened."""
        return self._state.unanswered


def begin_initiator(*, binding: bytes, secrets: RootStep, peer: bytes, init: bytes) -> Session:
    """The initiator's first state; its ratchet key is made with its first message.

    Args:
        binding: the first 32 bytes of the handshake's transcript hash.
        secrets: root key, the initiator's header key, the responder's next header key.
        peer: the responder's signed prekey (32 B), its first ratchet key.
        init: the INIT header that goes in front until the peer has answered.
    """
    state = _first(binding, secrets, initiator=True)
    return Session(
        replace(
            state,
            peer=peer,
            send_header=secrets.chain,
            next_receive_header=secrets.next_header,
            init=init,
        )
    )


def begin_responder(*, binding: bytes, secrets: RootStep, own: IdentityKey) -> Session:
    """The responder's first state; `own` is the signed prekey the initiator used."""
    state = _first(binding, secrets, initiator=False)
    return Session(
        replace(
            state,
            own=own.dump(),
            own_public=own.public,
            next_send_header=secrets.next_header,
            next_receive_header=secrets.chain,
        )
    )


def _first(binding: bytes, secrets: RootStep, *, initiator: bool) -> State:
    return State(
        version=VERSION,
        initiator=initiator,
        binding=binding,
        root=secrets.root,
        own=None,
        own_public=None,
        peer=None,
        send_chain=None,
        receive_chain=None,
        send_header=None,
        receive_header=None,
        next_send_header=None,
        next_receive_header=secrets.chain,
        send_number=0,
        receive_number=0,
        previous_length=0,
        skipped=(),
        init=b"",
        sent=0,
        unanswered=0,
        own_kem=None,
        own_kem_public=None,
        answer=None,
        peer_kem=None,
        kem_count=0,
        kem_at=None,
    )
