"""Receipts: making the ones this device owes, and believing only well-signed ones of others.

Each device chains its receipts per space (docs/protocol/60-receipts.md). They are queued and
leave together in one message at the end of a round, never one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import signatures
from jitclient import gossip, knowing, sealing
from jitclient.errors import FloodError
from jitclient.events import ExhibitsChanged, MessagesChanged
from jitclient.forks import ShownForkError
from jitclient.place import Place, place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import custody, evidence, messages, outbox
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from localstore.outbox import OwedReceipt
from protocol import codec
from protocol.content import Receipts, ReceiptsAndHead
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, SpaceClosedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind

BATCH = 12
NO_MESSAGE = bytes(16)
MAX_TOLD = 100
"""Events of one kind that one person's receipts about one exhibit leave in the custody log."""

_CUSTODY = {
    ReceiptKind.VERIFIED: "exhibit-verified",
    ReceiptKind.EXPORTED: "exhibit-exported",
    ReceiptKind.REFUSED: "exhibit-refused",
}


class TooManyReceiptsError(FloodError):
    """A device sends receipts about one exhibit without end."""

    code = "too-many-receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a receipt states: a kind, about a message, with the digest of what was had."""

    kind: ReceiptKind
    message: bytes
    subject: bytes
    sha256: bytes | None = None


def owe(at: Place, to: tuple[UserId, ...], claim: Claim) -> None:
    """Write the next receipt of this device's chain and queue it for some members.

    It is signed when it leaves: ML-DSA would take half of the time until a message can be read.
    """
    seq, prev = messages.next_receipt(at.sp)
    receipt = Receipt(
        version=1,
        kind=claim.kind,
        space=at.space,
        message=claim.message,
        subject=claim.subject,
        sha256=claim.sha256,
        device=at.session.device,
        device_seq=seq,
        prev=prev,
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        remaining="",
        claimed_at=at.now,
        nonce=at.session.entropy.token(16),
    )
    body = codec.encode(receipt)
    messages.advance_receipt(at.sp, seq, record_hash(body))
    for user in to:
        if user != at.session.user:
            outbox.queue_receipt(at.sp, user, body)


def flush(session: Session, space: SpaceId) -> int:
    """Turn queued receipts into messages, one per person and batch; returns how many messages."""
    at = place(session, space)
    if not at.log.admits(session.user, session.device):
        return 0  # they stay queued
    sent = 0
    signed: dict[bytes, bytes] = {}
    for user, rows in outbox.queued_receipts(at.sp).items():
        member = at.log.roster.members.get(UserId(user))
        if member is not None and knowing.is_open(session, member.user, member.user_key):
            continue  # queued until a person has decided about the new key
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            told = tuple(_signed(session, one, signed) for one in batch)
            with transaction(at.sp):
                sent += _send(at, UserId(user), told)
                outbox.drop_receipts(at.sp, [one.id for one in batch])
    return sent


def _signed(session: Session, owed: OwedReceipt, known: dict[bytes, bytes]) -> bytes:
    """The same receipt for several persons is signed once."""
    if owed.signed:
        return owed.data
    if owed.data not in known:
        receipt = codec.decode(Receipt, owed.data)
        known[owed.data] = signatures.sign(session.signing, session.device, receipt)
    return known[owed.data]


def _send(at: Place, user: UserId, signed: tuple[bytes, ...]) -> int:
    if user not in at.log.roster.members:
        return 0
    content: Receipts | ReceiptsAndHead = Receipts(version=1, receipts=signed)
    if head := gossip.to_say(at.session, user):
        content = ReceiptsAndHead(version=1, receipts=signed, checkpoint=head)
    try:
        sealing.compose(at, Draft(content=content, kind="receipts", audience=(user,)))
    except SpaceClosedError:
        return 0  # we left or it closed: nobody waits for these any more
    return 1


