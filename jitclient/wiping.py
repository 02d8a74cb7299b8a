"""Closing on this device: keys first, then files, then a signed statement of what was done.

`begin` runs once, when a signed closing or the space's own deadline is reached; `resume` may run
any number of times after a crash and continues from the phase that is on disk. What a wipe cannot
reach (blocks an SSD keeps, backups, exported files) the receipt says in words.
Spec: docs/protocol/61-closing.md.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Self

from crypto import signatures
from jitclient import forks, leftovers, notes, retention, spacewise
from jitclient.events import SpacesChanged, SpaceWiped
from jitclient.place import Place, place
from jitclient.session import Session
from localstore import alarms, messages, spacelog, spaces, unreached, wipe
from localstore import devices as devicesettings
from localstore.connection import checkpoint, transaction
from localstore.spaces import ClosedDevice, SpaceRecord
from localstore.unreached import Unreached
from protocol import codec
from protocol.errors import ConfigurationError, DamagedStoreError
from protocol.ids import SpaceId
from protocol.membership import Entry, record_hash
from protocol.receipts import Receipt, ReceiptKind
from sync.machines import closing

NO_MESSAGE = bytes(16)
NO_RECEIPT = bytes(32)
UNKNOWN = -1
FIRST = closing.Phase.FILES.value
"""`begin` destroys the key in its own transaction: files are what is left to do."""
ENDING = frozenset({"open", "joining", "left", "creating"})
MAX_REMAINING_CHARS = 500
BLURRED = "Something was refused in a space that was wiped since; what it was went with the space."


def begin(session: Session, space: SpaceId, *, why: str) -> None:
    """Write down what the receipt needs, destroy the key, and wipe.

    The record of the wipe and the destruction of the key are one transaction of device.db: after
    it nothing of the space can be opened, whatever happens next.
    """
    db = session.stores.device
    devices, left, facts = _facts(session, space, why)
    with transaction(db):
        spaces.save_closed_devices(db, space, devices)
        unreached.note(db, left)
        spaces.update_space(db, space, state="closing", database_key=b"", unread=0, **facts)
        spaces.forget_epoch(db, space)
        alarms.blur(db, space, BLURRED)
        devicesettings.drop_setting(db, forks.FORK + space.hex())
    session.logs.pop(space, None)
    session.tell(SpaceWiped(space))
    session.tell(SpacesChanged())
    resume(session, space)


def _facts(
    session: Session, space: SpaceId, why: str
) -> tuple[list[ClosedDevice], list[Unreached], dict[str, Any]]:
    """What outlives the space; next to nothing when its database cannot be read any more."""
    reason = "The retention period ended."
    record = spaces.space(session.stores.device, space)
    ended = record.deadline if record is not None and why == "deadline" else session.clock.now()
    try:
        at = place(session, space)
        left = leftovers.found(at)
        seq, prev = messages.next_receipt(at.sp)
        if why == "closed":
            reason = notes.read(at.sp, space, at.log.roster.seq, at.log.roster.close_note)
            ended = _closed_at(at, ended)
    except (DamagedStoreError, ConfigurationError):
        kept = str(_Kept(FIRST, 0, NO_RECEIPT, damaged=True))
        return [], [], {"wipe_phase": kept, "close_reason": reason, "closed_at": ended}
    roster = at.log.roster
    devices = [
        ClosedDevice(
            space=space,
            user=user,
            device=entry.device,
            signing=codec.encode(entry.signing),
            name=session.name_of(user),
        )
        for user, entry in at.log.devices(tuple(sorted(roster.members)))
    ]
    return (
        devices,
        left,
        {
            "wipe_phase": str(_Kept(FIRST, seq, prev)),
            "closed_at": ended,
            "closed_by": roster.closed_by,
            "close_reason": reason,
            "log_seq": roster.seq,
            "log_head": roster.head,
        },
    )


def _closed_at(at: Place, now: int | None) -> int | None:
    """When the closing says it was signed; never later than now, whatever clock said so."""
    (entry,) = spacelog.entries(at.sp, at.log.roster.seq)[:1]
    stated = signatures.peek(entry, Entry).claimed_at
    return stated if now is None else min(stated, now)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What device.db keeps of a wipe under way: its phase and the facts of the receipt to come."""

    phase: str
    seq: int
    prev: bytes
    damaged: bool = False
    traces: str = ""  # how many the desktop did not let go

    def __str__(self) -> str:
        damaged = UNKNOWN if self.damaged else 0
        return f"{self.phase}:{self.seq}:{self.prev.hex()}:{damaged}:{self.traces}"

    @classmethod
    def parse(cls, text: str) -> Self:
        phase, seq, prev, damaged, traces = text.split(":")
        return cls(phase, int(seq), bytes.fromhex(prev), int(damaged) == UNKNOWN, traces)


