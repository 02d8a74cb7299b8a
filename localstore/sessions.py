"""Ratchet states per device, prekey bundles to start from, and what was seen before (space.db)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from localstore import rows
from localstore.connection import Connection
from protocol.errors import NotFoundError

MAX_SESSIONS: Final = 5
CLAIM_AGAIN_SECONDS: Final = 3600
"""After a claim that gave nothing usable: each claim burns a one-time key of the other device."""
JUST_LINKED: Final = "just-linked"
"""Why a claim failed, of a further device that has had no time yet to publish its keys. Asking for
keys that are not there burns none, so it is asked again at once."""
STARTS_SECONDS: Final = 3600
MAX_STARTS: Final = 5
MAX_STARTS_SAVED: Final = 64
"""Sessions one device may start with us in STARTS_SECONDS, and one more for each day since the
start before, at most MAX_STARTS_SAVED: who was away finds weeks of renewals in his queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One pairwise session.

    `turn` orders the sessions of a device: the highest is the one to send on. It grows by events,
    not by a clock. `sent` counts what was sealed on it since it last received, `sealed` all.
    `forced`: started here because something did not open, until the other side has answered on it.
    """

    device: bytes
    number: int
    state: bytes = field(repr=False)
    created: int
    last_received: int  # 0: never, so it was started here and is not answered yet
    turn: int
    sent: int
    sealed: int
    forced: bool


_SESSIONS: Final = rows.selection(
    SessionRow, "FROM session WHERE device = :device ORDER BY turn DESC"
)
_NEXT_TURN: Final = "(SELECT coalesce(max(turn), 0) + 1 FROM session WHERE device = :device)"
_NEW: Final = f"""
    INSERT INTO session (device, state, created, last_received, turn, sent, sealed, forced)
    VALUES (:device, :state, :now, CASE WHEN :received THEN :now ELSE 0 END, {_NEXT_TURN},
        NOT :received, NOT :received, :forced)
    RETURNING number"""  # noqa: S608 - both parts stand above
_STEP: Final = """
    UPDATE session SET state = :state,
        last_received = CASE WHEN :received THEN :now ELSE last_received END,
        sent = CASE WHEN :received THEN 0 ELSE sent + 1 END,
        sealed = sealed + (NOT :received),
        forced = forced AND NOT :received
    WHERE number = :number AND device = :device"""
_PREFER: Final = f"""
    UPDATE session SET turn = {_NEXT_TURN} WHERE number = :number AND device = :device"""  # noqa: S608 - as above
_DROP_OLDEST: Final = """
    DELETE FROM session WHERE device = :device AND number IN (
        SELECT number FROM session WHERE device = :device
        ORDER BY number <> :number, turn DESC LIMIT -1 OFFSET :keep)"""
_DROP: Final = "DELETE FROM session WHERE device = :device"
_DROP_ONE: Final = "DELETE FROM session WHERE device = :device AND number = :number"
_SAVE_BUNDLE: Final = (
    "INSERT OR REPLACE INTO bundle (device, data, at) VALUES (:device, :data, :now)"
)
_TAKE_BUNDLE: Final = "DELETE FROM bundle WHERE device = :device RETURNING data"
_HAS_BUNDLE: Final = "SELECT EXISTS (SELECT 1 FROM bundle WHERE device = :device)"
_FAILED: Final = "SELECT at, reason FROM failed_claim WHERE device = :device"
_NOTE_FAILED: Final = """
    INSERT OR REPLACE INTO failed_claim (device, at, reason) VALUES (:device, :now, :reason)"""
_FORGET_FAILED: Final = "DELETE FROM failed_claim WHERE device = :device"
_COUNT_DRAINED: Final = """
    INSERT INTO drained (device, claims) VALUES (:device, 1)
    ON CONFLICT (device) DO UPDATE SET claims = claims + 1"""
_DRAINED: Final = "SELECT claims FROM drained WHERE device = :device"
_REMEMBER_INIT: Final = """
    INSERT OR IGNORE INTO init_seen (tag, at, device) VALUES (:tag, :now, :device)"""
_STARTS: Final = """
    SELECT count(*) FILTER (WHERE at > :since), max(at) FILTER (WHERE at <= :since)
    FROM init_seen WHERE device = :device"""
_SEEN: Final = "SELECT position FROM envelope_seen WHERE envelope = :envelope"
_REMEMBER: Final = """
    INSERT OR IGNORE INTO envelope_seen (envelope, at, position)
    VALUES (:envelope, :now, :position)"""
_FORGET_INITS: Final = "DELETE FROM init_seen WHERE at < :before"
_FORGET_ENVELOPES: Final = "DELETE FROM envelope_seen WHERE at < :before"
_NOTE_USED: Final = "INSERT OR IGNORE INTO used_prekey (kind, id) VALUES (:kind, :id)"
_USED: Final = "SELECT kind, id FROM used_prekey ORDER BY kind, id"
_CLEAR_USED: Final = "DELETE FROM used_prekey WHERE kind = :kind AND id = :id"
_NEXT_OUT: Final = """
    INSERT INTO pair (device, sent) VALUES (:device, 1)
    ON CONFLICT (device) DO UPDATE SET sent = sent + 1 RETURNING sent"""
_CATCH_UP: Final = """
    INSERT INTO pair (device, sent) VALUES (:device, :number)
    ON CONFLICT (device) DO UPDATE SET sent = :number WHERE sent < :number"""
_PAIR_OUT: Final = "SELECT sent FROM pair WHERE device = :device"
_PAIR_IN: Final = "SELECT received FROM pair WHERE device = :device"
_SET_IN: Final = """
    INSERT INTO pair (device, received) VALUES (:device, :number)
    ON CONFLICT (device) DO UPDATE SET received = :number WHERE received < :number"""


def sessions(sp: Connection, device: bytes) -> list[SessionRow]:
    """The sessions with a device by their turn: the first is the one to send on."""
    found = sp.execute(_SESSIONS, {"device": device}).fetchall()
    return [rows.build(SessionRow, row) for row in found]


def save_session(  # noqa: PLR0913 - a row and the act that changed it
    sp: Connection,
    device: bytes,
    number: int | None,
    state: bytes,
    now: int,
    *,
    received: bool,
    forced: bool = False,
) -> int:
    """Store a session's next state; `number` None starts one. Returns its number.

    A session that starts takes the next turn and ends what failed before it; which of several
    has the turn afterwards is said by `prefer`. More than MAX_SESSIONS of a device: those whose
    turn was longest ago go, never the new one.

    Raises:
        NotFoundError: `number` is not a session of `device`.
    """
    rows.require_transaction(sp)
    values = {
        "device": device,
        "number": number,
        "state": state,
        "now": now,
        "received": received,
        "forced": forced,
    }
    if number is not None:
        if sp.execute(_STEP, values).rowcount != 1:
            raise NotFoundError("There is no such session.")
        return number
    fresh = int(sp.execute(_NEW, values).fetchall()[0][0])
    sp.execute(_FORGET_FAILED, {"device": device})
    sp.execute(_DROP_OLDEST, {"device": device, "number": fresh, "keep": MAX_SESSIONS})
    return fresh


def prefer(sp: Connection, device: bytes, number: int) -> None:
    """Send on this session from now on."""
    sp.execute(_PREFER, {"device": device, "number": number})


def drop_sessions(sp: Connection, device: bytes) -> None:
    """Destroy every session with a device."""
    sp.execute(_DROP, {"device": device})


def drop_session(sp: Connection, device: bytes, number: int) -> None:
    """Destroy one session with a device."""
    sp.execute(_DROP_ONE, {"device": device, "number": number})


def save_bundle(sp: Connection, device: bytes, data: bytes, now: int) -> None:
    """Keep a claimed prekey bundle until a session is started from it."""
    sp.execute(_SAVE_BUNDLE, {"device": device, "data": data, "now": now})


def take_bundle(sp: Connection, device: bytes) -> bytes | None:
    """Take the bundle of a device away: it serves one session."""
    found = sp.execute(_TAKE_BUNDLE, {"device": device}).fetchall()
    return bytes(found[0][0]) if found else None


def has_bundle(sp: Connection, device: bytes) -> bool:
    """Whether a bundle waits."""
    return bool(sp.execute(_HAS_BUNDLE, {"device": device}).fetchall()[0][0])


def count_drained(sp: Connection, device: bytes) -> None:
    """Count a claim for a device of which the store had no one-time key left."""
    sp.execute(_COUNT_DRAINED, {"device": device})


def drained(sp: Connection, device: bytes) -> int:
    """How many bundles of a device came without a one-time key."""
    row = sp.execute(_DRAINED, {"device": device}).fetchone()
    return 0 if row is None else int(row[0])


def note_failed_claim(sp: Connection, device: bytes, now: int, reason: str) -> bool:
    """Note that no usable bundle was to be had; True when this reason is new for the device."""
    known = sp.execute(_FAILED, {"device": device}).fetchone()
    sp.execute(_NOTE_FAILED, {"device": device, "now": now, "reason": reason})
    return known is None or str(known[1]) != reason


def failed_claim(sp: Connection, device: bytes) -> tuple[int, str] | None:
    """When a claim for a device failed, and why; None when none did since there was a session."""
    row = sp.execute(_FAILED, {"device": device}).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def may_claim(sp: Connection, device: bytes, now: int) -> bool:
    """Whether a bundle may be claimed: never failed, or long enough ago.

    A clock that was set back does not make the wait longer.
    """
    known = failed_claim(sp, device)
    if known is None or known[1] == JUST_LINKED:
        return True
    return not 0 <= now - known[0] < CLAIM_AGAIN_SECONDS


def remember_init(sp: Connection, tag: bytes, now: int, device: bytes) -> bool:
    """Note the replay tag (32 B) of a device's session start; False when it was seen before."""
    row = {"tag": tag, "now": now, "device": device}
    return sp.execute(_REMEMBER_INIT, row).rowcount == 1


