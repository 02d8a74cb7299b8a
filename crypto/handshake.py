"""Starting a session with a device that may be away: X25519 and ML-KEM-768 together (PQXDH-like).

The transcript hash binds every key, id and address of both sides; change one and the two ends
derive different keys. Which device keys are right, the caller takes from the signed membership.
Spec: docs/protocol/20-identities.md §7.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from crypto import session, signatures
from crypto.chains import RootStep
from crypto.entropy import Entropy
from crypto.kdf import hkdf
from crypto.keys import (
    IdentityKey,
    KemKey,
    check_agreement_public,
    check_kem_public,
    encapsulate,
)
from crypto.session import MAX_INIT_BYTES, Session
from protocol import codec
from protocol.api.accounts import Bundle
from protocol.errors import BugError, ForgedError, MalformedError, ReplayError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_ENVELOPE_BYTES
from protocol.membership import record_hash
from protocol.prekeys import OneTimeKem, SignedPrekeys
from protocol.records import VERSION, SigningPublic

NO_ONE_TIME: Final = 2**32 - 1
"""Stands where the id of a one-time X25519 key would, when there was none."""

_SUITE: Final = 1
_INIT: Final = struct.Struct(">B32sIII1088s")
_LABEL: Final = b"jitc/v1/pqxdh"
_TRANSCRIPT_LABEL: Final = b"jitc/v1/pqxdh/T\x00"
_FILL: Final = b"\xff" * 32
_ZERO_SALT: Final = bytes(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """This device."""

    user: UserId
    device: DeviceId
    signing: SigningPublic
    identity: IdentityKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other device, as the device list that the membership names states it."""

    user: UserId
    device: DeviceId
    signing: SigningPublic
    identity: bytes  # X25519 public key, 32 B


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerBundle:
    """Checked prekeys of a peer: signed, unexpired, of usable form."""

    spk_id: int
    spk: bytes
    opk_id: int | None
    opk: bytes | None
    kem_id: int
    kem: bytes


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
        """Read the body of an `EnvelopeKind.INIT`; which keys it names is for the caller to look up.

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


def read_bundle(bundle: Bundle, peer: Peer, *, now: int) -> PeerBundle:
    """Check what the store handed out for `peer`; a one-time KEM key is preferred.

    Raises:
        ForgedError: not signed by the peer's device, for another device, or expired
            (code `prekeys-expired`).
        MalformedError: a key or an id that cannot be used.
    """
    signed = signatures.verify(bundle.signed, peer.signing, SignedPrekeys, signer=peer.device)
    if not peer.device == bundle.device == signed.device:
        raise ForgedError("The store handed out prekeys of another device.")
    if not signed.created <= signed.expires or signed.expires <= now:
        raise ForgedError("The prekeys of a device have expired.", code="prekeys-expired")
    kem_id, kem = signed.kem_id, signed.kem
    if bundle.kem is not None:
        kem_id, kem = bundle.kem.id, bundle.kem.key
        once = OneTimeKem(version=VERSION, device=peer.device, kem_id=kem_id, kem=kem)
        signatures.verify_once(bundle.kem.signature, peer.signing, once)
    opk = bundle.one_time
    checked = PeerBundle(
        spk_id=signed.spk_id,
        spk=signed.spk,
        opk_id=None if opk is None else opk.id,
        opk=None if opk is None else opk.key,
        kem_id=kem_id,
        kem=kem,
    )
    _check_bundle(checked)
    return checked


def initiate(
    *, space: SpaceId, own: Own, peer: Peer, bundle: PeerBundle, entropy: Entropy
) -> Session:
    """Start a session with a peer's device; nothing is sent until something is sealed in it.

    Raises:
        BugError: a session of a device with itself.
        MalformedError: a key of the peer is unfit.
    """
    _check_bundle(bundle)
    ephemeral = IdentityKey.generate(entropy)
    secret, ciphertext = encapsulate(bundle.kem)
    init = Init(
        ephemeral=ephemeral.public,
        spk_id=bundle.spk_id,
        opk_id=bundle.opk_id,
        kem_id=bundle.kem_id,
        ciphertext=ciphertext,
        message=b"",
    )
    agreed = [
        own.identity.agree(bundle.spk),
        ephemeral.agree(peer.identity),
        ephemeral.agree(bundle.spk),
    ]
    if bundle.opk is not None:
        agreed.append(ephemeral.agree(bundle.opk))
    used = _Used(bundle.spk, bundle.opk, bundle.kem)
    binding = transcript(space, _side(own), _peer_side(peer), used, init)
    return session.begin_initiator(
        binding=binding[:32],
        secrets=_derive(agreed, secret, binding),
        peer=bundle.spk,
        init=init.pack(),
    )


def accept(
    *,
    space: SpaceId,
    own: Own,
    peer: Peer,
    init: Init,
    spk: IdentityKey,
    opk: IdentityKey | None,
    kem: KemKey,
) -> Session:
    """Answer a first message with the secrets it names; then open `init.message` in the result.

    Nothing is proven until that message opens: keep session, plaintext and replay tag, and delete
    the one-time secrets, in one transaction after it did.

    Raises:
        ReplayError: it names a one-time key whose secret is gone.
        BugError: a one-time key is given that the message does not name, or oneself as the peer.
        MalformedError: a key of the peer is unfit.
    """
    if init.opk_id is not None and opk is None:
        raise ReplayError("A first message uses a one-time key that has been used.")
    if init.opk_id is None and opk is not None:
        raise BugError("A first message without a one-time key was given one.")
    agreed = [
        spk.agree(peer.identity),
        own.identity.agree(init.ephemeral),
        spk.agree(init.ephemeral),
    ]
    if opk is not None:
        agreed.append(opk.agree(init.ephemeral))
    secret = kem.decapsulate(init.ciphertext)
    used = _Used(spk.public, None if opk is None else opk.public, kem.public)
    binding = transcript(space, _peer_side(peer), _side(own), used, init)
    return session.begin_responder(
        binding=binding[:32], secrets=_derive(agreed, secret, binding), own=spk
    )


class _Side(NamedTuple):
    """One end, as it stands in the transcript."""

    user: bytes
    device: bytes
    signing: SigningPublic
    identity: bytes


class _Used(NamedTuple):
    """The responder's prekeys that take part."""

    spk: bytes
    opk: bytes | None
    kem: bytes


