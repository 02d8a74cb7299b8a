"""Receipts: making the ones this device owes, and believing only well-signed ones of others.

Each device chains its receipts per space (docs/protocol/60-receipts.md). They are queued and
leave together in one message at the end of a round, never one by one.
"""

from __future__ import annotations

from crypto import signatures
from jitclient import sealing
from jitclient.events import ExhibitsChanged, MessagesChanged
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import custody, evidence, messages, outbox
from localstore.connection import Connection, transaction
from protocol.content import Receipts
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, SpaceClosedError
from protocol.ids import SpaceId, UserId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind

BATCH = 12
NO_MESSAGE = bytes(16)


def make(  # noqa: PLR0913 - the facts of one receipt
    session: Session,
    sp: Connection,
    log: SpaceLog,
    *,
    kind: ReceiptKind,
    message: bytes,
    subject: bytes,
    sha256: bytes | None = None,
    remaining: str = "",
) -> bytes:
    """Sign the next receipt of this device's chain in one space."""
    seq, prev = messages.next_receipt(sp)
    receipt = Receipt(
        version=1,
        kind=kind,
        space=log.roster.space,
        message=message,
        subject=subject,
        sha256=sha256,
        device=session.device,
        device_seq=seq,
        prev=prev,
        log_seq=log.roster.seq,
        log_head=log.roster.head,
        remaining=remaining,
        claimed_at=session.clock.now(),
        nonce=session.entropy.token(16),
    )
    signed = signatures.sign(session.signing, session.device, receipt)
    messages.advance_receipt(sp, seq, record_hash(signatures.parse(signed).body))
    return signed


def owe(  # noqa: PLR0913 - the facts of one receipt
    session: Session,
    sp: Connection,
    log: SpaceLog,
    *,
    to: tuple[UserId, ...],
    kind: ReceiptKind,
    message: bytes,
    subject: bytes,
    sha256: bytes | None = None,
) -> None:
    """Sign a receipt and queue it for some members."""
    signed = make(
        session, sp, log, kind=kind, message=message, subject=subject, sha256=sha256
    )
    for user in to:
        if user != session.user:
            outbox.queue_receipt(sp, user, signed)


def flush(session: Session, space: SpaceId) -> int:
    """Turn queued receipts into messages, one per person and batch; returns how many messages."""
    sp = session.stores.space(space)
    sent = 0
    for user, rows in outbox.queued_receipts(sp).items():
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            with transaction(sp):
                if UserId(user) in session.log(space).roster.members:
                    content = Receipts(version=1, receipts=tuple(data for _, data in batch))
                    try:
                        sealing.compose(
                            session, space, content, kind="receipts", audience=(UserId(user),)
                        )
                        sent += 1
                    except SpaceClosedError:
                        pass  # we left or it closed: nobody waits for these any more
                outbox.drop_receipts(sp, [number for number, _ in batch])
    return sent


def take(  # noqa: PLR0913 - who says what about which space
    session: Session,
    sp: Connection,
    log: SpaceLog,
    author: UserId,
    device: DeviceEntry,
    data: bytes,
) -> None:
    """Believe one receipt of a member about something of this space.

    Raises:
        ForgedError: not signed by the device it came from, or about something else.
    """
    receipt = signatures.verify(data, device.signing, Receipt, signer=device.device)
    if receipt.space != log.roster.space or receipt.device != device.device:
        raise ForgedError("A receipt belongs to another space or device.")
    if receipt.log_seq < len(log.heads) and log.heads[receipt.log_seq] != receipt.log_head:
        raise ForgedError("A receipt was made under another membership log.")
    session.counts.receipts_in += 1
    match receipt.kind:
        case ReceiptKind.DELIVERED:
            _delivered(session, sp, log, author, receipt, data)
        case ReceiptKind.VERIFIED | ReceiptKind.EXPORTED | ReceiptKind.REFUSED:
            _about_exhibit(session, sp, log, author, receipt, data)
        case ReceiptKind.WIPED:
            raise ForgedError("A wipe receipt does not travel inside a space.")


def _delivered(  # noqa: PLR0913 - who says what about which message
    session: Session,
    sp: Connection,
    log: SpaceLog,
    author: UserId,
    receipt: Receipt,
    data: bytes,
) -> None:
    row = messages.message(sp, receipt.message)
    if row is None or row.author_user != session.user:
        return  # of a message this device no longer has
    if row.body_digest != receipt.subject:
        raise ForgedError("A receipt acknowledges another text than the one that was sent.")
    complete = messages.mark_delivered(sp, row.message, author, receipt.claimed_at, data)
    if complete and row.state in {"saved", "on-server"}:
        messages.update_message(sp, row.message, state="received")
    session.tell(MessagesChanged(log.roster.space))


def _about_exhibit(  # noqa: PLR0913 - who says what about which exhibit
    session: Session,
    sp: Connection,
    log: SpaceLog,
    author: UserId,
    receipt: Receipt,
    data: bytes,
) -> None:
    row = next(
        (
            e
            for e in evidence.exhibits(sp)
            if e.manifest and record_hash(signatures.parse(e.manifest).body) == receipt.subject
        ),
        None,
    )
    if row is None:
        return
    name = session.name_of(author)
    if receipt.kind is ReceiptKind.VERIFIED:
        if receipt.sha256 != row.sha256:
            raise ForgedError(f"{name} confirms another content of “{row.name}”.")
        evidence.mark_verified(sp, row.file, author, receipt.claimed_at, data)
    what = {
        ReceiptKind.VERIFIED: "exhibit-verified",
        ReceiptKind.EXPORTED: "exhibit-exported",
        ReceiptKind.REFUSED: "exhibit-refused",
    }[receipt.kind]
    custody.append(sp, what, name, row.name, row.sha256.hex(), session.clock.now())
    session.tell(ExhibitsChanged(log.roster.space))
