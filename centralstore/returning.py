"""Entries of a membership log that a restore lost, handed in again by whichever member has them.

Each is checked as when it was first posted: the signature of a device that its author had by the
log before it, the chain, the rules, the directory. Nothing that is here is replaced.
Spec: docs/protocol/70-store.md §5, 73-backup.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from centralstore import devicelists, spacelog
from centralstore.access import Entered
from centralstore.database import Transaction
from centralstore.tables import DEVICE, LOG_ENTRY
from crypto import signatures
from protocol import codec
from protocol.api.spaces import ReturnRequest, SpaceSummary
from protocol.errors import ForgedError, JitError, LogMovedError
from protocol.limits import MAX_DEVICE_LIST_BYTES, MAX_LOG_ENTRY_BYTES
from protocol.membership import Entry, Roster, record_hash
from protocol.records import SigningPublic


def take_back(tx: Transaction, entered: Entered, handed: ReturnRequest) -> SpaceSummary:
    """Put what follows our head behind it, as far as it holds; what we have already is passed by.

    Raises:
        LogMovedError: it is another log than ours.
        JitError: why the first entry that we lack was refused, when none was taken.
    """
    lists = {_hash(signed): signed for signed in handed.lists}
    roster, taken = spacelog.roster(tx, entered.space), False
    for signed in handed.entries:
        entry = signatures.peek(signed, Entry, limit=MAX_LOG_ENTRY_BYTES)
        if entry.space != entered.space:
            raise ForgedError("An entry of another space.")
        if entry.seq <= roster.seq:
            _same(tx, entry, signed)
            continue
        try:
            with tx.conn.begin_nested():
                roster, taken = _follow(tx, roster, entry, signed, lists), True
        except JitError:
            if not taken:
                raise
            break  # what came before it stays
    return SpaceSummary(id=entered.space, seq=roster.seq, closed=roster.closed)


def _follow(
    tx: Transaction, before: Roster, entry: Entry, signed: bytes, lists: Mapping[bytes, bytes]
) -> Roster:
    if entry.seq == before.seq + 1 and entry.prev != before.head:
        raise LogMovedError("The entry follows another log than the store's. Read it again.")
    signatures.verify(
        signed, _key(tx, entry), Entry, signer=entry.actor_device, limit=MAX_LOG_ENTRY_BYTES
    )
    _take_list(tx, entry, lists)
    return spacelog.follow(tx, before, entry, signed)


def _key(tx: Transaction, entry: Entry) -> SigningPublic:
    """The key of the author's device, also one revoked since: the log says whether it counted."""
    here = (DEVICE.c.id == entry.actor_device) & (DEVICE.c.user_id == entry.actor_user)
    signing = tx.conn.execute(select(DEVICE.c.signing).where(here)).scalar_one_or_none()
    if signing is None:
        raise ForgedError("Nobody here has the device that signed the entry.")
    return codec.decode(SigningPublic, signing)


def _take_list(tx: Transaction, entry: Entry, lists: Mapping[bytes, bytes]) -> None:
    """The device list that the entry names, where it was lost too and follows the newest here."""
    if entry.subject is None or entry.list_head is None:
        return
    signed = lists.get(entry.list_head)
    if signed is None or devicelists.listed(tx, entry.subject, entry.list_head) is not None:
        return
    tx.hold(entry.subject)
    devicelists.succeed(tx, devicelists.read(signed, entry.subject), signed)


def _same(tx: Transaction, entry: Entry, signed: bytes) -> None:
    here = (LOG_ENTRY.c.space_id == entry.space) & (LOG_ENTRY.c.seq == entry.seq)
    ours = tx.conn.execute(select(LOG_ENTRY.c.signed).where(here)).scalar_one()
    if _body(ours) != _body(signed):
        raise LogMovedError("The entry follows another log than the store's. Read it again.")


def _body(signed: bytes) -> bytes:
    return signatures.parse(signed, limit=MAX_LOG_ENTRY_BYTES).body


def _hash(signed: bytes) -> bytes:
    return record_hash(signatures.parse(signed, limit=MAX_DEVICE_LIST_BYTES).body)
