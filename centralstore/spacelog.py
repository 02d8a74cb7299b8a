"""The membership logs: entries in order, by compare-and-set; members as the log states them.

The store orders entries and can author none. It checks every entry with the very rules of the
clients (protocol.logrules) and, as a second line, against its directory (secondline.py).
Spec: docs/protocol/70-store.md §5, docs/protocol/41-membership.md.
"""

from __future__ import annotations

import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update

from centralstore import authn, erasure, mailbox, secondline
from centralstore.access import Entered
from centralstore.database import Transaction
from centralstore.errors import agreement_in_use, unknown
from centralstore.tables import LOG_ENTRY, MEMBER, SPACE
from crypto import signatures
from protocol import codec, logrules
from protocol.api.files import EraseReason
from protocol.api.spaces import LogReply, SpaceSummary
from protocol.errors import BadInputError, ForgedError, LimitExceededError, LogMovedError
from protocol.ids import SpaceId
from protocol.limits import MAX_LOG_ENTRIES, MAX_LOG_ENTRY_BYTES, MAX_LOG_PAGE
from protocol.membership import Entry, EntryKind, Genesis, Roster

_DAY_AHEAD: Final = datetime.timedelta(hours=14)
"""In the easternmost zone it is tomorrow already."""


def create(tx: Transaction, signed: bytes) -> SpaceSummary:
    """Open a space with its signed genesis; the same genesis again succeeds again.

    Raises:
        ForgedError: not signed by the calling device, or keys that the directory does not know.
        EntryRefusedError: the creator may not administer (R14.1), or states another party.
            the agreement has no reference or was signed after the space was opened.
        BadInputError: `agreement-in-use` (R13.1), or a date that is none or not yet.
    """
    genesis = signatures.verify(
        signed, authn.device_key(tx), Genesis, signer=tx.device, limit=MAX_LOG_ENTRY_BYTES
    )
    if genesis.actor_user != tx.user or genesis.actor_device != tx.device:
        raise ForgedError("A genesis is handed in by the device that signed it.")
    roster = logrules.begin(genesis, codec.encode(genesis))
    tx.space = tx.subject = roster.space
    known = tx.conn.execute(
        select(SPACE.c.id, SPACE.c.seq, SPACE.c.closed_at).where(
            SPACE.c.agreement == genesis.agreement
        )
    ).one_or_none()
    if known is not None:
        if known.id != roster.space:
            raise agreement_in_use()
        return SpaceSummary(id=known.id, seq=known.seq, closed=known.closed_at is not None)
    _check_date(genesis.signed_on, tx.now)
    secondline.check_genesis(tx, genesis)
    tx.conn.execute(
        insert(SPACE).values(
            id=roster.space,
            agreement=genesis.agreement,
            seq=0,
            head=roster.head,
            created_at=tx.second,
        )
    )
    tx.conn.execute(insert(LOG_ENTRY).values(space_id=roster.space, seq=0, signed=signed))
    _write_members(tx, None, roster)
    _wake(tx, roster.space)
    return SpaceSummary(id=roster.space, seq=0, closed=False)


def append(tx: Transaction, entered: Entered, signed: bytes) -> SpaceSummary:
    """Add one entry behind the head (compare-and-set).

    Raises:
        LogMovedError: `prev` is not the head any more (409 `log-moved`).
        ForgedError: not signed by the calling device, or keys that the directory does not know.
        EntryRefusedError: the rules of the log forbid it.
    """
    entry = signatures.verify(
        signed, authn.device_key(tx), Entry, signer=tx.device, limit=MAX_LOG_ENTRY_BYTES
    )
    if entry.actor_user != tx.user or entry.actor_device != tx.device:
        raise ForgedError("An entry is handed in by the device that signed it.")
    if entry.space == entered.space and entry.seq <= entered.seq:
        raise LogMovedError("Somebody else wrote to the membership log first. Read it again.")
    if entry.seq == entered.seq + 1 and entry.prev != entered.head:
        raise LogMovedError("The entry follows another log than the store's. Read it again.")
    after = follow(tx, roster(tx, entered.space), entry, signed)
    return SpaceSummary(id=entered.space, seq=entry.seq, closed=after.closed)


def follow(tx: Transaction, before: Roster, entry: Entry, signed: bytes) -> Roster:
    """Write an entry whose signature was checked behind `before`, with all that it causes.

    Raises:
        LimitExceededError: the log is full.
        ForgedError: keys that the directory does not know.
        EntryRefusedError: the rules of the log forbid it.
    """
    space = before.space
    if entry.seq > MAX_LOG_ENTRIES:
        raise LimitExceededError("The membership log of this space is full.")
    after = logrules.extend(before, entry, codec.encode(entry))
    secondline.check_entry(tx, before, entry)
    tx.conn.execute(insert(LOG_ENTRY).values(space_id=space, seq=entry.seq, signed=signed))
    closing = {"closed_at": tx.second} if after.closed else {}
    tx.conn.execute(
        update(SPACE).where(SPACE.c.id == space).values(seq=entry.seq, head=after.head, **closing)
    )
    _wake(tx, space)
    _write_members(tx, before, after)
    _follow_through(tx, space, entry)
    _wake(tx, space)
    return after