def take_all(
    at: Place, author: UserId, device: DeviceEntry, batch: Receipts | ReceiptsAndHead
) -> None:
    """Believe a message of receipts, and compare the head of the access log beside them.

    Raises:
        ForgedError: as `take`; or a head that the store did not sign.
    """
    for data in batch.receipts:
        take(at, author, device, data)
    if isinstance(batch, ReceiptsAndHead):
        gossip.hear(at.session, author, batch.checkpoint)


def take(at: Place, author: UserId, device: DeviceEntry, data: bytes) -> None:
    """Believe one receipt of a member about something of this space.

    Raises:
        ForgedError: not signed by the device it came from, or about something else.
    """
    receipt = signatures.verify(data, device.signing, Receipt, signer=device.device)
    if receipt.space != at.space or receipt.device != device.device:
        raise ForgedError("A receipt belongs to another space or device.")
    if receipt.log_seq < len(at.log.heads) and at.log.heads[receipt.log_seq] != receipt.log_head:
        raise ShownForkError(
            f"{at.name(author)} signed a receipt under another membership log of this space than "
            "you have. Somebody shows you different lists of members. Do not send anything; "
            "compare in person.",
            seq=receipt.log_seq,
            user=author,
            signed=data,
        )
    at.session.counts.receipts_in += 1
    match receipt.kind:
        case ReceiptKind.DELIVERED:
            _delivered(at, author, receipt, data)
        case ReceiptKind.VERIFIED | ReceiptKind.EXPORTED | ReceiptKind.REFUSED:
            _about_exhibit(at, author, receipt, data)
        case ReceiptKind.WIPED:
            raise ForgedError("A wipe receipt does not travel inside a space.")


def _delivered(at: Place, author: UserId, receipt: Receipt, data: bytes) -> None:
    row = messages.message(at.sp, receipt.message)
    if row is None or row.author_user != at.session.user:
        return  # of a message this device no longer has
    if row.body_digest != receipt.subject:
        raise ForgedError("A receipt acknowledges another text than the one that was sent.")
    complete = messages.mark_delivered(at.sp, row.message, author, receipt.claimed_at, data)
    if complete and row.state in {"saved", "on-server"}:
        messages.update_message(at.sp, row.message, state="received")
    at.session.tell(MessagesChanged(at.space))


def _stated(at: Place, receipt: Receipt) -> ExhibitRecord | None:
    """The exhibit whose manifest a receipt names.

    It also names the message that announced it: nearly always that is enough, and not every
    manifest of the space is parsed for each receipt.
    """
    told = messages.message(at.sp, receipt.message)
    one = evidence.exhibit(at.sp, told.file) if told is not None and told.file else None
    if one is not None and _names(receipt, one):
        return one
    return next((e for e in evidence.exhibits(at.sp) if _names(receipt, e)), None)


def _names(receipt: Receipt, one: ExhibitRecord) -> bool:
    manifest = one.manifest
    return bool(manifest) and record_hash(signatures.parse(manifest).body) == receipt.subject


def _about_exhibit(at: Place, author: UserId, receipt: Receipt, data: bytes) -> None:
    row = _stated(at, receipt)
    if row is None:
        return
    name = at.name(author)
    if receipt.kind is ReceiptKind.VERIFIED:
        if receipt.sha256 != row.sha256:
            raise ForgedError(f"{name} confirms another content of “{row.name}”.")
        if not evidence.mark_verified(at.sp, row.file, author, receipt.claimed_at, data):
            return  # said once more: the first one stands
    digest = f"sha256 {row.sha256.hex()}"
    if custody.count(at.sp, _CUSTODY[receipt.kind], name, digest) >= MAX_TOLD:
        raise TooManyReceiptsError(
            f"A device of {name} says the same of “{row.name}” again and again. What it says "
            f"beyond {MAX_TOLD} times is not logged.",
            DeviceId(receipt.device),
        )
    custody.append(at.sp, _CUSTODY[receipt.kind], name, row, digest, at.now)
    at.session.tell(ExhibitsChanged.of(at.space, row.file))
