"""Enrolment, sign-in, the directory and prekeys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.limits import MAX_LINK_BYTES, ONE_TIME_KEMS, ONE_TIME_PREKEYS
from protocol.records import Bytes16, Bytes32, Bytes64, Counter, KemPublic
from protocol.roles import Party


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every JSON request and reply."""


class ServerReply(Message, frozen=True, kw_only=True):
    """Who answers, and what it speaks."""

    product: str
    versions: tuple[int, ...]
    store_key: Bytes32
    time: int


class OneTimePrekey(Message, frozen=True, kw_only=True):
    """A one-time X25519 prekey (unsigned, as in X3DH)."""

    id: Counter
    key: Bytes32


class OneTimeKemKey(Message, frozen=True, kw_only=True):
    """A one-time ML-KEM-768 key; `signature` is Ed25519 by the device over `OneTimeKem`."""

    id: Counter
    key: KemPublic
    signature: Bytes64


class PrekeyUpload(Message, frozen=True, kw_only=True):
    """PUT /prekeys: replaces the signed prekeys (empty: keep), adds one-time keys."""

    signed: bytes = b""
    one_time: Annotated[tuple[OneTimePrekey, ...], msgspec.Meta(max_length=ONE_TIME_PREKEYS)] = ()
    kems: Annotated[tuple[OneTimeKemKey, ...], msgspec.Meta(max_length=ONE_TIME_KEMS)] = ()


class PrekeyCount(Message, frozen=True, kw_only=True):
    """How many one-time keys the store still has of this device."""

    one_time: int
    kems: int


class Bundle(Message, frozen=True, kw_only=True):
    """One claimed bundle; `signed` is a `Signed` of `SignedPrekeys`."""

    device: Bytes16
    signed: bytes
    one_time: OneTimePrekey | None
    kem: OneTimeKemKey | None


class EnrolRequest(Message, frozen=True, kw_only=True):
    """POST /enrolments: the invitation's code and the first device list (a `Signed`)."""

    user: Bytes16
    code: Bytes16
    device_list: bytes
    prekeys: PrekeyUpload

    def __repr__(self) -> str:
        return f"EnrolRequest(user={self.user.hex()}, <redacted>)"


class User(Message, frozen=True, kw_only=True):
    """A directory entry. The directory is a hint; keys count only as the log states them."""

    id: Bytes16
    name: str
    authority: str
    country: str
    party: Party
    device_list: bytes = b""


class UsersReply(Message, frozen=True, kw_only=True):
    """GET /users: everyone enrolled, and oneself."""

    users: tuple[User, ...]


class DeviceListReply(Message, frozen=True, kw_only=True):
    """GET device-list."""

    device_list: bytes


class DeviceListUpdate(Message, frozen=True, kw_only=True):
    """PUT device-list: a `Signed` DeviceList with the next sequence number."""

    device_list: bytes


class OwnDeviceRow(Message, frozen=True, kw_only=True):
    """What the store knows of one of the caller's devices; `last_seen` is its last sign-in."""

    device: Bytes16
    last_seen: int | None
    revoked: bool


class OwnDevicesReply(Message, frozen=True, kw_only=True):
    """GET /devices."""

    devices: tuple[OwnDeviceRow, ...]


class LinkOpenRequest(Message, frozen=True, kw_only=True):
    """POST /links: open a slot, empty, for LINK_SECONDS; one for each device at a time."""

    slot: Bytes16


class LinkReply(Message, frozen=True, kw_only=True):
    """GET /links/{slot}: what was left there so far; empty bytes for what was not."""

    request: bytes
    grant: bytes
    user: Bytes16


class LinkPut(Message, frozen=True, kw_only=True):
    """PUT /links/{slot}/request (no session) or /grant (the device that opened it), once each."""

    data: Annotated[bytes, msgspec.Meta(max_length=MAX_LINK_BYTES)]


class ChallengeReply(Message, frozen=True, kw_only=True):
    """POST /challenges."""

    nonce: Bytes32
    expires_in: int


class SessionRequest(Message, frozen=True, kw_only=True):
    """POST /sessions: a `Signed` of `Login`."""

    login: bytes


class SessionReply(Message, frozen=True, kw_only=True):
    """A bearer token for `Authorization: Bearer`, valid for `expires_in` seconds."""

    token: str
    expires_in: int

    def __repr__(self) -> str:
        return "SessionReply(<redacted>)"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """application/problem+json (RFC 9457). `code` is a code of protocol.errors."""

    type: str = "about:blank"
    title: str = ""
    status: int = 500
    code: str = "internal"
    detail: str = ""
