"""Linking a further device: the code two devices agree on, the request, the grant.

The store carries both pieces and may exchange them: what protects is the code, which a person
carries from one screen to the other and which covers everything both ends hold.
Spec: docs/protocol/21-linking.md.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from crypto import aead, devicelist, recovery, sealing
from crypto.entropy import Entropy, draw
from crypto.kdf import hkdf
from crypto.keys import (
    IdentityKey,
    KemKey,
    check_agreement_public,
    check_kem_public,
    encapsulate,
)
from crypto.signatures import check_public
from protocol import codec
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, MalformedError
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICE_NAME_CHARS, MAX_LINK_BYTES
from protocol.linking import LinkGrant, LinkKeys, LinkOffer, LinkRequest, SealedGrant
from protocol.membership import key_digest, record_hash
from protocol.records import VERSION, SigningPublic

CODE_CHARS: Final = 16
CODE_GROUP: Final = 4
_CODE_BYTES: Final = 10
_SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NAME: Final = b"jitc/v1/link/name"
_GRANT: Final = b"jitc/v1/link/grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The new device's side: what it left in the slot, and the secrets that open the answer."""

    offer: LinkOffer
    request: LinkRequest
    ephemeral: IdentityKey
    kem: KemKey


def code(offer: LinkOffer, keys: LinkKeys) -> str:
    """The code a person types at the device that offered: 80 bits, as four groups of four.

    BLAKE2b-256 (person jitc1linkcode) over the hashes of both records; Crockford's base 32.
    """
    digest = hashlib.blake2b(digest_size=32, person=b"jitc1linkcode")
    digest.update(_both(offer, keys))
    bits = int.from_bytes(digest.digest()[:_CODE_BYTES])
    text = "".join(_SYMBOLS[bits >> 5 * at & 31] for at in reversed(range(CODE_CHARS)))
    return "-".join(text[at : at + CODE_GROUP] for at in range(0, CODE_CHARS, CODE_GROUP))


def is_code(typed: str) -> bool:
    """Whether what was typed has the form of a code; a line of another type never has."""
    plain = _plain(typed)
    return len(plain) == CODE_CHARS and set(plain) <= set(_SYMBOLS)


def same_code(typed: str, offer: LinkOffer, keys: LinkKeys) -> bool:
    """Whether a person typed the code of this offer and these keys; spacing does not count."""
    wanted = _plain(code(offer, keys))
    return is_code(typed) and hmac.compare_digest(_plain(typed), wanted)


def ask(
    offer: LinkOffer,
    device: DeviceId,
    public: tuple[SigningPublic, bytes],
    name: str,
    entropy: Entropy,
) -> Asked:
    """The new device's request.

    Args:
        offer: as the line says.
        device: the id the new device gave itself.
        public: its DSK and its DIK (32 B), public halves.
        name: what it is to be called, at most MAX_DEVICE_NAME_CHARS; sealed for the device that
            offered.
        entropy: for two ephemeral keys.

    Raises:
        MalformedError: the offer's key is unfit.
    """
    ephemeral, kem = IdentityKey.generate(entropy), KemKey.generate(entropy)
    keys = LinkKeys(
        version=VERSION,
        device=device,
        signing=public[0],
        identity=public[1],
        ephemeral=ephemeral.public,
        kem=kem.public,
    )
    shared = ephemeral.agree(offer.ephemeral)
    sealed = sealing.seal(
        _name_key(shared, offer, keys), name[:MAX_DEVICE_NAME_CHARS].encode(), offer.slot, entropy
    )
    request = LinkRequest(version=VERSION, slot=offer.slot, keys=keys, name=sealed)
    return Asked(offer=offer, request=request, ephemeral=ephemeral, kem=kem)


