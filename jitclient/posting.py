"""The outbox as the engine sees it: what is due, and what the store's answers mean for it."""

from __future__ import annotations

from collections.abc import Sequence

from crypto import signatures
from jitclient.events import MessagesChanged, SpacesChanged
from jitclient.session import Session
from localstore import evidence, messages, outbox, spacelog, spaces
from localstore.connection import Connection, transaction
from protocol.api.spaces import PostMessageRequest, SpaceSummary
from protocol.errors import ForgedError, RefusedError
from protocol.ids import DeviceId, MessageId, SpaceId, UserId
from protocol.receipts import StoreReceipt
from sync.api import StoreApi
from sync.ports import Outgoing

CREATING = "creating"


def due(session: Session, space: SpaceId, now: int) -> list[Outgoing]:
    """Rows of one space that are sealed and whose time has come, in the order written."""
    sp = session.stores.space(space)
    found = []
    for row, envelopes in outbox.ready(sp, now):
        if not envelopes:
            _finish(session, sp, space, row.message, b"")
            continue
        request = PostMessageRequest(
            message=row.message, body=row.body, envelopes=tuple(e for _, _, e in envelopes)
        )
        found.append(
            Outgoing(space=space, message=MessageId(row.message), request=request, tries=row.tries)
        )
    return found


def accepted(session: Session, item: Outgoing, receipt: bytes) -> None:
    """The store says it has the message: believe its signature, then mark it."""
    sp = session.stores.space(item.space)
    try:
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
    _finish(session, sp, item.space, item.message, receipt)


def _finish(
    session: Session, sp: Connection, space: SpaceId, message: bytes, receipt: bytes
) -> None:
    with transaction(sp):
        row = messages.message(sp, message)
        outbox.remove_outgoing(sp, message)
        if row is not None:
            state = row.state if row.state == "received" else "on-server"
            messages.update_message(
                sp,
                message,
                state=state,
                on_server_at=session.clock.now(),
                store_receipt=receipt,
            )
    session.tell(MessagesChanged(space))


def postponed(session: Session, item: Outgoing, until: int, tries: int) -> None:
    """Not now."""
    sp = session.stores.space(item.space)
    with transaction(sp):
        outbox.postpone(sp, item.message, until, tries)


def refused(session: Session, item: Outgoing, code: str, sentence: str) -> None:
    """The store will never take it; the text stays readable, marked as refused."""
    del code
    sp = session.stores.space(item.space)
    with transaction(sp):
        outbox.refuse_outgoing(sp, item.message)
        messages.update_message(sp, item.message, state="refused", problem=sentence)
    session.tell(MessagesChanged(item.space))


def recipients_changed(session: Session, item: Outgoing) -> None:
    """Leave out devices of persons who are no longer members."""
    sp = session.stores.space(item.space)
    log = session.log(item.space)
    with transaction(sp):
        for row, envelopes in outbox.ready(sp, session.clock.now()):
            if row.message != item.message:
                continue
            for user, device, _ in envelopes:
                if user not in log.roster.members:
                    outbox.drop_recipient(sp, row.message, DeviceId(device))
                    messages.forget_expected(sp, row.message, UserId(user))


async def finish_creating(
    session: Session, api: StoreApi, summaries: Sequence[SpaceSummary]
) -> None:
    """Create at the store what was created here while it was out of reach."""
    at_store = {s.id for s in summaries}
    for space, genesis in await session.run(_creating, session):
        if space not in at_store:
            try:
                await api.create_space(genesis)
            except RefusedError as error:
                await session.run(session.alarm, space, error)
                continue
        await session.run(_created, session, space)


def _creating(session: Session) -> list[tuple[SpaceId, bytes]]:
    found = []
    for record in spaces.spaces(session.stores.device):
        if record.state == CREATING:
            space = SpaceId(record.space)
            stored = spacelog.entries(session.stores.space(space))
            if stored:
                found.append((space, stored[0]))
    return found


def _created(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, state="open")
    session.tell(SpacesChanged())


def waiting(session: Session) -> tuple[int, int]:
    """Messages and transfers that still have to travel."""
    in_outbox = transfers = 0
    for record in spaces.spaces(session.stores.device):
        if record.state in {"closing", "wiped"} or record.log_seq < 0:
            continue
        sp = session.stores.space(SpaceId(record.space))
        in_outbox += outbox.waiting(sp)
        active = {"sealing", "uploading", "paused", "available", "downloading"}
        transfers += sum(1 for e in evidence.exhibits(sp) if e.state in active)
    return in_outbox, transfers
