"""The first message of a session: its header, and the transcript that both ends derive keys from.

Spec: docs/protocol/20-identities.md §7.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from crypto.keys import check_agreement_public
from protocol import codec
from protocol.errors import BugError, MalformedError
from protocol.limits import MAX_ENVELOPE_BYTES
from protocol.membership import record_hash
from protocol.records import SigningPublic

NO_ONE_TIME: Final = 2**32 - 1
"""Stands where the id of a one-time X25519 key would, when there was none."""


_SUITE: Final = 1
_INIT: Final = struct.Struct(">B32sIII1088s")
_LABEL: Final = b"jitc/v1/pqxdh/T\x00"
_TRANSCRIPT_BYTES: Final = 5 * 16 + 4 * 32 + 2 * (4 + 32) + (4 + 1184) + 32 + 1088


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Init:
    """The header of a first message, and the ratchet message after it."""

    ephemeral: bytes
    spk_id: int
    opk_id: int | None
    kem_id: int
    ciphertext: bytes
    message: bytes

    def pack(self) -> bytes:
        """The body of an `EnvelopeKind.INIT`."""
        opk_id = NO_ONE_TIME if self.opk_id is None else self.opk_id
        head = _INIT.pack(_SUITE, self.ephemeral, self.spk_id, opk_id, self.kem_id, self.ciphertext)
        return head + self.message

    @staticmethod
    def unpack(body: bytes) -> Init:
        """Read the body of an `EnvelopeKind.INIT`; the caller looks up the keys it names.

        Raises:
            MalformedError: too short, too long, another suite, or an unfit ephemeral key.
        """
        if not _INIT.size < len(body) <= MAX_ENVELOPE_BYTES:
            raise MalformedError("A first message of an impossible length.")
        suite, ephemeral, spk_id, opk_id, kem_id, ciphertext = _INIT.unpack_from(body)
        if suite != _SUITE or NO_ONE_TIME in (spk_id, kem_id):
            raise MalformedError("A first message of an unknown suite.")
        check_agreement_public(ephemeral)
        return Init(
            ephemeral=ephemeral,
            spk_id=spk_id,
            opk_id=None if opk_id == NO_ONE_TIME else opk_id,
            kem_id=kem_id,
            ciphertext=ciphertext,
            message=body[_INIT.size :],
        )

    def replay_tag(self) -> bytes:
        """Names this handshake, 32 bytes (person jitc1init).

        Two first messages with one tag belong to one session. The receiver keeps the tag as long
        as the signed prekey's secret and never accepts a second session for it.
        """
        joined = self.ephemeral + self.ciphertext
        return hashlib.blake2b(joined, digest_size=32, person=b"jitc1init").digest()


class Side(NamedTuple):
    """One end, as it stands in the transcript."""

    user: bytes
    device: bytes
    signing: SigningPublic
    identity: bytes


class Used(NamedTuple):
    """The responder's prekeys that take part."""

    spk: bytes
    opk: bytes | None
    kem: bytes


def transcript(space: bytes, first: Side, second: Side, used: Used, init: Init) -> bytes:
    """T: SHA-512 over every public value of the handshake, 64 bytes; all fields of fixed length."""
    if first.device == second.device:
        raise BugError("A device holds no session with itself.")
    opk_id = NO_ONE_TIME if init.opk_id is None else init.opk_id
    fields = (
        space,
        first.user,
        first.device,
        second.user,
        second.device,
        record_hash(codec.encode(first.signing)),
        first.identity,
        record_hash(codec.encode(second.signing)),
        second.identity,
        struct.pack(">I", init.spk_id),
        used.spk,
        struct.pack(">I", opk_id),
        bytes(32) if used.opk is None else used.opk,
        struct.pack(">I", init.kem_id),
        used.kem,
        init.ephemeral,
        init.ciphertext,
    )
    joined = b"".join(fields)
    if len(joined) != _TRANSCRIPT_BYTES:
        raise BugError("A handshake with a field of another length.")
    return hashlib.sha512(_LABEL + joined).digest()
