"""Taking messages in: one body, and envelopes for devices, each queued once and never twice.

A repetition may bring further envelopes: for devices that had none yet, whose mailbox was full, or
that asked for the message again. Which ones there were is remembered beyond their delivery. Spec:
docs/protocol/70-store.md §6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, insert, select, update

from centralstore import mailbox, positions
from centralstore.database import Transaction
from centralstore.errors import conflict, recipients_changed
from centralstore.prepared import Prepared
from centralstore.quotas import MailboxQuota
from centralstore.steps import Question, Steps, first
from centralstore.tables import ADDRESSED, DELIVERY, MESSAGE
from centralstore.wakes import MAX_PUSH_BYTES
from crypto import signatures
from crypto.signatures import StoreKey
from protocol.api.spaces import Delivery, PostedReply, PostMessageRequest
from protocol.envelope import Envelope
from protocol.errors import ForgedError, LimitExceededError, MalformedError
from protocol.ids import DeviceId, MailboxId, SpaceId, UserId, mailbox_id
from protocol.limits import MAX_REDELIVERIES
from protocol.receipts import StoreReceipt
from protocol.records import VERSION

_SEEN = select(MESSAGE.c.digest, MESSAGE.c.device_id, MESSAGE.c.receipt).where(
    MESSAGE.c.space_id == bindparam("space"), MESSAGE.c.message_id == bindparam("message")
)
_KNOWN_ALONE = Prepared(_SEEN.with_for_update())
_HAD = Prepared(
    select(ADDRESSED.c.mailbox, ADDRESSED.c.envelope_id).where(
        ADDRESSED.c.space_id == bindparam("space"), ADDRESSED.c.message_id == bindparam("message")
    )
)
_LATER = Prepared(
    update(MESSAGE)
    .where(MESSAGE.c.space_id == bindparam("space"), MESSAGE.c.message_id == bindparam("message"))
    .values(
        body=bindparam("again"),
        undelivered=MESSAGE.c.undelivered + bindparam("times", type_=Integer),
        stored_at=bindparam("now"),
    )
)
_INSERT_ADDRESSED = Prepared(insert(ADDRESSED))
_INSERT_MESSAGE = Prepared(insert(MESSAGE))
_INSERT_DELIVERY = Prepared(insert(DELIVERY))


def body_digest(body: bytes) -> bytes:
    """BLAKE2b-256 of a sealed body (person jitc1body), as clients compute it."""
    return hashlib.blake2b(body, digest_size=32, person=b"jitc1body").digest()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one envelope goes."""

    device: DeviceId
    user: UserId
    position: int
    envelope: Envelope
    packed: bytes


def post(
    tx: Transaction,
    space: SpaceId,
    request: PostMessageRequest,
    key: StoreKey,
    quota: MailboxQuota,
    listens: Callable[[DeviceId], bool] = lambda _: False,
) -> Steps[PostedReply]:
    """Queue one message for every envelope's device that has room; the signed receipt.

    A device that `listens` here is given it after the commit, if it is not too long.

    The same message id with the same body again gives the first receipt again, and queues the
    envelopes that were not here before: of a device that came late, had no room, or asked for it
    again. The same envelope twice is a lost answer.

    Raises:
        BadInputError: `conflict`; the id is taken by another body or another sender.
        TryAgainError: `recipients-changed`; an envelope is for a device that is not in the space.
        ForgedError: an envelope states another sender's mailbox.
        LimitExceededError: a mailbox had MAX_REDELIVERIES envelopes of this message.
    """
    tx.subject = request.message
    digest = body_digest(request.body)
    this = {"space": space, "message": request.message}
    known = first((yield Question(_KNOWN_ALONE, this)))
    if known is not None:
        tx.alone()
        if known.digest != digest or known.device_id != tx.device:
            raise conflict("Another message has that id.")
        full = yield from _add_late(tx, space, request, quota, listens)
        return PostedReply(receipt=bytes(known.receipt), full=full)
    addressed = yield from _addressed(tx, space, map(Envelope.unpack, request.envelopes))
    places, full = yield from _places(tx, addressed, request, quota)
    receipt = _receipt(tx, space, request.message, digest, key)
    row = {
        "space_id": space,
        "message_id": request.message,
        "device_id": tx.device,
        "digest": digest,
        "receipt": receipt,
        "body": request.body if places else None,
        "undelivered": len(places),
        "stored_at": tx.second,
    }
    tx.put(_INSERT_MESSAGE, [row])
    _queue(tx, space, request, places, listens)
    return PostedReply(receipt=receipt, full=full)


