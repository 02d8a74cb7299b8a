"""Judging where an opened message stands: in the log, in its sender's chain, in time of membership.

Spec: docs/protocol/40-messages.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.place import Place
from localstore import messages, sessions
from protocol.devicelist import DeviceEntry
from protocol.envelope import KeyMsg
from protocol.errors import (
    ForgedError,
    LogForkError,
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
        raise LogForkError(
            f"{who} sees another membership log of this space than you do. Somebody shows you "
            "different lists of members. Do not send anything; compare in person."
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
    known = messages.peer_chain(at.sp, device)
    if known is not None and key_msg.sender_seq == known[0] + 1 and key_msg.prev_own != known[1]:
        raise ReorderedError(f"The order of messages from {who} was tampered with.")
    last = sessions.pair_in(at.sp, device)
    number = key_msg.pair_seq
    if not (0 < number <= MAX_NUMBER and 0 < key_msg.sender_seq <= MAX_NUMBER):
        raise MalformedError(f"A message from {who} has an impossible number.")
    if number <= last:
        if not messages.close_gap(at.sp, device, number):
            raise ReplayError(f"A message from {who} was delivered twice.")
        messages.mend_missing(at.sp, device, key_msg.sender_seq)
        return 0
    missing = number - last - 1
    if missing:
        messages.note_gap(at.sp, device, last + 1, number - 1)
    sessions.set_pair_in(at.sp, device, number)
    return missing


def unshown(at: Place, device: DeviceId) -> int:
    """How many of a sender's messages are missing that no line of the conversation tells of."""
    missing = sum(last - first + 1 for first, last in messages.gaps(at.sp, device))
    return missing - messages.shown_missing(at.sp, device) if missing else 0