def too_many_starts(sp: Connection, device: bytes, now: int) -> bool:
    """Whether a device starts sessions faster than MAX_STARTS allows, the last one included."""
    since = now - STARTS_SECONDS
    lately, before = sp.execute(_STARTS, {"device": device, "since": since}).fetchall()[0]
    days = MAX_STARTS_SAVED if before is None else (since - int(before)) // 86_400
    return int(lately) > MAX_STARTS + min(days, MAX_STARTS_SAVED)


def seen_envelope(sp: Connection, envelope: bytes) -> int | None:
    """At which queue position an envelope was taken, or None when it is new."""
    row = sp.execute(_SEEN, {"envelope": envelope}).fetchone()
    return None if row is None else int(row[0])


def remember_envelope(sp: Connection, envelope: bytes, now: int, position: int = 0) -> None:
    """Note that an envelope was taken."""
    sp.execute(_REMEMBER, {"envelope": envelope, "now": now, "position": position})


def forget_seen(sp: Connection, before: int) -> None:
    """Drop what was seen before `before`, which must lie PREKEY_KEEP_SECONDS back or more."""
    rows.require_transaction(sp)
    sp.execute(_FORGET_INITS, {"before": before})
    sp.execute(_FORGET_ENVELOPES, {"before": before})


def note_used_prekey(sp: Connection, kind: str, id: int) -> None:  # noqa: A002 - its name
    """Note, with the session it started, that a one-time key of device.db must be deleted."""
    sp.execute(_NOTE_USED, {"kind": kind, "id": id})