def ahead(tx: Transaction, space: SpaceId, message: bytes) -> None:
    """Send what `post` will ask of a message and its space."""
    tx.ahead(_KNOWN_ALONE, {"space": space, "message": message})
    mailbox.addressable_ahead(tx, space)


def _receipt(
    tx: Transaction, space: SpaceId, message: bytes, digest: bytes, key: StoreKey
) -> bytes:
    said = StoreReceipt(
        version=VERSION, space=space, item=message, subject=digest, stored_at=tx.second
    )
    return signatures.sign_store(key, said)


def _add_late(
    tx: Transaction,
    space: SpaceId,
    request: PostMessageRequest,
    quota: MailboxQuota,
    listens: Callable[[DeviceId], bool],
) -> Steps[tuple[MailboxId, ...]]:
    """Queue the envelopes of a repetition that were not among those before; full mailboxes."""
    this = {"space": space, "message": request.message}
    had: dict[bytes, set[bytes]] = {}
    for row in (yield Question(_HAD, this)):
        had.setdefault(row.mailbox, set()).add(row.envelope_id)
    envelopes = [Envelope.unpack(packed) for packed in request.envelopes]
    fresh = (one for one in envelopes if one.id not in had.get(one.to, ()))
    late = yield from _addressed(tx, space, fresh)
    if any(len(had.get(one.to, ())) >= MAX_REDELIVERIES for one in late.values()):
        raise LimitExceededError("This message was delivered there too often already.")
    places, full = yield from _places(tx, late, request, quota)
    if places:
        _LATER.do(tx.conn, {**this, "again": request.body, "times": len(places), "now": tx.second})
        _queue(tx, space, request, places, listens)
    return full


def _addressed(
    tx: Transaction, space: SpaceId, envelopes: Iterable[Envelope]
) -> Steps[dict[DeviceId, Envelope]]:
    """The envelopes to queue, by device.

    Those for a revoked device of a member are passed over: its list is newer here than what the
    sender has read in the log, and that must not hold him up.
    """
    receives = yield from mailbox.addressable(space)
    mailboxes = {mailbox_id(space, device): device for device in receives}
    own = mailbox_id(space, tx.device)
    found: dict[DeviceId, Envelope] = {}
    for envelope in envelopes:
        if envelope.sender != own:
            raise ForgedError("An envelope states another sender.")
        device = mailboxes.get(MailboxId(envelope.to))
        if device is None:
            raise recipients_changed()
        if device in found or device == tx.device:
            raise MalformedError("Two envelopes for one device, or one for the sender itself.")
        found[device] = envelope
    return {device: envelope for device, envelope in found.items() if receives[device]}


def _places(
    tx: Transaction,
    addressed: dict[DeviceId, Envelope],
    request: PostMessageRequest,
    quota: MailboxQuota,
) -> Steps[tuple[list[_Place], tuple[MailboxId, ...]]]:
    """The next position in each device's queue, and the mailboxes that have no room."""
    size = len(request.body) + max(map(len, request.envelopes), default=0)
    given = yield from positions.give(tx, addressed, size, quota)
    tx.full = bool(given.full)
    places = [
        _Place(device, user, position, addressed[device], addressed[device].pack())
        for device, (user, position) in given.places.items()
    ]
    return places, tuple(MailboxId(addressed[device].to) for device in given.full)


def _queue(
    tx: Transaction,
    space: SpaceId,
    request: PostMessageRequest,
    places: list[_Place],
    listens: Callable[[DeviceId], bool],
) -> None:
    if not places:
        return
    tx.put(
        _INSERT_ADDRESSED,
        [
            {
                "space_id": space,
                "message_id": request.message,
                "mailbox": place.envelope.to,
                "envelope_id": place.envelope.id,
            }
            for place in places
        ],
    )
    tx.put(
        _INSERT_DELIVERY,
        [
            {
                "device_id": place.device,
                "position": place.position,
                "space_id": space,
                "message_id": request.message,
                "envelope": place.packed,
                "queued_at": tx.second,
            }
            for place in places
        ],
    )
    _tell(tx, space, request, places, listens)


def _tell(
    tx: Transaction,
    space: SpaceId,
    request: PostMessageRequest,
    places: list[_Place],
    listens: Callable[[DeviceId], bool],
) -> None:
    """After the commit: what came, to whom it can be given; to the others, that it came."""
    given = []
    for place in places:
        if len(place.packed) + len(request.body) <= MAX_PUSH_BYTES and listens(place.device):
            delivery = Delivery(
                index=place.position,
                space=space,
                message=request.message,
                envelope=place.packed,
                body=request.body,
            )
            given.append((place.user, place.device, delivery))
        else:
            tx.wake(place.device, space, "mailbox")
    tx.push(given)
