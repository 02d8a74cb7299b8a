"""The two fixed binary layouts of a message: the outer envelope and the inner key message.

    Envelope : ver 1 | kind 1 | to 16 | from 16 | envelope id 16 | length 4 | body
    KeyMsg   : type 1 | space 16 | message 16 | sender_seq 8 | prev_own 32 | pair_seq 8 |
               log_seq 8 | log_head 32 | content key 32 | body digest 32 | body length 4 |
               flags 1                                                               (190 B)

Integers are big-endian. Spec: docs/protocol/40-messages.md §1, §3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from protocol.errors import BugError, LimitExceededError, MalformedError
from protocol.ids import EnvelopeId, MailboxId, MessageId, SpaceId
from protocol.limits import MAX_ENVELOPE_BYTES, MAX_SEALED_BODY_BYTES

_ENVELOPE: Final = struct.Struct(">BB16s16s16sI")
_KEY_MSG: Final = struct.Struct(">B16s16sQ32sQQ32s32s32sIB")
_VERSION: Final = 1
_KEY_MSG_TYPE: Final = 1
KEY_MSG_BYTES: Final = _KEY_MSG.size


class EnvelopeKind(IntEnum):
    """Whether the body starts a session or continues one."""

    INIT = 1
    MSG = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """All that the store sees of one delivery."""

    kind: EnvelopeKind
    to: MailboxId
    sender: MailboxId
    id: EnvelopeId
    body: bytes

    def pack(self) -> bytes:
        """The bytes on the wire."""
        head = _ENVELOPE.pack(_VERSION, self.kind, self.to, self.sender, self.id, len(self.body))
        return head + self.body

    @staticmethod
    def unpack(data: bytes) -> Envelope:
        """Read an envelope.

        Raises:
            LimitExceededError: longer than MAX_ENVELOPE_BYTES.
            MalformedError: wrong version, kind or length.
        """
        if len(data) > MAX_ENVELOPE_BYTES:
            raise LimitExceededError(f"An envelope of {len(data)} bytes is too long.")
        if len(data) < _ENVELOPE.size:
            raise MalformedError("An envelope is cut short.")
        version, kind, to, sender, envelope, length = _ENVELOPE.unpack_from(data)
        body = data[_ENVELOPE.size :]
        if version != _VERSION or kind not in (1, 2) or length != len(body):
            raise MalformedError("An envelope with an unknown version, kind or length.")
        return Envelope(
            kind=EnvelopeKind(kind),
            to=MailboxId(to),
            sender=MailboxId(sender),
            id=EnvelopeId(envelope),
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeyMsg:
    """What each recipient's ratchet carries: where the message stands and how to open its body.

    `sender_seq` and `prev_own` chain everything the sending device says in the space; `pair_seq`
    counts what it says to this one recipient device, from 1, so that a gap there is a loss even
    where other messages were addressed to other people (ADR-0007).
    """

    space: SpaceId
    message: MessageId
    sender_seq: int
    prev_own: bytes
    pair_seq: int
    log_seq: int
    log_head: bytes
    content_key: bytes
    body_digest: bytes
    body_length: int

    def pack(self) -> bytes:
        """The 190 bytes that the ratchet pads and seals.

        Raises:
            BugError: a field of another length; `struct` would cut or fill it in silence.
        """
        short = len(self.space) == len(self.message) == 16
        long = len(self.prev_own) == len(self.log_head) == len(self.content_key) == 32
        if not (short and long and len(self.body_digest) == 32):
            raise BugError("A key message with a field of another length.")
        return _KEY_MSG.pack(
            _KEY_MSG_TYPE,
            self.space,
            self.message,
            self.sender_seq,
            self.prev_own,
            self.pair_seq,
            self.log_seq,
            self.log_head,
            self.content_key,
            self.body_digest,
            self.body_length,
            0,
        )

    def numbered(self, pair_seq: int) -> KeyMsg:
        """The same for one recipient device, as its `pair_seq`-th; written out, for it is hot."""
        return KeyMsg(
            space=self.space,
            message=self.message,
            sender_seq=self.sender_seq,
            prev_own=self.prev_own,
            pair_seq=pair_seq,
            log_seq=self.log_seq,
            log_head=self.log_head,
            content_key=self.content_key,
            body_digest=self.body_digest,
            body_length=self.body_length,
        )

    @staticmethod
    def unpack(data: bytes) -> KeyMsg:
        """Read a key message.

        Raises:
            MalformedError: wrong length, type or flags.
        """
        if len(data) != KEY_MSG_BYTES:
            raise MalformedError("A key message has a fixed length.")
        kind, space, message, seq, prev, pair, log_seq, head, key, digest, length, flags = (
            _KEY_MSG.unpack(data)
        )
        if kind != _KEY_MSG_TYPE or flags != 0 or length > MAX_SEALED_BODY_BYTES:
            raise MalformedError("A key message of an unknown type.")
        return KeyMsg(
            space=SpaceId(space),
            message=MessageId(message),
            sender_seq=seq,
            prev_own=prev,
            pair_seq=pair,
            log_seq=log_seq,
            log_head=head,
            content_key=key,
            body_digest=digest,
            body_length=length,
        )
