"""Rows about devices, linking and changed keys; as `views`, which says what they may hold."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import DeviceId, SpaceId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One device of oneself, or of a member (whose names nobody else knows: empty).

    `added_at` is known where it was linked, `last_seen` is the store's word, for one's own.
    """

    device: DeviceId
    name: str
    this: bool
    added_at: int | None
    last_seen: int | None
    revoked: bool
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOfferView:
    """The line to show, also as a QR code, and until when it stands."""

    line: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCandidate:
    """The device that asks to be linked; which one it is, only its code says."""

    name: str
    fingerprint: str
    code_length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Whom a new device would join.

    `authority` and `fingerprint` (the first three groups of the person's safety number) are empty
    until the other device has answered; `code` is what is typed there, empty before the request.
    """

    name: str
    authority: str
    store: str
    fingerprint: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChangeRow:
    """A member whose key was replaced, and nobody here has decided about it.

    `by` is the administrator's name, `spaces` are those where the new key stands.
    """

    user: UserId
    name: str
    by: str
    at: int
    spaces: tuple[SpaceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOffer:
    """Another key that the store shows for somebody whose key is known here.

    Both numbers have 60 digits; `new_key` (digest, 32 B) is what a decision names.
    """

    user: UserId
    name: str
    old_number: str
    new_number: str
    was_verified: bool
    new_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a member's present key was compared: "number" or "code", when, and at which own device.

    `device` is what one calls it; empty: not known, or a name was never given.
    """

    how: str
    at: int
    device: str
    here: bool  # it was this device
