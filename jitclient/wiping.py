"""Closing on this device: keys first, then files, then a signed statement of what was done.

`begin` runs once, when a signed closing or the space's own deadline is reached; `resume` may run
any number of times after a crash and continues from the phase that is on disk. What a wipe cannot
reach (blocks an SSD keeps, backups, exported files) the receipt says in words.
Spec: docs/protocol/61-closing.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crypto import signatures
from jitclient import spacewise
from jitclient.consequences import close_note
from jitclient.events import SpacesChanged, SpaceWiped
from jitclient.place import place
from jitclient.session import Session
from localstore import evidence, messages, spaces, wipe
from localstore.connection import checkpoint, transaction
from localstore.spaces import ClosedDevice, SpaceRecord
from protocol import codec
from protocol.errors import (
    ConfigurationError,
    DamagedStoreError,
    ForgedError,
    RefusedError,
)
from protocol.ids import SpaceId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind
from protocol.records import SigningPublic

NO_MESSAGE = bytes(16)
NO_RECEIPT = bytes(32)
UNKNOWN = -1
ENDING = frozenset({"open", "joining", "left", "creating"})
ALWAYS_REMAINS = "copies in backups and blocks a drive keeps, as ciphertext without a key"


def begin(session: Session, space: SpaceId, *, why: str) -> None:
    """Write down what the receipt needs, destroy the key, and wipe.

    The record of the wipe and the destruction of the key are one transaction of device.db: after
    it nothing of the space can be opened, whatever happens next.
    """
    db = session.stores.device
    devices, facts = _facts(session, space, why)
    with transaction(db):
        spaces.save_closed_devices(db, space, devices)
        spaces.update_space(db, space, state="closing", database_key=b"", unread=0, **facts)
    session.logs.pop(space, None)
    session.tell(SpaceWiped(space))
    session.tell(SpacesChanged())
    resume(session, space)


def _facts(session: Session, space: SpaceId, why: str) -> tuple[list[ClosedDevice], dict[str, Any]]:
    """What outlives the space; next to nothing when its database cannot be read any more."""
    reason = "The retention period ended."
    try:
        at = place(session, space)
        exported = sum(1 for e in evidence.exhibits(at.sp) if e.exported_to)
        seq, prev = messages.next_receipt(at.sp)
        reason = close_note(at) if why == "closed" else reason
    except (DamagedStoreError, ConfigurationError):
        return [], {"wipe_phase": f"files:0:{NO_RECEIPT.hex()}:{UNKNOWN}", "close_reason": reason}
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
    return devices, {
        "wipe_phase": f"files:{seq}:{prev.hex()}:{exported}",
        "closed_by": roster.closed_by,
        "close_reason": reason,
        "log_seq": roster.seq,
        "log_head": roster.head,
    }


def resume(session: Session, space: SpaceId) -> None:
    """Go on from the phase on disk; harmless when there is nothing to do."""
    db = session.stores.device
    record = spaces.space(db, space)
    if record is None or not record.wipe_phase:
        return
    session.stores.close_space(space)
    checkpoint(db)  # the write-ahead log must not keep the key the files were sealed with
    wipe.destroy(session.profile, space)
    # The write-ahead log still holds the page with the key that was destroyed.
    checkpoint(db)
    left = wipe.remaining(session.profile, space)
    _sign(session, record, left)
    session.counts.wiped += 1
    session.tell(SpaceWiped(space))
    session.tell(SpacesChanged())


def resume_all(session: Session, now: int) -> list[SpaceId]:
    """Finish half-done wipes and begin those whose deadline has passed."""
    begun = []
    for record in spaces.spaces(session.stores.device):
        space = SpaceId(record.space)
        if record.wipe_phase:
            resume(session, space)
        elif record.state in ENDING and record.log_seq >= 0:
            late = record.deadline is not None and now >= record.deadline
            if late or spacewise.attempt(session, space, _closed):
                begin(session, space, why="deadline" if late else "closed")
                begun.append(space)
    return begun


def _closed(session: Session, space: SpaceId) -> bool:
    return session.log(space).roster.closed


def _sign(session: Session, record: SpaceRecord, left: Sequence[str]) -> None:
    _, seq, prev, exported = record.wipe_phase.split(":")
    receipt = Receipt(
        version=1,
        kind=ReceiptKind.WIPED,
        space=record.space,
        message=NO_MESSAGE,
        subject=record.log_head,
        sha256=None,
        device=session.device,
        device_seq=int(seq),
        prev=bytes.fromhex(prev),
        log_seq=record.log_seq,
        log_head=record.log_head,
        remaining=_words(int(exported), len(left)),
        claimed_at=session.clock.now(),
        nonce=session.entropy.token(16),
    )
    signed = signatures.sign(session.signing, session.device, receipt)
    db = session.stores.device
    with transaction(db):
        spaces.save_wipe(
            db,
            SpaceId(record.space),
            session.device,
            signed,
            receipt.claimed_at,
            receipt.remaining,
            posted=False,
        )
        spaces.update_space(
            db,
            SpaceId(record.space),
            state="wiped",
            wipe_phase="" if not left else record.wipe_phase,
        )


def _words(exported: int, left: int) -> str:
    words = [ALWAYS_REMAINS]
    if exported == UNKNOWN:
        words.append("exhibits exported to a file, of which the damaged records tell nothing")
    elif exported:
        words.append(f"{exported} exhibit(s) exported to a file by this person")
    if left:
        words.append(f"{left} file(s) the system did not let go")
    return "; ".join(words)


def received(session: Session, space: SpaceId, receipts: Sequence[bytes]) -> None:
    """Believe wipe receipts that devices of the closed space signed; refuse others."""
    db = session.stores.device
    known = {d.device: d for d in spaces.closed_devices(db, space)}
    here = {w.device for w in spaces.wipes(db, space)}
    for data in receipts:
        try:
            signer = signatures.parse(data).signer
            device = known.get(signer)
            if device is None:
                raise ForgedError("The store shows a wipe receipt of a device never in the space.")
            if signer in here:
                continue
            public = codec.decode(SigningPublic, device.signing)
            receipt = signatures.verify(data, public, Receipt, signer=signer)
            if receipt.kind is not ReceiptKind.WIPED or receipt.space != space:
                raise ForgedError(f"A wipe receipt of {device.name} is about something else.")
        except RefusedError as error:
            session.alarm(space, _whose(known, data, error), key=record_hash(data).hex())
            continue
        with transaction(db):
            spaces.save_wipe(
                db, space, signer, data, receipt.claimed_at, receipt.remaining, posted=True
            )
        session.tell(SpacesChanged())


def _whose(known: Mapping[bytes, ClosedDevice], data: bytes, error: RefusedError) -> RefusedError:
    """The same refusal, saying in whose name the receipt was shown."""
    try:
        device = known.get(signatures.parse(data).signer)
    except RefusedError:
        return error
    if device is None or device.name in error.sentence:
        return error
    sentence = f"The store shows a wipe receipt of {device.name} that was refused: {error.sentence}"
    return type(error)(sentence, code=error.reason)


def unposted(session: Session) -> list[tuple[SpaceId, bytes]]:
    """Own wipe receipts the store does not have yet."""
    rows = spaces.unposted_wipes(session.stores.device)
    return [(SpaceId(r.space), r.receipt) for r in rows if r.device == session.device]


def watching(session: Session) -> list[SpaceId]:
    """Wiped spaces in which some device has not confirmed."""
    found = []
    for record in spaces.spaces(session.stores.device):
        if record.state != "wiped":
            continue
        space = SpaceId(record.space)
        confirmed = {w.device for w in spaces.wipes(session.stores.device, space)}
        if any(
            d.device not in confirmed for d in spaces.closed_devices(session.stores.device, space)
        ):
            found.append(space)
    return found
