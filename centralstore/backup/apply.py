"""What a restored database must forget before anybody is served.

What the record says is erased stays erased; without a record nothing of evidence or messages comes
back at all; what is past its time goes; no one-time key is handed out twice. Spec:
docs/protocol/73-backup.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import delete, select, true, update

from centralstore import devices, erasure, mailbox, retention
from centralstore.backup.erasures import Record
from centralstore.database import Transaction
from centralstore.prekeytables import ONE_TIME_KEY
from centralstore.steps import settled
from centralstore.tables import (
    CHALLENGE,
    DELIVERY,
    DEVICE,
    FILE,
    LINK,
    MEMBER,
    SESSION,
)
from protocol.api.files import EraseReason, FileState
from protocol.ids import DeviceId

_ALIVE: Final = FILE.c.state != FileState.ERASED.value
_BATCH: Final = 500
_REASON: Final = "restored"


@dataclass(slots=True)
class Forgotten:
    """How much of a backup did not come back: files, and deliveries."""

    files: int = 0
    deliveries: int = 0


def forget(tx: Transaction, record: Record | None) -> Forgotten:
    """Bring a restored database to where it may be served."""
    done = Forgotten()
    for table in (SESSION, CHALLENGE, LINK):
        tx.conn.execute(delete(table))
    tx.conn.execute(update(ONE_TIME_KEY).values(claimed=True, public=None, signature=None))
    if record is None:
        _forget_everything(tx, done)
    else:
        _follow(tx, record, done)
    _past_their_time(tx, done)
    return done


def _forget_everything(tx: Transaction, done: Forgotten) -> None:
    for space, file in _files(tx):
        done.files += erasure.erase_file(tx, space, file, EraseReason.EXPIRED)
    done.deliveries += mailbox.drop(tx, true(), _REASON)


def _follow(tx: Transaction, record: Record, done: Forgotten) -> None:
    erased = {(one.space, one.file): one.reason for one in record.erased}
    closed = set(record.closed)
    for space, file in _files(tx):
        reason = EraseReason.CLOSED if space in closed else erased.get((space, file))
        if reason is not None:
            done.files += erasure.erase_file(tx, space, file, reason)
    for space in closed:
        mailbox.erase_space(tx, space)
    for queue in record.queues:
        here = DEVICE.c.id == queue.device
        taken = (DELIVERY.c.device_id == queue.device) & (DELIVERY.c.position < queue.first)
        positions = tx.conn.execute(select(DELIVERY.c.position).where(taken)).scalars().all()
        tx.device = DeviceId(queue.device)
        settled(tx.conn, mailbox.acknowledge(tx, positions))
        done.deliveries += len(positions)
        tx.conn.execute(
            update(DEVICE)
            .where(here, DEVICE.c.last_position < queue.last)
            .values(last_position=queue.last)
        )
        tx.device = DeviceId(b"")
        if queue.revoked:
            devices.revoke(tx, DeviceId(queue.device))
    for left in record.left:
        mine = (MEMBER.c.space_id == left.space) & (MEMBER.c.user_id == left.user)
        tx.conn.execute(
            update(MEMBER).where(mine, MEMBER.c.left_seq.is_(None)).values(left_seq=left.seq)
        )
        his = (MEMBER.c.space_id == left.space) & (MEMBER.c.controller == left.user)
        tx.conn.execute(update(MEMBER).where(his).values(controller=None))  # R23.2: he is none now
        for device in mailbox.devices_of(tx, left.user):
            mailbox.empty(tx, left.space, device)


def _past_their_time(tx: Transaction, done: Forgotten) -> None:
    while found := erasure.expired(tx, _BATCH):
        for space, file in found:
            done.files += erasure.settle(tx, space, file) is not None
    while dropped := mailbox.expire(tx, retention.queue_floor(tx.second)):
        done.deliveries += dropped


def incomplete(tx: Transaction, missing: set[tuple[bytes, bytes]]) -> int:
    """Erase files whose parts were not in the backup; how many."""
    erase = partial(erasure.erase_file, tx, reason=EraseReason.EXPIRED)
    return sum(erase(space, file) for space, file in sorted(missing))


def _files(tx: Transaction) -> list[tuple[bytes, bytes]]:
    rows = tx.conn.execute(select(FILE.c.space_id, FILE.c.file_id).where(_ALIVE))
    return [(bytes(row.space_id), bytes(row.file_id)) for row in rows]