def read_request(offer: LinkOffer, ephemeral: IdentityKey, data: bytes) -> tuple[LinkKeys, str]:
    """What was left in the slot, and the name in it. Whose it is, only the code says.

    Raises:
        MalformedError: not a request, for another slot, or with unfit keys.
        ForgedError: the name does not open: not made for this offer.
    """
    request = codec.decode(LinkRequest, data, limit=MAX_LINK_BYTES)
    keys = request.keys
    if request.slot != offer.slot:
        raise MalformedError("The store shows a request that was made for another offer.")
    check_public(keys.signing)
    for public in (keys.identity, keys.ephemeral):
        check_agreement_public(public)
    check_kem_public(keys.kem)
    shared = ephemeral.agree(keys.ephemeral)
    plain = sealing.open_sealed(_name_key(shared, offer, keys), request.name, offer.slot)
    try:
        name = plain.decode()
    except UnicodeDecodeError as error:
        raise MalformedError("The name of the new device is not text.") from error
    if len(name) > MAX_DEVICE_NAME_CHARS:
        raise MalformedError("The name of the new device is too long.")
    return keys, name


def grant(
    offer: LinkOffer, ephemeral: IdentityKey, keys: LinkKeys, given: LinkGrant, entropy: Entropy
) -> bytes:
    """Seal what the new device gets; an encoded `SealedGrant`.

    Both secrets must break before it opens: X25519 of the two ephemeral keys, and ML-KEM.
    """
    secret, ciphertext = encapsulate(keys.kem)
    shared = ephemeral.agree(keys.ephemeral)
    key = _grant_key(shared, secret, offer, keys, ciphertext)
    sealed = sealing.seal(key, codec.encode(given), offer.slot, entropy)
    return codec.encode(
        SealedGrant(version=VERSION, slot=offer.slot, kem=ciphertext, sealed=sealed)
    )


def open_grant(asked: Asked, data: bytes) -> LinkGrant:
    """Open the answer and hold it against the offer and one's own keys.

    Raises:
        ForgedError: it does not open, or does not list this device with its own keys.
        KeySubstitutedError: another person's user key than the offer named.
        MalformedError: not a grant, or for another slot.
    """
    offer, keys = asked.offer, asked.request.keys
    received = codec.decode(SealedGrant, data, limit=MAX_LINK_BYTES)
    if received.slot != offer.slot:
        raise MalformedError("The store shows an answer that was made for another offer.")
    secret = asked.kem.decapsulate(received.kem)
    shared = asked.ephemeral.agree(offer.ephemeral)
    key = _grant_key(shared, secret, offer, keys, received.kem)
    plain = sealing.open_sealed(key, received.sealed, offer.slot)
    given = codec.decode(LinkGrant, plain, limit=MAX_LINK_BYTES)
    user_key = recovery.user_key(given.user_root).public
    if not hmac.compare_digest(key_digest(codec.encode(user_key)), offer.user_key):
        raise ForgedError("The answer carries the keys of another person than the offer named.")
    listed = devicelist.read_list(given.device_list, UserId(offer.user), user_key=offer.user_key)
    mine = devicelist.find_device(listed, keys.device)
    if mine is None or not _same_keys(mine, keys):
        raise ForgedError("The answer does not list this device with its own keys.")
    return given


def new_slot(entropy: Entropy) -> bytes:
    """The id of a slot: 16 random bytes."""
    return draw(entropy, 16)


def _same_keys(entry: DeviceEntry, keys: LinkKeys) -> bool:
    return (entry.signing, entry.identity) == (keys.signing, keys.identity)


def _both(offer: LinkOffer, keys: LinkKeys) -> bytes:
    """The two records as fixed-length hashes: nothing of one can be read as the other's."""
    return record_hash(codec.encode(offer)) + record_hash(codec.encode(keys))


def _name_key(shared: bytes, offer: LinkOffer, keys: LinkKeys) -> bytes:
    return hkdf(b"", shared, _NAME, _both(offer, keys), aead.KEY_BYTES)


def _grant_key(
    shared: bytes, secret: bytes, offer: LinkOffer, keys: LinkKeys, ciphertext: bytes
) -> bytes:
    context = _both(offer, keys) + record_hash(ciphertext)
    return hkdf(b"", shared + secret, _GRANT, context, aead.KEY_BYTES)


def _plain(typed: str) -> str:
    folded = "".join(typed.replace("-", " ").split()).upper()
    return folded.translate(_ALIKE)
