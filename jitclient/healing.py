"""What did not open, or never came, is asked for again: by a signed notice to the device it is of.

Nothing that is unsigned makes anybody else act: the store can make this device ask, a few times an
hour at most; the other side acts on a `CannotOpen` signed by the device it sent to, and on nothing
else. Spec: docs/protocol/40-messages.md §7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crypto import signatures
from jitclient import consequences, sealing
from jitclient.forks import FORK
from jitclient.judging import Sender
from jitclient.place import Place, place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import again, devices, messages, sessions
from localstore.again import NEVER, UnopenedRow
from localstore.connection import Connection, transaction
from localstore.messages import Gap
from protocol.content import CannotOpen, Missing, SendAgain
from protocol.devicelist import DeviceEntry
from protocol.errors import RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_AGAIN, RESET_SECONDS
from protocol.roles import Right, allows

MAX_TRIES: Final = 5
WAITS: Final = (3_600, 86_400, 3 * 86_400, 7 * 86_400, 7 * 86_400)
"""Seconds until the same thing is asked for again, or given up."""
NOTICES: Final = 20
"""Notices to one device in RESET_SECONDS."""


class UnopenedError(RefusedError):
    """A message could not be opened; it is asked for again."""

    code = "unopened"


class MissingError(RefusedError):
    """Messages that should have come could not be had (A18)."""

    code = "messages-missing"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be asked of one device now; of the gaps all are named with what did not open.

    For one that did not open may lie in a gap, and only then does its number still hold.
    """

    user: UserId
    device: DeviceId
    unopened: list[UnopenedRow]
    gaps: list[Gap]
    named: list[Gap]

    @property
    def forced(self) -> bool:
        """Whether it must come in a fresh session."""
        return any(row.reset for row in self.unopened)

    @property
    def count(self) -> int:
        """How many messages that are."""
        return len(self.unopened) or sum(gap.last - gap.first + 1 for gap in self.gaps)


def remember(at: Place, sender: Sender, message_id: bytes, *, reset: bool) -> bool:
    """Remember what could not be taken; with `reset` it must come in a fresh session.

    False when it cannot be asked for: there are too many, or its sender is gone.
    """
    if not at.log.admits(sender.user, sender.device) or not may_ask(at):
        return False
    return again.remember_unopened(at.sp, sender.device, message_id, at.now, reset=reset)


def reset_wanted(sp: Connection, device: DeviceId, now: int) -> bool:
    """Whether a fresh start with a device is wanted because something did not open."""
    waits = any(row.reset for row in again.unopened(sp, device, now, MAX_AGAIN))
    return waits and _may_reset(sp, device, now)


def ask(session: Session, space: SpaceId) -> int:
    """Ask every device of this space for what is missing of it; how many notices were written.

    To be called when the queue is empty: what came out of order is no gap.
    """
    at = place(session, space)
    if not may_ask(at):
        return 0
    done = 0
    for user, entry in at.log.peers(session.device):
        if _lacks(at, DeviceId(entry.device)):  # a round commits nothing where nothing is missing
            with transaction(at.sp):
                done += _ask(at, user, entry)
    return done


def ask_at_once(session: Session, space: SpaceId, device: bytes) -> bool:
    """A person asks a device for what is missing of it, also what was given up.

    False where it cannot be asked: it is gone, nothing is missing, or it was asked too often.
    """
    at = place(session, space)
    found = next((one for one in at.log.peers(session.device) if one[1].device == device), None)
    if found is None or not may_ask(at):
        return False
    with transaction(at.sp):
        messages.revive_gaps(at.sp, device, MAX_TRIES - 1)
        return bool(_ask(at, *found))


def _lacks(at: Place, device: DeviceId) -> bool:
    unopened = again.unopened(at.sp, device, at.now, 1)
    return bool(unopened or messages.gap_states(at.sp, device))


def may_ask(at: Place) -> bool:
    """Whether this device writes notices in a space at all."""
    me = at.log.roster.members.get(at.session.user)
    fork = devices.setting(at.session.stores.device, FORK + at.space.hex())
    may = me is not None and allows(me.role, Right.MESSAGE) and not at.log.roster.closed
    return may and not fork and at.log.admits(at.session.user, at.session.device)


def _may_reset(sp: Connection, device: DeviceId, now: int) -> bool:
    return again.notes(sp, device, "reset", now - RESET_SECONDS) == 0