def transcript(space: bytes, first: _Side, second: _Side, used: _Used, init: Init) -> bytes:
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
    return hashlib.sha512(_TRANSCRIPT_LABEL + joined).digest()


_TRANSCRIPT_BYTES: Final = 5 * 16 + 4 * 32 + 2 * (4 + 32) + (4 + 1184) + 32 + 1088


def _derive(agreed: list[bytes], secret: bytes, binding: bytes) -> RootStep:
    out = hkdf(_ZERO_SALT, _FILL + b"".join(agreed) + secret, _LABEL, binding, 96)
    return RootStep(out[:32], out[32:64], out[64:])


def _side(own: Own) -> _Side:
    return _Side(own.user, own.device, own.signing, own.identity.public)


def _peer_side(peer: Peer) -> _Side:
    return _Side(peer.user, peer.device, peer.signing, peer.identity)


def _check_bundle(bundle: PeerBundle) -> None:
    ids = (bundle.spk_id, bundle.kem_id, 0 if bundle.opk_id is None else bundle.opk_id)
    if not all(0 <= number < NO_ONE_TIME for number in ids):
        raise MalformedError("The id of a prekey is out of range.")
    if (bundle.opk_id is None) != (bundle.opk is None):
        raise MalformedError("A one-time key without its id.")
    check_agreement_public(bundle.spk)
    if bundle.opk is not None:
        check_agreement_public(bundle.opk)
    check_kem_public(bundle.kem)


if _INIT.size != MAX_INIT_BYTES:
    raise BugError("The layout of a first message and its bound disagree.")
