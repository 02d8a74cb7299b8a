"""Erasing: the facts at once and for good, the bytes right after (or after the next start).

In one transaction a file becomes its own tombstone (ids, size, root, times, reason), its parts are
forgotten, and its prefix is written down as doomed; the sweeper deletes doomed prefixes until none
is left, however often it is interrupted. Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from centralstore import accesslog, retention
from centralstore.database import Transaction
from centralstore.tables import DOOMED, FILE, FILE_RECIPIENT, MEMBER, PART
from protocol.api.files import EraseReason, FileState
from protocol.ids import UserId


def erase_file(tx: Transaction, space: bytes, file: bytes, reason: EraseReason) -> bool:
    """Turn a file into its tombstone; False when it was one already."""
    here = (FILE.c.space_id == space) & (FILE.c.file_id == file)
    row = tx.conn.execute(
        select(FILE.c.state, FILE.c.prefix).where(here).with_for_update()
    ).one_or_none()
    if row is None or row.state == FileState.ERASED.value:
        return False
    tx.conn.execute(
        update(FILE)
        .where(here)
        .values(state=FileState.ERASED.value, erased_at=tx.second, erase_reason=reason.value)
    )
    tx.conn.execute(delete(PART).where((PART.c.space_id == space) & (PART.c.file_id == file)))
    tx.conn.execute(
        insert(DOOMED).values(prefix=row.prefix, space_id=space, file_id=file, since=tx.second)
    )
    tx.doomed = True
    accesslog.record(
        tx.conn,
        tx.sealer,
        accesslog.Access(
            now=tx.now,
            user=tx.user,
            device=tx.device,
            operation="file.erase",
            space=space,
            subject=file,
            result=reason.value,
        ),
    )
    return True


def settle(tx: Transaction, space: bytes, file: bytes) -> EraseReason | None:
    """Erase a file if the rules of retention.py say so now; the reason, or None."""
    here = (FILE.c.space_id == space) & (FILE.c.file_id == file)
    row = tx.conn.execute(
        select(FILE.c.state, FILE.c.expires_at).where(here).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    table = FILE_RECIPIENT.c
    intended = tx.conn.execute(
        select(table.user_id, table.proven_at).where(table.space_id == space, table.file_id == file)
    ).all()
    facts = retention.FileFacts(
        state=FileState(row.state),
        expires_at=row.expires_at,
        intended=frozenset(UserId(one.user_id) for one in intended),
        members=frozenset(members(tx, space)),
        proven=frozenset(UserId(one.user_id) for one in intended if one.proven_at is not None),
    )
    reason = retention.due(facts, tx.second)
    if reason is not None:
        erase_file(tx, space, file, reason)
    return reason


def expired(tx: Transaction, limit: int) -> list[tuple[bytes, bytes]]:
    """Files whose time is over, oldest first: (space, file)."""
    rows = tx.conn.execute(
        select(FILE.c.space_id, FILE.c.file_id)
        .where(FILE.c.state != FileState.ERASED.value, FILE.c.expires_at <= tx.second)
        .order_by(FILE.c.expires_at)
        .limit(limit)
    )
    return [(bytes(row.space_id), bytes(row.file_id)) for row in rows]


def alive(tx: Transaction, space: bytes, uploader: bytes | None = None) -> list[bytes]:
    """Files of a space that are not erased; of one uploader: only those still arriving."""
    query = select(FILE.c.file_id).where(
        FILE.c.space_id == space, FILE.c.state != FileState.ERASED.value
    )
    if uploader is not None:
        query = query.where(FILE.c.user_id == uploader, FILE.c.state == FileState.RECEIVING.value)
    return [bytes(file) for file in tx.conn.execute(query).scalars()]


def members(tx: Transaction, space: bytes) -> list[UserId]:
    """The current members of a space."""
    users = tx.conn.execute(
        select(MEMBER.c.user_id).where(MEMBER.c.space_id == space, MEMBER.c.left_seq.is_(None))
    ).scalars()
    return [UserId(user) for user in users]
