"""Sending once more: a device says, signed, what it could not open, and gets the same once again.

The same message under the same number, sealed in the session in use now, in an envelope of its
own. Nobody gets what was not addressed to him, and nobody gets it without end.
Spec: docs/protocol/40-messages.md §7.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from crypto import message, signatures
from jitclient import consequences, pairs
from jitclient.errors import FloodError
from jitclient.place import Place
from localstore import again, messages, outbox, sessions
from localstore.again import SentRow
from localstore.outbox import OutboxRecord
from protocol.content import CannotOpen
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.errors import ForgedError
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_AGAIN, MAX_REDELIVERIES, RESET_SECONDS

ANSWERS: Final = 40
"""Notices of one device that are answered in RESET_SECONDS: twice what an honest one sends."""
MAX_LEAP: Final = 100_000
"""How far a device that was put back follows what others have of it, in one go."""


class TooManyNoticesError(FloodError):
    """A device asks for messages again and again."""

    code = "too-many-notices"


def take(at: Place, author: UserId, entry: DeviceEntry, data: bytes, line: int) -> None:
    """Answer one notice; `line` is the session it came on.

    Raises:
        ForgedError: not signed by the device it came from, or not about messages of this device.
        TooManyNoticesError: it asks more often than any honest program does.
    """
    notice = signatures.verify(data, entry.signing, CannotOpen, signer=entry.device)
    meant = (at.space, entry.device, at.session.device)
    if (notice.space, notice.device, notice.sender) != meant:
        raise ForgedError(f"{at.name(author)} asks for messages of another device or space.")
    device = DeviceId(entry.device)
    if again.notes(at.sp, device, "answered", at.now - RESET_SECONDS) >= ANSWERS:
        raise TooManyNoticesError(
            f"A device of {at.name(author)} asks for messages again and again. It gets no more "
            "for an hour.",
            device,
        )
    again.note(at.sp, device, "answered", at.now)
    if not at.log.admits(author, entry.device):
        return
    if not notice.messages and not notice.missing:
        consequences.welcome_device(at, author, device)
        return
    if notice.messages:
        pairs.asked_on(at, device, line)
    _catch_up(at, device, notice)
    asked = _asked(at, device, notice)
    for row in asked:
        _send(at, row, notice)
    if asked:
        name = at.name(author)
        text = f"{len(asked)} of your messages did not reach {name}, or did not open there"
        consequences.add_event(at, at.session.user, f"{text}; sent again.")


def _asked(at: Place, device: DeviceId, notice: CannotOpen) -> list[SentRow]:
    """What the device was given of what it asks for; nothing else, and each only so often."""
    named = (again.sent(at.sp, device, one) for one in notice.messages)
    found = {row.message: row for row in named if row is not None}
    for gap in notice.missing:
        for row in again.sent_between(at.sp, device, gap.first, gap.last, MAX_AGAIN):
            found.setdefault(row.message, row)
    rows = [row for row in found.values() if row.again < MAX_REDELIVERIES - 1]
    return sorted(rows, key=lambda row: row.pair_seq)[:MAX_AGAIN]


def _send(at: Place, row: SentRow, notice: CannotOpen) -> None:
    held = outbox.outgoing(at.sp, row.message)
    if held is not None and held.state == "refused":
        return
    number, key_msg = row.pair_seq, KeyMsg.unpack(row.key_msg)
    missed = any(gap.first <= number <= gap.last for gap in notice.missing)
    if _taken(key_msg, notice, missed=missed):
        key_msg = _place_anew(at, row, key_msg)
    if number <= notice.reached and not missed:
        number = sessions.next_pair_out(at.sp, row.device)
    record = OutboxRecord(
        message=row.message,
        body=row.body,
        content_key=key_msg.content_key,
        key_msg=key_msg.pack(),
        next_try=0,
        tries=0,
        state="late",
    )
    outbox.send_again(at.sp, record, row.user, row.device)
    again.keep_to(at.sp, row.message, row.user, row.device, number)
    again.sent_again(at.sp, row.message, row.device)


def _catch_up(at: Place, device: DeviceId, notice: CannotOpen) -> None:
    """Go on behind what others have of this device: its data was put back to an older state.

    It costs nothing to believe this: numbers that are passed over are never missed by anybody,
    for each reader counts only what was addressed to him.
    """
    own, _ = messages.next_own(at.sp)
    if own - 1 < notice.place <= own + MAX_LEAP:
        messages.catch_up_own(at.sp, notice.place, notice.head)
    reached = sessions.pair_out(at.sp, device)
    if reached < notice.reached <= reached + MAX_LEAP:
        sessions.catch_up_pair(at.sp, device, notice.reached)


def _taken(key_msg: KeyMsg, notice: CannotOpen, *, missed: bool) -> bool:
    """Whether another message of ours stands where this one would: we wrote both, apart."""
    if key_msg.sender_seq == notice.place + 1:
        return key_msg.prev_own != notice.head
    return key_msg.message in notice.messages and not missed and key_msg.sender_seq <= notice.place


def _place_anew(at: Place, row: SentRow, key_msg: KeyMsg) -> KeyMsg:
    """Give a message a place behind everything; one place is left free before it.

    For what others hold at that place we do not know any more.
    """
    following, prev = messages.next_own(at.sp)
    seq = following + 1
    placed = replace(key_msg, sender_seq=seq, prev_own=prev)
    head = message.chain_head(prev, placed.message, placed.body_digest)
    messages.catch_up_own(at.sp, seq, head)
    again.replace_key(at.sp, row.message, placed.pack())
    if messages.message(at.sp, row.message) is not None:
        messages.update_message(at.sp, row.message, sender_seq=seq)
    return placed
