"""Sessions with one other device: which of several to send on, and when to start afresh.

A session is chosen by turns, never by a clock: the one started or answered last. Two starts that
cross are settled alike at both ends, by the ids of the two devices.
Spec: docs/protocol/30-ratchet.md §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto import handshake, ratchet
from crypto.handshake import Peer
from jitclient.errors import FloodError
from localstore import sessions
from localstore.sessions import SessionRow
from protocol import codec
from protocol.api.accounts import Bundle
from protocol.devicelist import DeviceEntry
from protocol.errors import RefusedError
from protocol.ids import DeviceId, UserId
from protocol.limits import (
    SESSION_REFRESH_MESSAGES,
    SESSION_REFRESH_SECONDS,
    SESSION_REFRESH_UNANSWERED,
)

if TYPE_CHECKING:
    from jitclient.place import Place


class TooManyStartsError(FloodError):
    """A device starts sessions much faster than any honest program does."""

    code = "too-many-starts"


@dataclass(frozen=True, slots=True)
class Line:
    """A session to seal on; `number` None: it has just been started and is not stored yet."""

    number: int | None
    state: ratchet.Session
    forced: bool = False


def peer(user: UserId, entry: DeviceEntry) -> Peer:
    """A device as the handshake knows it."""
    return Peer(
        user=user,
        device=DeviceId(entry.device),
        signing=entry.signing,
        identity=entry.identity,
    )


def is_due(row: SessionRow, now: int) -> bool:
    """Whether a session is old or used enough to start a fresh one (limits.SESSION_REFRESH_*)."""
    return (
        now - row.created >= SESSION_REFRESH_SECONDS
        or row.sealed >= SESSION_REFRESH_MESSAGES
        or row.sent >= SESSION_REFRESH_UNANSWERED
    )


def is_own_start(row: SessionRow) -> bool:
    """Started here, and nothing of the other side has been opened in it."""
    return row.last_received == 0


def line_to(at: Place, to: Peer, *, forced: bool = False) -> Line | None:
    """The session to seal the next message on, a fresh one when it is time and a bundle is here.

    While no bundle is to be had the old session goes on. With `forced` only a fresh one will do.
    None when there is none.
    """
    known = None if forced else _usable(at, to.device)
    if known is not None and not is_due(known[0], at.now):
        return known[1]
    state = _start(at, to)
    if state is not None:
        return Line(None, state, forced)
    return known[1] if known is not None else None


def _usable(at: Place, device: DeviceId) -> tuple[SessionRow, Line] | None:
    """The session whose turn it is. One whose state cannot be read any more is dropped."""
    for row in sessions.sessions(at.sp, device):
        try:
            return row, Line(row.number, ratchet.Session.load(row.state))
        except RefusedError:
            sessions.drop_session(at.sp, device, row.number)
    return None


def _start(at: Place, to: Peer) -> ratchet.Session | None:
    data = sessions.take_bundle(at.sp, to.device)
    if data is None:
        return None
    try:
        bundle = handshake.read_bundle(codec.decode_json(Bundle, data), to, now=at.now)
        return handshake.initiate(
            space=at.space, own=at.session.own, peer=to, bundle=bundle, entropy=at.session.entropy
        )
    except RefusedError:
        return None  # expired since it was fetched; a fresh one is claimed next round


def sealed(at: Place, device: DeviceId, line: Line, after: ratchet.Session) -> None:
    """Store a session after something was sealed on it."""
    sessions.save_session(
        at.sp, device, line.number, after.dump(), at.now, received=False, forced=line.forced
    )


def opened(
    at: Place, device: DeviceId, number: int | None, after: ratchet.Session, *, newest: bool
) -> int:
    """Store a session after a message was opened on it; returns its number.

    The newest message of a device says which session it sends on, and there it is answered; one
    that came late says nothing. Our own start that is not answered yet stays: what came was
    written before the other side knew of it. Two starts that crossed: the one of the smaller
    device id stays, and one forced by something that did not open before any other.
    """
    known = sessions.sessions(at.sp, device)
    saved = sessions.save_session(at.sp, device, number, after.dump(), at.now, received=True)
    before = known[0] if known else None
    if before is None or before.number == saved:
        return saved
    stays = is_own_start(before) and (
        number is not None or before.forced or at.session.device < device
    )
    sessions.prefer(at.sp, device, saved if newest and not stays else before.number)
    return saved


def asked_on(at: Place, device: DeviceId, number: int) -> None:
    """The other side could not open something and started afresh: answer there.

    Unless we did the same at the same time and ours is the start that stays.
    """
    current = sessions.sessions(at.sp, device)[0]
    if current.forced and is_own_start(current) and at.session.device < device:
        return
    sessions.prefer(at.sp, device, number)
