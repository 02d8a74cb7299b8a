"""Spaces, their membership logs, messages, the mailbox and wake-ups."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.api.accounts import Message
from protocol.limits import (
    MAX_DEVICE_LIST_BYTES,
    MAX_DEVICES_PER_SPACE,
    MAX_ENVELOPE_BYTES,
    MAX_LISTED,
    MAX_LOG_ENTRY_BYTES,
    MAX_LOG_PAGE,
    MAX_MAILBOX_PAGE,
    MAX_SEALED_BODY_BYTES,
)
from protocol.records import Bytes16, Counter, RecordBytes

LogEntry = Annotated[bytes, msgspec.Meta(max_length=MAX_LOG_ENTRY_BYTES)]
ListBytes = Annotated[bytes, msgspec.Meta(max_length=MAX_DEVICE_LIST_BYTES)]
SealedBody = Annotated[bytes, msgspec.Meta(max_length=MAX_SEALED_BODY_BYTES)]
PackedEnvelope = Annotated[bytes, msgspec.Meta(max_length=MAX_ENVELOPE_BYTES)]


class CreateSpaceRequest(Message, frozen=True, kw_only=True):
    """POST /spaces: a `Signed` of `Genesis`."""

    genesis: RecordBytes


class SpaceSummary(Message, frozen=True, kw_only=True):
    """One space in which this user is, or until its closing was, a member."""

    id: Bytes16
    seq: Counter
    closed: bool


class SpacesReply(Message, frozen=True, kw_only=True):
    """GET /spaces."""

    spaces: Annotated[tuple[SpaceSummary, ...], msgspec.Meta(max_length=MAX_LISTED)]


class LogReply(Message, frozen=True, kw_only=True):
    """GET log: `Signed` entries from the one asked for, at most MAX_LOG_PAGE; `seq` is the last."""

    entries: Annotated[tuple[LogEntry, ...], msgspec.Meta(max_length=MAX_LOG_PAGE)]
    seq: Counter


class AppendRequest(Message, frozen=True, kw_only=True):
    """POST log: one `Signed` Entry. 409 `log-moved` when `prev` is not the head."""

    entry: LogEntry


class ReturnRequest(Message, frozen=True, kw_only=True):
    """POST log/returned: entries that the store lost, in order, and the device lists they name.

    Entries that it still has may stand before them. 409 `log-moved` when they follow another log.
    """

    entries: Annotated[tuple[LogEntry, ...], msgspec.Meta(max_length=MAX_LOG_PAGE)]
    lists: Annotated[tuple[ListBytes, ...], msgspec.Meta(max_length=MAX_LOG_PAGE)]


class PostMessageRequest(Message, frozen=True, kw_only=True):
    """POST messages; `message` is the idempotency key.

    409 `recipients-changed` when an envelope addresses a device that is not in the roster.
    """

    message: Bytes16
    body: SealedBody
    envelopes: Annotated[tuple[PackedEnvelope, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)]


class StoredReply(Message, frozen=True, kw_only=True):
    """A `StoreSigned` StoreReceipt."""

    receipt: RecordBytes


class PostedReply(Message, frozen=True, kw_only=True):
    """POST messages: a `StoreSigned` StoreReceipt, and whose envelopes were not taken.

    `full` names the mailboxes among those addressed that have no room now: the sender keeps these
    envelopes and posts them again later, under the same id with the same body.
    """

    receipt: RecordBytes
    full: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)] = ()


class Delivery(Message, frozen=True, kw_only=True):
    """One envelope in this device's queue. `index` grows and is what is acknowledged."""

    index: Counter
    space: Bytes16
    message: Bytes16
    envelope: PackedEnvelope
    body: SealedBody


class MailboxReply(Message, frozen=True, kw_only=True):
    """GET /mailbox?after=N&limit=M: oldest first; `waiting` follow, counted up to a bound.

    The bound is MAX_WAITING_COUNTED; 0 always means that none follows.
    """

    deliveries: Annotated[tuple[Delivery, ...], msgspec.Meta(max_length=MAX_MAILBOX_PAGE)]
    waiting: Counter


class AckRequest(Message, frozen=True, kw_only=True):
    """POST /mailbox/ack: these were stored by the client; the store may delete them."""

    indexes: Annotated[tuple[Counter, ...], msgspec.Meta(max_length=MAX_MAILBOX_PAGE)]


class WipesReply(Message, frozen=True, kw_only=True):
    """GET wipes: `Signed` WIPED receipts of a closed space."""

    receipts: Annotated[tuple[RecordBytes, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)]


class WipeRequest(Message, frozen=True, kw_only=True):
    """POST wipes: one `Signed` WIPED receipt."""

    receipt: RecordBytes


class Wake(Message, frozen=True, kw_only=True):
    """Data of a `wake` event on the stream: something changed in `space` (empty: directory)."""

    space: Annotated[bytes, msgspec.Meta(max_length=16)] = b""
    what: Annotated[str, msgspec.Meta(max_length=32)] = "mailbox"
