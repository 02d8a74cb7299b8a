"""Judging where an opened message stands: in the log, in its sender's chain, in time of membership.

Spec: docs/protocol/40-messages.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import message
from jitclient.forks import ShownForkError
from jitclient.place import Place
from localstore import messages, sessions
from localstore.messages import Link
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.errors import (
    ForgedError,
    MalformedError,
    RefusedError,
    RemovedSenderError,
    ReorderedError,
    ReplayError,
)
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_LOG_ENTRIES

MAX_NUMBER = 2**53
"""No device writes that many messages; beyond it a database could not count."""


class AheadOfLogError(RefusedError):
    """The message names a log entry this device has not seen yet; it stays in the queue."""

    code = "ahead-of-log"


class BehindError(RefusedError):
    """A number that its sender used before: his data was put back to an older state."""

    code = "behind"


class BodyError(ForgedError):
    """The store served another body than the one that the opened envelope names."""

    code = "other-body"

    def __init__(self, sentence: str, message_id: bytes) -> None:
        super().__init__(sentence, code=ForgedError.code)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mailbox an envelope came from, by the signed device lists."""

    user: UserId
    entry: DeviceEntry
    who: str

    @property
    def device(self) -> DeviceId:
        """Which device it was."""
        return DeviceId(self.entry.device)


def judge(at: Place, key_msg: KeyMsg, sender: Sender) -> int:
    """Judge where the message stands; returns how many before it are missing."""
    log, who = at.log, sender.who
    if key_msg.space != at.space:
        raise ForgedError(f"A message from {who} belongs to another space.")
    if key_msg.log_seq > MAX_LOG_ENTRIES:  # would wait in the queue for ever
        raise MalformedError(f"A message from {who} names an impossible log entry.")
    if key_msg.log_seq >= len(log.heads):
        raise AheadOfLogError("The message is newer than the membership log.")
    if log.heads[key_msg.log_seq] != key_msg.log_head:
        raise ShownForkError(
            f"{who} sees another membership log of this space than you do. Somebody shows you "
            "different lists of members. Do not send anything; compare in person.",
            seq=key_msg.log_seq,
            user=sender.user,
        )
    last = log.last_counting(sender.user, sender.device, key_msg.log_seq)
    if last is not None and key_msg.sender_seq > last:
        raise RemovedSenderError(_past_the_cut(at, sender))
    return _place_in_chain(at, key_msg, sender)


def _past_the_cut(at: Place, sender: Sender) -> str:
    if sender.user in at.log.roster.members:
        return f"A device that {sender.who} no longer has sent a message; it was refused."
    return f"{sender.who} sent a message after being removed; it was refused."


def _place_in_chain(at: Place, key_msg: KeyMsg, sender: Sender) -> int:
    device, who = sender.device, sender.who
    number = key_msg.pair_seq
    if not (0 < number <= MAX_NUMBER and 0 < key_msg.sender_seq <= MAX_NUMBER):
        raise MalformedError(f"A message from {who} has an impossible number.")
    last = sessions.pair_in(at.sp, device)
    link = _link(at, key_msg, sender)
    if number <= last and not any(a <= number <= b for a, b in messages.gaps(at.sp, device)):
        raise BehindError(f"A message from {who} bears the number of another one.")
    messages.add_link(at.sp, link, at.now)
    if messages.close_gap(at.sp, device, number):
        if messages.shown_missing(at.sp, device) > _missing(at, device):
            messages.mend_missing(at.sp, device, key_msg.sender_seq)
        return 0
    missing = number - last - 1
    if missing:
        messages.note_gap(at.sp, device, last + 1, number - 1)
    sessions.set_pair_in(at.sp, device, number)
    return missing


def _link(at: Place, key_msg: KeyMsg, sender: Sender) -> Link:
    """Fit a message into the chain of its sender, whenever it came: beside what stands there."""
    seq, prev, who = key_msg.sender_seq, key_msg.prev_own, sender.who
    id_, digest = key_msg.message, key_msg.body_digest
    link = Link(sender.device, seq, id_, prev, head_of(key_msg), digest)
    around = messages.links_around(at.sp, sender.device, seq)
    if messages.link_of(at.sp, key_msg.message) is not None:
        raise ReplayError(f"{who} used the number of another message once more.")
    if seq in around:
        raise BehindError(f"A message from {who} stands where another one stands.")
    before, after = around.get(seq - 1), around.get(seq + 1)
    known = messages.peer_chain(at.sp, sender.device)
    head = before.head if before else known[1] if known and known[0] == seq - 1 else None
    if seq == 1:
        head = bytes(32)
    if (head is not None and prev != head) or (after is not None and after.prev != link.head):
        raise ReorderedError(f"The order of messages from {who} was tampered with.")
    return link


def head_of(key_msg: KeyMsg) -> bytes:
    """The head of its sender's chain after a message, 32 bytes."""
    return message.chain_head(key_msg.prev_own, key_msg.message, key_msg.body_digest)


def is_copy(at: Place, key_msg: KeyMsg, sender: Sender) -> bool:
    """Whether this very message of this very device is here already: it was sent once more."""
    link = messages.link_of(at.sp, key_msg.message)
    return link is not None and (link.device, link.head) == (sender.device, head_of(key_msg))


def unshown(at: Place, device: DeviceId) -> int:
    """How many more of a sender's messages are missing than the conversation tells of."""
    missing = _missing(at, device)
    return missing - messages.shown_missing(at.sp, device) if missing else 0


def _missing(at: Place, device: DeviceId) -> int:
    return sum(last - first + 1 for first, last in messages.gaps(at.sp, device))