def _ask(at: Place, user: UserId, entry: DeviceEntry) -> int:
    wanted = _due(at, user, DeviceId(entry.device))
    if not wanted.unopened and not wanted.gaps:
        return 0
    if again.notes(at.sp, wanted.device, "asked", at.now - RESET_SECONDS) >= NOTICES:
        return 0
    untold = bool(wanted.unopened) or _is_untold(at, wanted)
    write_notice(
        at,
        user,
        wanted.device,
        messages_=tuple(row.message for row in wanted.unopened),
        missing=tuple(Missing(version=1, first=g.first, last=g.last) for g in wanted.named),
        forced=wanted.forced,
    )
    _note(at, wanted)
    if untold:
        _tell(at, wanted)
    return 1


def _due(at: Place, user: UserId, device: DeviceId) -> _Wanted:
    """What of a device may be asked for now; what was asked for often enough is given up."""
    unopened: list[UnopenedRow] = []
    for row in again.unopened(at.sp, device, at.now, MAX_AGAIN):
        if row.tries >= MAX_TRIES:
            again.arrived(at.sp, device, row.message)
            _lost(at, user, 1, row.message.hex())
        else:
            unopened.append(row)
    gaps: list[Gap] = []
    standing = messages.gap_states(at.sp, device)
    for gap in standing:
        if gap.next_try > at.now:
            continue
        if gap.tries >= MAX_TRIES:
            messages.asked_gap(at.sp, device, gap.first, NEVER)
            _lost(at, user, gap.last - gap.first + 1, f"{device.hex()} {gap.first}")
        else:
            gaps.append(gap)
    fresh = sessions.has_bundle(at.sp, device) and _may_reset(at.sp, device, at.now)
    if not fresh:
        unopened = [row for row in unopened if not row.reset]
    if not sessions.sessions(at.sp, device) and not fresh:
        unopened, gaps = [], []
    gaps = gaps[:MAX_AGAIN]
    return _Wanted(user, device, unopened, gaps, standing[:MAX_AGAIN] if unopened else gaps)


def _lost(at: Place, user: UserId, count: int, key: str) -> None:
    error = MissingError(
        f"{count} message(s) of {at.name(user)} could not be had, though they were asked for "
        f"{MAX_TRIES} times. Ask {at.name(user)} for what is missing."
    )
    at.session.alarm(at.space, error, key=key)


def _is_untold(at: Place, wanted: _Wanted) -> bool:
    """Whether a gap is asked for that no line of the conversation counts."""
    first = any(gap.tries == 0 for gap in wanted.gaps)
    missing = sum(last - first + 1 for first, last in messages.gaps(at.sp, wanted.device))
    return first and missing > messages.shown_missing(at.sp, wanted.device)


def write_notice(
    at: Place,
    user: UserId,
    device: DeviceId,
    *,
    messages_: tuple[bytes, ...] = (),
    missing: tuple[Missing, ...] = (),
    forced: bool = False,
) -> None:
    """Write a signed notice to a device; one that names nothing asks for a welcome."""
    chain = messages.peer_chain(at.sp, device)
    notice = CannotOpen(
        version=1,
        space=at.space,
        device=at.session.device,
        sender=device,
        messages=messages_,
        missing=missing,
        reached=sessions.pair_in(at.sp, device),
        place=chain[0] if chain else 0,
        head=chain[1] if chain else bytes(32),
        claimed_at=at.now,
        nonce=at.session.entropy.token(16),
    )
    signed = signatures.sign(at.session.signing, at.session.device, notice)
    draft = Draft(
        content=SendAgain(version=1, notice=signed),
        kind="again",
        audience=(user,),
        only=device,
        forced=forced,
    )
    sealing.compose(at, draft)


def _note(at: Place, wanted: _Wanted) -> None:
    again.note(at.sp, wanted.device, "asked", at.now)
    if wanted.forced:
        again.note(at.sp, wanted.device, "reset", at.now)
    for row in wanted.unopened:
        again.asked(at.sp, wanted.device, row.message, at.now + WAITS[row.tries])
    for gap in wanted.gaps:
        messages.asked_gap(at.sp, wanted.device, gap.first, at.now + WAITS[gap.tries])


def _tell(at: Place, wanted: _Wanted) -> None:
    name = at.name(wanted.user)
    if wanted.unopened:
        what = f"{wanted.count} message(s) of {name} could not be opened here"
    else:
        what = f"{wanted.count} message(s) of {name} did not arrive"
    consequences.add_event(at, at.session.user, f"{what}; asked for again.")
