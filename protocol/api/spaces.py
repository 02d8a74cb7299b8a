"""Spaces, their membership logs, messages, the mailbox and wake-ups."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.api.accounts import Message
from protocol.limits import (
    MAX_DEVICES_PER_SPACE,
    MAX_LOG_PAGE,
    MAX_MAILBOX_PAGE,
    MAX_SEALED_BODY_BYTES,
)
from protocol.records import Bytes16, Counter


class CreateSpaceRequest(Message, frozen=True, kw_only=True):
    """POST /spaces: a `Signed` of `Genesis`."""

    genesis: bytes


class SpaceSummary(Message, frozen=True, kw_only=True):
    """One space in which this user is, or until its closing was, a member."""

    id: Bytes16
    seq: Counter
    closed: bool


class SpacesReply(Message, frozen=True, kw_only=True):
    """GET /spaces."""

    spaces: tuple[SpaceSummary, ...]


class LogReply(Message, frozen=True, kw_only=True):
    """GET log: `Signed` entries from the one asked for, at most MAX_LOG_PAGE; `seq` is the last."""

    entries: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_LOG_PAGE)]
    seq: Counter


class AppendRequest(Message, frozen=True, kw_only=True):
    """POST log: one `Signed` Entry. 409 `log-moved` when `prev` is not the head."""

    entry: bytes


class PostMessageRequest(Message, frozen=True, kw_only=True):
    """POST messages; `message` is the idempotency key.

    409 `recipients-changed` when an envelope addresses a device that is not in the roster.
    """

    message: Bytes16
    body: Annotated[bytes, msgspec.Meta(max_length=MAX_SEALED_BODY_BYTES)]
    envelopes: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)]


class StoredReply(Message, frozen=True, kw_only=True):
    """A `StoreSigned` StoreReceipt."""

    receipt: bytes


class Delivery(Message, frozen=True, kw_only=True):
    """One envelope in this device's queue. `index` grows and is what is acknowledged."""

    index: Counter
    space: Bytes16
    message: Bytes16
    envelope: bytes
    body: bytes


class MailboxReply(Message, frozen=True, kw_only=True):
    """GET /mailbox?after=N&limit=M: oldest first; `waiting` counts those beyond this page."""

    deliveries: Annotated[tuple[Delivery, ...], msgspec.Meta(max_length=MAX_MAILBOX_PAGE)]
    waiting: Counter


class AckRequest(Message, frozen=True, kw_only=True):
    """POST /mailbox/ack: these were stored by the client; the store may delete them."""

    indexes: Annotated[tuple[int, ...], msgspec.Meta(max_length=MAX_MAILBOX_PAGE)]


class WipesReply(Message, frozen=True, kw_only=True):
    """GET wipes: `Signed` WIPED receipts of a closed space."""

    receipts: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)]


class WipeRequest(Message, frozen=True, kw_only=True):
    """POST wipes: one `Signed` WIPED receipt."""

    receipt: bytes


class Wake(Message, frozen=True, kw_only=True):
    """Data of a `wake` event on the stream: something changed in `space` (empty: directory)."""

    space: bytes = b""
    what: str = "mailbox"
