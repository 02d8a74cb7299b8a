"""The outbox as the engine sees it: what is due, and what the store's answers mean for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crypto import signatures
from jitclient import spacewise
from jitclient.errors import MailboxFullError
from jitclient.events import ExhibitsChanged, MessagesChanged
from jitclient.session import Session
from localstore import evidence, messages, outbox, spaces
from localstore.connection import Connection, transaction
from protocol.api.spaces import PostMessageRequest
from protocol.envelope import Envelope
from protocol.errors import ForgedError, RefusedError
from protocol.ids import DeviceId, MailboxId, MessageId, SpaceId, UserId, mailbox_id
from protocol.receipts import StoreReceipt
from sync.errors import StoreRefusedError
from sync.ports import NoRoom, Outgoing

NOBODY = "Nobody it was for is a member any more; this was not sent."


def due(session: Session, space: SpaceId, now: int) -> list[Outgoing]:
    """Rows of one space whose time has come, in the order written.

    Each with the envelopes that are sealed and whose mailbox is not known to be full; the rest
    follow late (40-messages.md §5).
    """
    sp = session.stores.space(space)
    full = {mailbox_id(space, DeviceId(one)): tries for one, tries in outbox.full(sp).items()}
    found = []
    for row, envelopes in outbox.ready(sp, now):
        if not envelopes:
            _nobody_left(session, sp, space, row.message)
            continue
        request = PostMessageRequest(
            message=row.message, body=row.body, envelopes=tuple(e for _, _, e in envelopes)
        )
        found.append(
            Outgoing(
                space=space,
                message=MessageId(row.message),
                request=request,
                tries=row.tries,
                full=_among(full, (device for _, device, _ in envelopes), space),
            )
        )
    return found


def _among(
    full: dict[MailboxId, int], devices: Iterable[bytes], space: SpaceId
) -> dict[MailboxId, int]:
    """Of the mailboxes without room, those of these devices."""
    if not full:
        return {}
    mine = {mailbox_id(space, DeviceId(one)) for one in devices}
    return {mailbox: tries for mailbox, tries in full.items() if mailbox in mine}


def accepted(
    session: Session, item: Outgoing, receipt: bytes, no_room: Sequence[NoRoom] = ()
) -> None:
    """The store says it has the message: believe its signature, then mark it.

    For whom it had no room is its word alone. All that follows is that these envelopes stay here:
    nobody counts as having what the store did not take.
    """
    sp = session.stores.space(item.space)
    envelopes = {Envelope.unpack(one).to: one for one in item.request.envelopes}
    try:
        if any(one.mailbox not in envelopes for one in no_room):
            raise ForgedError("The store says it has no room for somebody it was not asked about.")
        stored = signatures.verify_store(receipt, session.identity.store_key, StoreReceipt)
        row = messages.message(sp, item.message)
        placed = (stored.space, stored.item) == (item.space, item.message)
        if not placed or (row and stored.subject != row.body_digest):
            raise ForgedError("The store's receipt is for another message.")
    except RefusedError as error:
        session.alarm(item.space, error, key=item.message.hex())
        until = session.clock.now() + 60
        postponed(session, item, until, item.tries + 1)
        return
    kept = {envelopes.pop(one.mailbox): one for one in no_room}
    _tell_full(session, item.space, no_room)
    _finish(session, sp, item, receipt, list(envelopes.values()), kept)


def _tell_full(session: Session, space: SpaceId, no_room: Iterable[NoRoom]) -> None:
    """Say once whom the store has no room for, until it was told otherwise."""
    fresh = {one.mailbox for one in no_room if one.tries == 1}
    if not fresh:
        return
    for device, (user, _) in session.log(space).ever.items():
        if mailbox_id(space, device) in fresh:
            told = MailboxFullError(
                f"The store has no room for more messages to a device of {session.name_of(user)}: "
                "it has not fetched them for long, says the store. What is written for it waits on "
                "this device and is offered again; everybody else receives it now."
            )
            session.alarm(space, told, key=device.hex())


def _finish(
    session: Session,
    sp: Connection,
    item: Outgoing,
    receipt: bytes,
    taken: list[bytes],
    kept: dict[bytes, NoRoom],
) -> None:
    with transaction(sp):
        row = messages.message(sp, item.message)
        for envelope, one in kept.items():
            outbox.keep_full(sp, item.message, envelope, one.until, one.tries)
        if taken:
            outbox.conclude(sp, item.message, taken)
        if taken and row is not None and row.on_server_at is None:
            state = row.state if row.state == "received" else "on-server"
            messages.update_message(
                sp,
                item.message,
                state=state,
                on_server_at=session.clock.now(),
                store_receipt=receipt,
            )
    session.tell(MessagesChanged(item.space))


def _nobody_left(session: Session, sp: Connection, space: SpaceId, message: bytes) -> None:
    """Everybody it still had to go to was removed; say so if it never was at the store."""
    with transaction(sp):
        outbox.remove_outgoing(sp, message)
        _unsent(session, sp, space, message, NOBODY)
    session.tell(MessagesChanged(space))


def _unsent(
    session: Session, sp: Connection, space: SpaceId, message: bytes, sentence: str
) -> None:
    """Mark a message the store never took, and the exhibit that nobody can learn of without it."""
    row = messages.message(sp, message)
    if row is None or row.on_server_at is not None:
        return
    messages.update_message(sp, message, state="refused", problem=sentence)
    if row.kind == "exhibit" and row.file is not None:
        evidence.update_exhibit(sp, row.file, state="failed", problem=sentence)
        session.tell(ExhibitsChanged.of(space, row.file))


def postponed(session: Session, item: Outgoing, until: int, tries: int) -> None:
    """Not now."""
    sp = session.stores.space(item.space)
    with transaction(sp):
        outbox.postpone(sp, item.message, until, tries)


def refused(session: Session, item: Outgoing, code: str, sentence: str) -> None:
    """The store will never take it; the text stays readable, marked as refused.

    Of a message that is at the store already these late envelopes are given up, and told.
    """
    sp = session.stores.space(item.space)
    with transaction(sp):
        row = messages.message(sp, item.message)
        late = row is not None and row.on_server_at is not None
        if late:
            outbox.conclude(sp, item.message, item.request.envelopes)
        else:
            outbox.refuse_outgoing(sp, item.message)
            _unsent(session, sp, item.space, item.message, sentence)
    if late:
        told = f"The store does not pass a message on to a member who was away: {sentence}"
        session.alarm(item.space, StoreRefusedError(told, code=code), key=item.message.hex())
    session.tell(MessagesChanged(item.space))


def recipients_changed(session: Session, item: Outgoing) -> None:
    """Leave out devices that are gone, and persons who are no longer members."""
    sp = session.stores.space(item.space)
    log = session.log(item.space)
    with transaction(sp):
        for row, envelopes in outbox.ready(sp, session.clock.now()):
            if row.message != item.message:
                continue
            for user, device, _ in envelopes:
                if not log.admits(UserId(user), device):
                    outbox.drop_recipient(sp, row.message, DeviceId(device))
                if user not in log.roster.members:
                    messages.forget_expected(sp, row.message, UserId(user))


def waiting(session: Session) -> tuple[int, int]:
    """Messages and transfers that still have to travel."""
    in_outbox = transfers = 0
    for record in spaces.spaces(session.stores.device):
        if record.state in {"closing", "wiped"} or record.log_seq < 0:
            continue
        found = spacewise.attempt(session, SpaceId(record.space), _waiting_in)
        in_outbox, transfers = map(sum, zip((in_outbox, transfers), found or (0, 0), strict=True))
    return in_outbox, transfers


def _waiting_in(session: Session, space: SpaceId) -> tuple[int, int]:
    sp = session.stores.space(space)
    return outbox.waiting(sp), evidence.count_waiting(sp)
