"""Files: announced by who may upload, stored part by part, complete when the root agrees.

The store knows part counts, sealed sizes, digests and who is meant to have it; names, types, true
sizes and keys never arrive here. Spec: docs/protocol/70-store.md §6, docs/protocol/50-files.md.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update

from centralstore import authn, blobs, erasure, mailbox, retention
from centralstore.access import Entered, enter_file
from centralstore.database import Transaction
from centralstore.errors import conflict, parts_missing
from centralstore.policy import Act
from centralstore.quotas import Quotas
from centralstore.tables import FILE, FILE_RECIPIENT, MEMBER, PART
from crypto import merkle, signatures
from crypto.signatures import StoreKey
from protocol.api.files import AnnounceRequest, EraseReason, FileReply, FileState
from protocol.errors import (
    BadInputError,
    ForgedError,
    HashMismatchError,
    MalformedError,
    NotPermittedError,
)
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import FILE_HEADER_BYTES, PART_BYTES
from protocol.receipts import DownloadProof, StoreReceipt, Withdrawal
from protocol.records import VERSION
from protocol.roles import Right, Role, allows

_LEAVES: Final = 10_000


def announce(
    tx: Transaction, entered: Entered, request: AnnounceRequest, quotas: Quotas
) -> FileReply:
    """Make room for a file; the same announcement again answers what is stored already.

    Raises:
        NotPermittedError: a recipient is no member who may download.
        BadInputError: sizes that no file has; `conflict` when the id is taken; `quota-exceeded`.
    """
    tx.subject = request.file
    recipients = frozenset(request.recipients)
    _check_sizes(request)
    space, file = entered.space, FileId(request.file)
    known = tx.conn.execute(
        select(FILE).where(FILE.c.space_id == space, FILE.c.file_id == file)
    ).one_or_none()
    if known is not None:
        same = (known.device_id, known.parts, known.sealed_bytes)
        if same != (tx.device, request.parts, request.sealed_bytes):
            raise conflict("Another file has that id.")
        # Whoever was removed since the first announcement may be left out of this one.
        intended = _intended(tx, space, file)
        if not intended & set(erasure.members(tx, space)) <= recipients <= intended:
            raise conflict("Another file has that id.")
        return reply(tx, known)
    _check_recipients(tx, space, recipients)
    quotas.check(tx, space, request.sealed_bytes)
    tx.conn.execute(
        insert(FILE).values(
            space_id=space,
            file_id=file,
            user_id=tx.user,
            device_id=tx.device,
            parts=request.parts,
            sealed_bytes=request.sealed_bytes,
            state=FileState.RECEIVING.value,
            prefix=blobs.new_prefix(),
            announced_at=tx.second,
            expires_at=retention.expiry(tx.second),
        )
    )
    tx.conn.execute(
        insert(FILE_RECIPIENT),
        [{"space_id": space, "file_id": file, "user_id": user} for user in recipients],
    )
    return reply(tx, _row(tx, space, file))


def reply(tx: Transaction, row: Row[Any]) -> FileReply:
    """Where a file stands."""
    receiving = row.state == FileState.RECEIVING.value
    stored: tuple[int, ...] = ()
    if receiving:
        numbers = select(PART.c.number).where(
            PART.c.space_id == row.space_id, PART.c.file_id == row.file_id
        )
        stored = tuple(tx.conn.execute(numbers.order_by(PART.c.number)).scalars())
    table = FILE_RECIPIENT.c
    proven = tx.conn.execute(
        select(table.user_id)
        .where(
            table.space_id == row.space_id,
            table.file_id == row.file_id,
            table.proven_at.is_not(None),
        )
        .order_by(table.proven_at)
    ).scalars()
    return FileReply(
        file=row.file_id,
        state=FileState(row.state),
        parts=row.parts,
        sealed_bytes=row.sealed_bytes,
        stored=stored,
        verified_by=tuple(proven),
        erase_reason=None if row.erase_reason is None else EraseReason(row.erase_reason),
        expires_at=row.expires_at,
    )


def complete(tx: Transaction, space: SpaceId, file: FileId, root: bytes, key: StoreKey) -> bytes:
    """Close a file whose parts are all here; the signed storage receipt.

    Raises:
        BadInputError: `parts-missing`, or `conflict` when it was completed with another root.
        HashMismatchError: sizes or root are not what was announced.
    """
    _, row = enter_file(tx, Act.COMPLETE_FILE, space, file)
    if row.state == FileState.COMPLETE.value:
        if row.root != root:
            raise conflict("The file was completed with another root.")
        return bytes(row.receipt)
    here = (PART.c.space_id == space) & (PART.c.file_id == file)
    count, size = tx.conn.execute(
        select(func.count(), func.sum(PART.c.size)).select_from(PART).where(here)
    ).one()
    if count != row.parts:
        raise parts_missing()
    leaves = tx.conn.execute(
        select(PART.c.leaf).where(here).order_by(PART.c.number),
        execution_options={"yield_per": _LEAVES},
    ).scalars()
    if size != row.sealed_bytes or not hmac.compare_digest(merkle.root(leaves), root):
        raise HashMismatchError("The parts do not add up to what was announced.")
    receipt = signatures.sign_store(
        key,
        StoreReceipt(version=VERSION, space=space, item=file, subject=root, stored_at=tx.second),
    )
    tx.conn.execute(
        update(FILE)
        .where(FILE.c.space_id == space, FILE.c.file_id == file)
        .values(state=FileState.COMPLETE.value, completed_at=tx.second, root=root, receipt=receipt)
    )
    _wake(tx, space, file, row.user_id, "file")
    erasure.settle(tx, space, file)  # every recipient may have left meanwhile
    return receipt


def prove(tx: Transaction, space: SpaceId, file: FileId, signed: bytes) -> FileReply:
    """Take a recipient's DownloadProof; the last one erases the file.

    Raises:
        ForgedError: not signed by the calling device, or about another file.
    """
    _, row = enter_file(tx, Act.PROVE_FILE, space, file)
    proof = signatures.verify(signed, authn.device_key(tx), DownloadProof, signer=tx.device)
    if (proof.space, proof.file, proof.root) != (space, file, row.root):
        raise ForgedError("The proof is about another file.")
    if proof.device != tx.device:
        raise ForgedError("A proof is handed in by the device that verified.")
    table = FILE_RECIPIENT.c
    changed = tx.conn.execute(
        update(FILE_RECIPIENT)
        .where(
            table.space_id == space,
            table.file_id == file,
            table.user_id == tx.user,
            table.proven_at.is_(None),
        )
        .values(proof=signed, proven_at=tx.second)
    )
    if changed.rowcount:
        _wake(tx, space, file, row.user_id, "file-proof")
        erasure.settle(tx, space, file)
    return reply(tx, _row(tx, space, file))


def withdraw(tx: Transaction, space: SpaceId, file: FileId, signed: bytes) -> FileReply:
    """Erase one's own file at once.

    Raises:
        ForgedError: not signed by the calling device, or about another file.
    """
    _, row = enter_file(tx, Act.WITHDRAW_FILE, space, file)
    order = signatures.verify(signed, authn.device_key(tx), Withdrawal, signer=tx.device)
    if (order.space, order.file, order.device) != (space, file, tx.device):
        raise ForgedError("The withdrawal is about another file.")
    if erasure.erase_file(tx, space, file, EraseReason.WITHDRAWN):
        _wake(tx, space, file, row.user_id, "file")
    return reply(tx, _row(tx, space, file))


def _check_sizes(request: AnnounceRequest) -> None:
    most = request.parts * PART_BYTES + FILE_HEADER_BYTES
    least = (request.parts - 1) * PART_BYTES
    if not least < request.sealed_bytes <= most:
        raise BadInputError("So many bytes do not make so many parts.")
    if len(set(request.recipients)) != len(request.recipients):
        raise MalformedError("A recipient is named twice.")


def _check_recipients(tx: Transaction, space: SpaceId, recipients: frozenset[bytes]) -> None:
    rows = tx.conn.execute(
        select(MEMBER.c.user_id, MEMBER.c.role).where(
            MEMBER.c.space_id == space, MEMBER.c.left_seq.is_(None)
        )
    )
    able = {row.user_id for row in rows if allows(Role(row.role), Right.DOWNLOAD)}
    if not recipients <= able:
        raise NotPermittedError("A recipient is not a member of this space who may download.")


def _intended(tx: Transaction, space: SpaceId, file: FileId) -> frozenset[bytes]:
    table = FILE_RECIPIENT.c
    return frozenset(
        tx.conn.execute(
            select(table.user_id).where(table.space_id == space, table.file_id == file)
        ).scalars()
    )


def _row(tx: Transaction, space: SpaceId, file: FileId) -> Row[Any]:
    return tx.conn.execute(
        select(FILE).where(FILE.c.space_id == space, FILE.c.file_id == file)
    ).one()


def _wake(tx: Transaction, space: SpaceId, file: FileId, uploader: bytes, what: str) -> None:
    concerned = {uploader, *_intended(tx, space, file)}
    here = {UserId(user) for user in erasure.members(tx, space)}
    for user in concerned & here:
        for device in mailbox.devices_of(tx, user):
            tx.wake(device, space, what)