def repeated(tx: Transaction, space: SpaceId, signed: bytes) -> SpaceSummary | None:
    """The first answer again, when the caller repeats an entry of his own after a lost answer.

    Asked before the policy: after a closing or one's own departure nothing else is answered.
    """
    tx.subject = space
    entry = signatures.peek(signed, Entry, limit=MAX_LOG_ENTRY_BYTES)
    if entry.actor_device != tx.device or entry.space != space:
        return None
    row = tx.conn.execute(
        select(SPACE.c.seq, SPACE.c.closed_at)
        .join(LOG_ENTRY, LOG_ENTRY.c.space_id == SPACE.c.id)
        .where(SPACE.c.id == space, LOG_ENTRY.c.seq == entry.seq, LOG_ENTRY.c.signed == signed)
    ).one_or_none()
    if row is None:
        return None
    tx.space = space
    return SpaceSummary(id=space, seq=row.seq, closed=row.closed_at is not None)


def page(tx: Transaction, entered: Entered, start: int) -> LogReply:
    """Entries from `start`, at most a page; a removed member's log ends with his removal."""
    last = entered.seq if entered.left_seq is None else entered.left_seq
    rows = tx.conn.execute(
        select(LOG_ENTRY.c.signed)
        .where(
            LOG_ENTRY.c.space_id == entered.space,
            LOG_ENTRY.c.seq >= start,
            LOG_ENTRY.c.seq <= last,
        )
        .order_by(LOG_ENTRY.c.seq)
        .limit(MAX_LOG_PAGE)
    )
    return LogReply(entries=tuple(rows.scalars()), seq=last)


def spaces(tx: Transaction) -> tuple[SpaceSummary, ...]:
    """The caller's spaces, closed ones included."""
    rows = tx.conn.execute(
        select(SPACE.c.id, SPACE.c.seq, SPACE.c.closed_at)
        .join(MEMBER, MEMBER.c.space_id == SPACE.c.id)
        .where(MEMBER.c.user_id == tx.user, MEMBER.c.left_seq.is_(None))
        .order_by(SPACE.c.created_at, SPACE.c.id)
    )
    return tuple(
        SpaceSummary(id=row.id, seq=row.seq, closed=row.closed_at is not None) for row in rows
    )


def _follow_through(tx: Transaction, space: SpaceId, entry: Entry) -> None:
    """What an entry means for the data here: a removal or a closing erases."""
    if entry.kind is EntryKind.REMOVE and entry.subject is not None:
        for device in mailbox.devices_of(tx, entry.subject):
            mailbox.empty(tx, space, device)
            tx.wake(device, space, "log")
        for file in erasure.alive(tx, space, uploader=entry.subject):
            erasure.erase_file(tx, space, file, EraseReason.WITHDRAWN)
        for file in erasure.alive(tx, space):
            erasure.settle(tx, space, file)
    if entry.kind is EntryKind.CLOSE:
        for file in erasure.alive(tx, space):
            erasure.erase_file(tx, space, file, EraseReason.CLOSED)
        mailbox.erase_space(tx, space)


def roster(tx: Transaction, space: SpaceId) -> Roster:
    """The roster, derived anew from the log: entries were verified when they came in."""
    rows = tx.conn.execute(
        select(LOG_ENTRY.c.signed).where(LOG_ENTRY.c.space_id == space).order_by(LOG_ENTRY.c.seq)
    ).scalars()
    found: Roster | None = None
    for signed in rows:
        body = signatures.parse(signed, limit=MAX_LOG_ENTRY_BYTES).body
        if found is None:
            found = logrules.begin(codec.decode(Genesis, body), body)
        else:
            found = logrules.extend(found, codec.decode(Entry, body), body)
    if found is None:
        raise unknown()
    return found


def _check_date(signed_on: str, now: float) -> None:
    try:
        day = datetime.date.fromisoformat(signed_on)
    except ValueError as error:
        raise BadInputError("The date of the agreement does not exist.") from error
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC) + _DAY_AHEAD
    if day > moment.date():
        raise BadInputError("The agreement is dated in the future.")


def _write_members(tx: Transaction, before: Roster | None, after: Roster) -> None:
    """Bring table `member` to what the roster says."""
    old = {} if before is None else before.members
    for user, member in after.members.items():
        controller = after.controller(user)
        if before is not None and user in old:
            same = (old[user].role, before.controller(user)) == (member.role, controller)
            if same:
                continue
        here = (MEMBER.c.space_id == after.space) & (MEMBER.c.user_id == user)
        tx.conn.execute(delete(MEMBER).where(here))
        facts = {"role": member.role.value, "controller": controller}
        tx.conn.execute(insert(MEMBER).values(space_id=after.space, user_id=user, **facts))
    for user in old:
        if user not in after.members:
            here = (MEMBER.c.space_id == after.space) & (MEMBER.c.user_id == user)
            tx.conn.execute(update(MEMBER).where(here).values(left_seq=after.seq))


def _wake(tx: Transaction, space: SpaceId) -> None:
    for device in mailbox.devices(tx, space):
        tx.wake(device, space, "log")
