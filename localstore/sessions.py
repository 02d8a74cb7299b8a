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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One pairwise session. `sent` counts what was sealed on it since it last received."""

    device: bytes
    number: int
    state: bytes = field(repr=False)
    created: int
    last_received: int  # 0: never
    sent: int


_SESSIONS: Final = rows.selection(
    SessionRow,
    "FROM session WHERE device = :device ORDER BY last_received DESC, created DESC, number DESC",
)
_NEW: Final = """
    INSERT INTO session (device, state, created, last_received, sent)
    VALUES (:device, :state, :now, CASE WHEN :received THEN :now ELSE 0 END, NOT :received)
    RETURNING number"""
_STEP: Final = """
    UPDATE session SET state = :state,
        last_received = CASE WHEN :received THEN :now ELSE last_received END,
        sent = CASE WHEN :received THEN 0 ELSE sent + 1 END
    WHERE number = :number AND device = :device"""
_DROP_OLDEST: Final = """
    DELETE FROM session WHERE device = :device AND number IN (
        SELECT number FROM session WHERE device = :device AND number <> :number
        ORDER BY max(last_received, created) DESC, number DESC LIMIT -1 OFFSET :keep)"""
_DROP: Final = "DELETE FROM session WHERE device = :device"
_SAVE_BUNDLE: Final = (
    "INSERT OR REPLACE INTO bundle (device, data, at) VALUES (:device, :data, :now)"
)
_TAKE_BUNDLE: Final = "DELETE FROM bundle WHERE device = :device RETURNING data"
_HAS_BUNDLE: Final = "SELECT EXISTS (SELECT 1 FROM bundle WHERE device = :device)"
_FAILED: Final = "SELECT at, reason FROM failed_claim WHERE device = :device"
_NOTE_FAILED: Final = """
    INSERT OR REPLACE INTO failed_claim (device, at, reason) VALUES (:device, :now, :reason)"""
_FORGET_FAILED: Final = "DELETE FROM failed_claim WHERE device = :device"
_REMEMBER_INIT: Final = "INSERT OR IGNORE INTO init_seen (tag, at) VALUES (:tag, :now)"
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
_PAIR_IN: Final = "SELECT received FROM pair WHERE device = :device"
_SET_IN: Final = """
    INSERT INTO pair (device, received) VALUES (:device, :number)
    ON CONFLICT (device) DO UPDATE SET received = :number WHERE received < :number"""


def sessions(sp: Connection, device: bytes) -> list[SessionRow]:
    """The sessions with a device, newest-received first: the first is the one to send on."""
    found = sp.execute(_SESSIONS, {"device": device}).fetchall()
    return [rows.build(SessionRow, row) for row in found]


def save_session(
    sp: Connection, device: bytes, number: int | None, state: bytes, now: int, *, received: bool
) -> int:
    """Store a session's next state; `number` None starts one. Returns its number.

    A session that starts ends what failed before it. More than MAX_SESSIONS of a device: the least
    recently used others go.

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
    }
    if number is not None:
        if sp.execute(_STEP, values).rowcount != 1:
            raise NotFoundError("There is no such session.")
        return number
    fresh = int(sp.execute(_NEW, values).fetchall()[0][0])
    sp.execute(_FORGET_FAILED, {"device": device})
    sp.execute(_DROP_OLDEST, {"device": device, "number": fresh, "keep": MAX_SESSIONS - 1})
    return fresh


def drop_sessions(sp: Connection, device: bytes) -> None:
    """Destroy every session with a device."""
    sp.execute(_DROP, {"device": device})


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


def note_failed_claim(sp: Connection, device: bytes, now: int, reason: str) -> bool:
    """Note that no usable bundle was to be had; True when this reason is new for the device."""
    known = sp.execute(_FAILED, {"device": device}).fetchone()
    sp.execute(_NOTE_FAILED, {"device": device, "now": now, "reason": reason})
    return known is None or str(known[1]) != reason


def may_claim(sp: Connection, device: bytes, now: int) -> bool:
    """Whether a bundle may be claimed: never failed, or long enough ago.

    A clock that was set back does not make the wait longer.
    """
    known = sp.execute(_FAILED, {"device": device}).fetchone()
    return known is None or not 0 <= now - int(known[0]) < CLAIM_AGAIN_SECONDS


def remember_init(sp: Connection, tag: bytes, now: int) -> bool:
    """Note the replay tag (32 B) of a session start; False when it was seen before."""
    return sp.execute(_REMEMBER_INIT, {"tag": tag, "now": now}).rowcount == 1


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


def pair_in(sp: Connection, device: bytes) -> int:
    """The highest number received from one device, 0 before the first."""
    row = sp.execute(_PAIR_IN, {"device": device}).fetchone()
    return 0 if row is None else int(row[0])


def set_pair_in(sp: Connection, device: bytes, number: int) -> None:
    """Note the number just received; it never goes back."""
    sp.execute(_SET_IN, {"device": device, "number": number})
