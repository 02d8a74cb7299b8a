"""Rows of a conversation before they are written: what is common to all of them, once."""

from __future__ import annotations

from dataclasses import replace

from jitclient.foundation.text import visible
from localstore.messages import MessageRecord
from protocol.content import Body, Told
from protocol.envelope import KeyMsg
from protocol.ids import DeviceId, MessageId, UserId

NO_DEVICE = DeviceId(bytes(16))
_BLANK = MessageRecord(
    message=MessageId(bytes(16)),
    author_user=UserId(bytes(16)),
    author_device=NO_DEVICE,
    sender_seq=0,
    lamport=0,
    log_seq=0,
    kind="event",
    text="",
    reply_to=None,
    file=None,
    audience=(),
    state="incoming",
    claimed_at=0,
    received_at=0,
    on_server_at=None,
    store_receipt=b"",
    body_digest=bytes(32),
    missing_before=0,
    problem="",
    unread=False,
)


def placed(
    key_msg: KeyMsg, body: Body, author: tuple[UserId, DeviceId], *, kind: str, text: str, now: int
) -> MessageRecord:
    """A message at its place in its author's chain and in the membership log."""
    user, device = author
    return replace(
        _BLANK,
        message=key_msg.message,
        author_user=user,
        author_device=device,
        sender_seq=key_msg.sender_seq,
        lamport=body.lamport,
        log_seq=key_msg.log_seq,
        kind=kind,
        text=text,
        audience=body.audience,
        claimed_at=body.claimed_at,
        received_at=now,
        body_digest=key_msg.body_digest,
    )


def told(line: Told, by: UserId, text: str, *, now: int) -> MessageRecord:
    """A line of the past, at the place that its teller says it had."""
    return replace(
        _BLANK,
        message=MessageId(line.message),
        author_user=UserId(line.author),
        author_device=DeviceId(line.device),
        lamport=line.lamport,
        log_seq=line.log_seq,
        kind="text",
        text=text,
        claimed_at=line.claimed_at,
        received_at=now,
        unread=True,
        told_by=by,
    )


def event(
    message: MessageId, author: UserId, text: str, *, lamport: int, log_seq: int, now: int
) -> MessageRecord:
    """A line about the space itself."""
    return replace(
        _BLANK,
        message=message,
        author_user=author,
        text=visible(text),
        lamport=lamport,
        log_seq=log_seq,
        claimed_at=now,
        received_at=now,
    )
