"""Starting a session with a device that may be away: X25519 and ML-KEM-768 together (PQXDH-like).

The transcript hash binds every key, id and address of both sides; change one and the two ends
derive different keys. Which device keys are right, the caller takes from the signed membership.
Spec: docs/protocol/20-identities.md §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from crypto import session, signatures
from crypto.chains import RootStep
from crypto.entropy import Entropy
from crypto.errors import PrekeysExpiredError
from crypto.firstmessage import NO_ONE_TIME, Init, Side, Used, transcript
from crypto.kdf import hkdf
from crypto.keys import (
    IdentityKey,
    KemKey,
    check_agreement_public,
    check_kem_public,
    encapsulate,
)
from crypto.session import Session
from protocol.api.accounts import Bundle
from protocol.errors import BugError, ForgedError, MalformedError, ReplayError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.prekeys import OneTimeKem, SignedPrekeys
from protocol.records import VERSION, SigningPublic

__all__ = ["Init", "Own", "Peer", "PeerBundle", "accept", "initiate", "read_bundle"]

_LABEL: Final = b"jitc/v1/pqxdh"
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
    """Checked prekeys of a peer; one with a key or an id that cannot be used does not exist.

    Raises:
        MalformedError: as above.
    """

    spk_id: int
    spk: bytes
    opk_id: int | None
    opk: bytes | None
    kem_id: int
    kem: bytes

    def __post_init__(self) -> None:
        ids = (self.spk_id, self.kem_id, 0 if self.opk_id is None else self.opk_id)
        if not all(0 <= number < NO_ONE_TIME for number in ids):
            raise MalformedError("The id of a prekey is out of range.")
        if (self.opk_id is None) != (self.opk is None):
            raise MalformedError("A one-time key without its id.")
        check_agreement_public(self.spk)
        if self.opk is not None:
            check_agreement_public(self.opk)
        check_kem_public(self.kem)


def read_bundle(bundle: Bundle, peer: Peer, *, now: int) -> PeerBundle:
    """Check what the store handed out for `peer`; a one-time KEM key is preferred.

    Raises:
        ForgedError: not signed by the peer's device, or for another device.
        PrekeysExpiredError: signed by it, but too long ago.
        MalformedError: a key or an id that cannot be used.
    """
    signed = signatures.verify(bundle.signed, peer.signing, SignedPrekeys, signer=peer.device)
    if not peer.device == bundle.device == signed.device:
        raise ForgedError("The store handed out prekeys of another device.")
    if not signed.created <= signed.expires or signed.expires <= now:
        raise PrekeysExpiredError("A device has not renewed its prekeys for too long.")
    kem_id, kem = signed.kem_id, signed.kem
    if bundle.kem is not None:
        kem_id, kem = bundle.kem.id, bundle.kem.key
        once = OneTimeKem(version=VERSION, device=peer.device, kem_id=kem_id, kem=kem)
        signatures.verify_once(bundle.kem.signature, peer.signing, once)
    opk = bundle.one_time
    return PeerBundle(
        spk_id=signed.spk_id,
        spk=signed.spk,
        opk_id=None if opk is None else opk.id,
        opk=None if opk is None else opk.key,
        kem_id=kem_id,
        kem=kem,
    )


def initiate(
    *, space: SpaceId, own: Own, peer: Peer, bundle: PeerBundle, entropy: Entropy
) -> Session:
    """Start a session with a peer's device; nothing is sent until something is sealed in it.

    Raises:
        BugError: a session of a device with itself.
        MalformedError: a key of the peer is unfit.
    """
    ephemeral = IdentityKey.generate(entropy)
    return _begin(space, own, peer, bundle, _Fresh(ephemeral, *encapsulate(bundle.kem)))


def accept(  # noqa: PLR0913 - each secret by its name, so that none is given for another
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
    used = Used(spk.public, None if opk is None else opk.public, kem.public)
    binding = transcript(space, _peer_side(peer), _side(own), used, init)
    return session.begin_responder(
        binding=binding[:32], secrets=_derive(agreed, secret, binding), own=spk
    )


class _Fresh(NamedTuple):
    """What the initiator draws for one handshake."""

    ephemeral: IdentityKey
    secret: bytes
    ciphertext: bytes


def _begin(space: SpaceId, own: Own, peer: Peer, bundle: PeerBundle, fresh: _Fresh) -> Session:
    """Everything after the drawing, so that a frozen vector can repeat it."""
    init = Init(
        ephemeral=fresh.ephemeral.public,
        spk_id=bundle.spk_id,
        opk_id=bundle.opk_id,
        kem_id=bundle.kem_id,
        ciphertext=fresh.ciphertext,
        message=b"",
    )
    agreed = [
        own.identity.agree(bundle.spk),
        fresh.ephemeral.agree(peer.identity),
        fresh.ephemeral.agree(bundle.spk),
    ]
    if bundle.opk is not None:
        agreed.append(fresh.ephemeral.agree(bundle.opk))
    used = Used(bundle.spk, bundle.opk, bundle.kem)
    binding = transcript(space, _side(own), _peer_side(peer), used, init)
    return session.begin_initiator(
        binding=binding[:32],
        secrets=_derive(agreed, fresh.secret, binding),
        peer=bundle.spk,
        init=init.pack(),
    )


def _derive(agreed: list[bytes], secret: bytes, binding: bytes) -> RootStep:
    out = hkdf(_ZERO_SALT, _FILL + b"".join(agreed) + secret, _LABEL, binding, 96)
    return RootStep(out[:32], out[32:64], out[64:])


def _side(own: Own) -> Side:
    return Side(own.user, own.device, own.signing, own.identity.public)


def _peer_side(peer: Peer) -> Side:
    return Side(peer.user, peer.device, peer.signing, peer.identity)
