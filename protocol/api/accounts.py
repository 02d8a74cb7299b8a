"""Enrolment, sign-in, the directory and prekeys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.certificates import MAX_STATEMENT_BYTES, MAX_STATEMENTS
from protocol.limits import (
    MAX_DEVICES_PER_USER,
    MAX_LINK_BYTES,
    MAX_LISTED,
    MAX_NAME_CHARS,
    MAX_REVOKED,
    ONE_TIME_KEMS,
    ONE_TIME_PREKEYS,
)
from protocol.records import (
    Bytes16,
    Bytes32,
    Bytes64,
    Counter,
    KemPublic,
    RecordBytes,
    UnixTime,
)
from protocol.roles import Party

Word = Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARS)]
LinkBytes = Annotated[bytes, msgspec.Meta(max_length=MAX_LINK_BYTES)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every JSON request and reply."""


class ServerReply(Message, frozen=True, kw_only=True):
    """Who answers, and what it speaks."""

    product: Word
    versions: Annotated[tuple[Counter, ...], msgspec.Meta(max_length=16)]
    store_key: Bytes32
    time: UnixTime


StatementBytes = Annotated[bytes, msgspec.Meta(max_length=MAX_STATEMENT_BYTES)]


class CertificateReply(Message, frozen=True, kw_only=True):
    """GET /certificate: each a `StoreSigned` `StoreCertificate`, the present one's first."""

    statements: Annotated[tuple[StatementBytes, ...], msgspec.Meta(max_length=MAX_STATEMENTS)]


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

    signed: RecordBytes = b""
    one_time: Annotated[tuple[OneTimePrekey, ...], msgspec.Meta(max_length=ONE_TIME_PREKEYS)] = ()
    kems: Annotated[tuple[OneTimeKemKey, ...], msgspec.Meta(max_length=ONE_TIME_KEMS)] = ()


class PrekeyCount(Message, frozen=True, kw_only=True):
    """How many one-time keys the store still has of this device."""

    one_time: Counter
    kems: Counter


class Bundle(Message, frozen=True, kw_only=True):
    """One claimed bundle; `signed` is a `Signed` of `SignedPrekeys`."""

    device: Bytes16
    signed: RecordBytes
    one_time: OneTimePrekey | None
    kem: OneTimeKemKey | None


class EnrolRequest(Message, frozen=True, kw_only=True):
    """POST /enrolments: the invitation's code and the first device list (a `Signed`)."""

    user: Bytes16
    code: Bytes16
    device_list: RecordBytes
    prekeys: PrekeyUpload

    def __repr__(self) -> str:
        return f"EnrolRequest(user={self.user.hex()}, <redacted>)"


class User(Message, frozen=True, kw_only=True):
    """A directory entry. The directory is a hint; keys count only as the log states them."""

    id: Bytes16
    name: Word
    authority: Word
    country: Annotated[str, msgspec.Meta(max_length=2)]
    party: Party
    device_list: RecordBytes = b""


class UsersReply(Message, frozen=True, kw_only=True):
    """GET /users: everyone enrolled, and oneself."""

    users: Annotated[tuple[User, ...], msgspec.Meta(max_length=MAX_LISTED)]


class DeviceListReply(Message, frozen=True, kw_only=True):
    """GET device-list."""

    device_list: RecordBytes


class DeviceListUpdate(Message, frozen=True, kw_only=True):
    """PUT device-list: a `Signed` DeviceList with the next sequence number."""

    device_list: RecordBytes


class OwnDeviceRow(Message, frozen=True, kw_only=True):
    """What the store knows of one of the caller's devices; `last_seen` is its last sign-in."""

    device: Bytes16
    last_seen: UnixTime | None
    revoked: bool


class OwnDevicesReply(Message, frozen=True, kw_only=True):
    """GET /devices."""

    devices: Annotated[
        tuple[OwnDeviceRow, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_USER + MAX_REVOKED)
    ]


class LinkOpenRequest(Message, frozen=True, kw_only=True):
    """POST /links: open a slot, empty, for LINK_SECONDS; one for each device at a time."""

    slot: Bytes16


class LinkReply(Message, frozen=True, kw_only=True):
    """GET /links/{slot}: what was left there so far; empty bytes for what was not."""

    request: LinkBytes
    grant: LinkBytes
    user: Bytes16


class LinkPut(Message, frozen=True, kw_only=True):
    """PUT /links/{slot}/request (no session) or /grant (the device that opened it), once each."""

    data: LinkBytes


class ChallengeReply(Message, frozen=True, kw_only=True):
    """POST /challenges."""

    nonce: Bytes32
    expires_in: Counter


class SessionRequest(Message, frozen=True, kw_only=True):
    """POST /sessions: a `Signed` of `Login`."""

    login: RecordBytes


class SessionReply(Message, frozen=True, kw_only=True):
    """A bearer token for `Authorization: Bearer`, valid for `expires_in` seconds."""

    token: Annotated[str, msgspec.Meta(max_length=512)]
    expires_in: Counter

    def __repr__(self) -> str:
        return "SessionReply(<redacted>)"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """application/problem+json (RFC 9457). `code` is a code of protocol.errors."""

    type: Word = "about:blank"
    title: Word = ""
    status: Annotated[int, msgspec.Meta(ge=0, le=999)] = 500
    code: Word = "internal"
    detail: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