def resume(session: Session, space: SpaceId) -> None:
    """Go on from the phase on disk; harmless when there is nothing to do."""
    record = spaces.space(session.stores.device, space)
    if record is None or not record.wipe_phase:
        return
    kept = _Kept.parse(record.wipe_phase)
    state, effects = closing.resume(kept.phase, remaining=kept.traces)
    todo = deque(effects)
    while todo:
        event = _perform(session, record, kept, todo.popleft())
        if event is not None:
            state, effects = closing.step(state, event)
            todo.extend(effects)
    session.tell(SpaceWiped(space))
    session.tell(SpacesChanged())


def _perform(
    session: Session, record: SpaceRecord, kept: _Kept, effect: closing.Effect
) -> closing.Event | None:
    db, space = session.stores.device, SpaceId(record.space)
    match effect:
        case closing.SavePhase(phase, remaining):
            now = replace(kept, phase=phase.value, traces=remaining)
            with transaction(db):
                spaces.update_space(db, space, wipe_phase=str(now))
            return None
        case closing.DestroyKey():
            with transaction(db):
                spaces.forget_key(db, space)
            return closing.KeyDestroyed()
        case closing.RemoveFiles():
            session.stores.close_space(space)
            checkpoint(db)  # the write-ahead log still holds the page with the destroyed key
            wipe.destroy(session.profile, space)
            return closing.FilesRemoved()
        case closing.CheckAbsence():
            leftovers.stays(session, space, wipe.remaining(session.profile, space))
            return closing.Checked(str(leftovers.clear(session, space) or ""))
        case closing.SignReceipt(remaining):
            _sign(session, record, kept, int(remaining or 0))
            return closing.ReceiptSaved()


def resume_all(session: Session, now: int) -> list[SpaceId]:
    """Finish half-done wipes and begin those whose deadline has passed."""
    begun = []
    counts = retention.time_that_counts(session, now)
    for record in spaces.spaces(session.stores.device):
        space = SpaceId(record.space)
        if record.wipe_phase:
            resume(session, space)
        elif record.state in ENDING and record.log_seq >= 0:
            late = retention.due(session, record, now, counts)
            if late or spacewise.attempt(session, space, _closed):
                begin(session, space, why="deadline" if late else "closed")
                begun.append(space)
    return begun


def _closed(session: Session, space: SpaceId) -> bool:
    return session.log(space).roster.closed


def _sign(session: Session, record: SpaceRecord, kept: _Kept, traces: int) -> None:
    """State once what was done; files the system holds on to are tried again at the next round."""
    db, space = session.stores.device, SpaceId(record.space)
    left = unreached.of_space(db, space)
    again = any(row.what == "file" for row in left)
    phase = str(replace(kept, phase=closing.Phase.FILES.value, traces="")) if again else ""
    before = next((w for w in spaces.wipes(db, space) if w.device == session.device), None)
    stated = before is not None and (again or leftovers.HELD not in before.remaining)
    if before is not None and not stated:  # what was held has gone: said by the next receipt
        seq = signatures.peek(before.receipt, Receipt).device_seq + 1
        kept = replace(kept, seq=seq, prev=record_hash(signatures.parse(before.receipt).body))
    signed = (
        b""
        if stated
        else _receipt(
            session, record, kept, leftovers.words(left, damaged=kept.damaged, traces_left=traces)
        )
    )
    with transaction(db):
        if not stated:
            receipt = signatures.peek(signed, Receipt)
            at, words = receipt.claimed_at, receipt.remaining
            spaces.save_wipe(db, space, session.device, signed, at, words, posted=False)
            session.counts.wiped += before is None
        spaces.update_space(db, space, state="wiped", wipe_phase=phase)


def _receipt(session: Session, record: SpaceRecord, kept: _Kept, words: str) -> bytes:
    receipt = Receipt(
        version=1,
        kind=ReceiptKind.WIPED,
        space=record.space,
        message=NO_MESSAGE,
        subject=record.log_head,
        sha256=None,
        device=session.device,
        device_seq=kept.seq,
        prev=kept.prev,
        log_seq=record.log_seq,
        log_head=record.log_head,
        remaining=words[:MAX_REMAINING_CHARS],
        claimed_at=session.clock.now(),
        nonce=session.entropy.token(16),
    )
    return signatures.sign(session.signing, session.device, receipt)
