"""Linking a further device of the same person: offer, request, grant.

The device that is there shows an offer (one line, or its QR code); the new device answers with a
request and shows a code to type; the device that is there grants. The store carries request and
grant and can read neither key nor name. Cryptography: `crypto.linking`.
Spec: docs/protocol/21-linking.md.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol import textline
from protocol.limits import MAX_DEVICE_NAME_CHARS, MAX_TITLE_CHARS
from protocol.records import (
    Bytes16,
    Bytes32,
    KemPublic,
    Record,
    RecordBytes,
    SigningPublic,
    UnixTime,
    Version,
)
from protocol.roles import Party

KemCiphertext = Annotated[bytes, msgspec.Meta(min_length=1088, max_length=1088)]
DeviceName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_DEVICE_NAME_CHARS)]


class LinkOffer(Record, tag="link-offer", frozen=True):
    """What the line `jit-link:` says. No secret: who copies it can at most ask to be linked.

    `user_key` is `key_digest` of the person's user key, so that the new device knows whom it
    joins, and `name` says it in words; `ephemeral` is an X25519 key made for this one linking.
    """

    version: Version
    name: Annotated[str, msgspec.Meta(max_length=MAX_DEVICE_NAME_CHARS)]
    address: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    certificate: Bytes32
    store_key: Bytes32
    user: Bytes16
    user_key: Bytes32
    slot: Bytes16
    ephemeral: Bytes32
    expires: UnixTime


class LinkKeys(Record, tag="link-keys", frozen=True):
    """The new device's public keys, in the clear: whoever sees them learns nothing of use."""

    version: Version
    device: Bytes16
    signing: SigningPublic
    identity: Bytes32
    ephemeral: Bytes32
    kem: KemPublic


class LinkRequest(Record, tag="link-request", frozen=True):
    """What the new device leaves in the slot; `name` is sealed for the device that offered."""

    version: Version
    slot: Bytes16
    keys: LinkKeys
    name: Annotated[bytes, msgspec.Meta(max_length=512)]


class OwnDevice(Record, tag="own-device", frozen=True):
    """What a person calls one of her devices; only her own devices know."""

    version: Version
    device: Bytes16
    name: DeviceName


class LinkGrant(Record, tag="link-grant", frozen=True):
    """What the new device gets, sealed: the root of the user key, the list it now stands in.

    `name` to `party`: what the store's directory says of the person.
    """

    version: Version
    user_root: Bytes32
    name: Annotated[str, msgspec.Meta(max_length=MAX_TITLE_CHARS)]
    authority: Annotated[str, msgspec.Meta(max_length=MAX_TITLE_CHARS)]
    country: Annotated[str, msgspec.Meta(max_length=2)]
    party: Party
    device_list: RecordBytes
    devices: Annotated[tuple[OwnDevice, ...], msgspec.Meta(max_length=8)]

    def __repr__(self) -> str:
        return "LinkGrant(<redacted>)"


class SealedGrant(Record, tag="link-sealed", frozen=True):
    """A grant on its way: a KEM ciphertext for the new device, and the grant under both secrets."""

    version: Version
    slot: Bytes16
    kem: KemCiphertext
    sealed: Annotated[bytes, msgspec.Meta(min_length=40, max_length=48 * 1024)]


def to_text(offer: LinkOffer) -> str:
    """The line as the device that offers shows it."""
    return textline.to_line(textline.LINK, offer)


def from_text(text: str) -> LinkOffer:
    """Read an offer.

    Raises:
        BadInputError: another kind of line, cut short, or altered.
    """
    return textline.from_line(LinkOffer, textline.LINK, text)