def used_prekeys(sp: Connection) -> list[tuple[str, int]]:
    """One-time keys to delete from device.db."""
    return [(str(kind), int(number)) for kind, number in sp.execute(_USED).fetchall()]


def clear_used_prekey(sp: Connection, kind: str, id: int) -> None:  # noqa: A002 - its name
    """It is deleted from device.db."""
    sp.execute(_CLEAR_USED, {"kind": kind, "id": id})


def next_pair_out(sp: Connection, device: bytes) -> int:
    """Draw the number of the next message to one device alone, from 1."""
    return int(sp.execute(_NEXT_OUT, {"device": device}).fetchall()[0][0])


def pair_out(sp: Connection, device: bytes) -> int:
    """The number last drawn for one device, 0 before the first."""
    row = sp.execute(_PAIR_OUT, {"device": device}).fetchone()
    return 0 if row is None else int(row[0])


def catch_up_pair(sp: Connection, device: bytes, number: int) -> None:
    """Go on behind a number that a device has of us already."""
    sp.execute(_CATCH_UP, {"device": device, "number": number})


def pair_in(sp: Connection, device: bytes) -> int:
    """The highest number received from one device, 0 before the first."""
    row = sp.execute(_PAIR_IN, {"device": device}).fetchone()
    return 0 if row is None else int(row[0])


def set_pair_in(sp: Connection, device: bytes, number: int) -> None:
    """Note the number just received; it never goes back."""
    sp.execute(_SET_IN, {"device": device, "number": number})
