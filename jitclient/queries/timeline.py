"""A conversation and its custody log as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from jitclient import housekeeping, mentions
from jitclient.foundation.text import visible
from jitclient.mentionviews import VersionRow
from jitclient.queries import names
from jitclient.session import Session
from jitclient.views import (
    CustodyChain,
    CustodyRow,
    MessageKind,
    MessageRow,
    MessageState,
    Missing,
    ReceivedBy,
)
from localstore import (
    custody,
    messages,
    people,
    threads,
    versions,
)
from localstore.again import NEVER
from localstore.connection import Connection
from localstore.messages import MessageRecord
from protocol.errors import NotFoundError
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.roles import Role

Notes: TypeAlias = Mapping[UserId, str]
"""What to know about the names of persons."""
_KINDS = {
    "text": MessageKind.TEXT,
    "exhibit": MessageKind.EXHIBIT,
    "event": MessageKind.EVENT,
    "withdrawn": MessageKind.EVENT,
}


def conversation(
    session: Session,
    space: SpaceId,
    *,
    limit: int = 200,
    before: MessageId | None = None,
    after: MessageId | None = None,
) -> tuple[MessageRow, ...]:
    """The last `limit` messages (before one), or the first after one; oldest first."""
    sp = session.stores.space(space)
    rows = (
        messages.messages(sp, limit, before)
        if after is None
        else messages.messages_after(sp, limit, after)
    )
    notes = names.of_space(session, space)
    return tuple(_message_row(session, sp, space, r, notes) for r in rows)


def one_message(session: Session, space: SpaceId, message: MessageId) -> MessageRow:
    """One message.

    Raises:
        NotFoundError: no such message here.
    """
    sp = session.stores.space(space)
    record = messages.message(sp, message)
    if record is None:
        raise NotFoundError("There is no such message in this space.")
    return _message_row(session, sp, space, record, names.of_space(session, space))


def thread(
    session: Session, space: SpaceId, root: MessageId, limit: int = 500
) -> tuple[MessageRow, ...]:
    """A message, if it is here, and the newest `limit` of what answers it, oldest first."""
    sp = session.stores.space(space)
    first = messages.message(sp, root)
    found = [*([first] if first is not None else []), *threads.of(sp, root, limit)]
    notes = names.of_space(session, space)
    return tuple(_message_row(session, sp, space, one, notes) for one in found)


def first_unread(session: Session, space: SpaceId) -> MessageId | None:
    """The first message of a space that nobody has seen here."""
    found = messages.first_unread(session.stores.space(space))
    return None if found is None else MessageId(found)


def versions_of(session: Session, space: SpaceId, message: MessageId) -> tuple[VersionRow, ...]:
    """All versions of a text that was changed, the first one first."""
    sp = session.stores.space(space)
    found = []
    for one in versions.of(sp, message):
        have = [at for _, at in messages.deliveries(sp, one.edit)]
        found.append(
            VersionRow(
                text=one.text,
                at=one.claimed_at,
                received_at=one.received_at,
                received_by=sum(at is not None for at in have),
                of=len(have),
            )
        )
    return tuple(found)


def _message_row(
    session: Session, sp: Connection, space: SpaceId, record: MessageRecord, notes: Notes
) -> MessageRow:
    author = UserId(record.author_user)
    person = people.person(session.stores.device, author)
    mine = author == session.user
    thread = threads.standing(sp, record.message)
    return MessageRow(
        message=MessageId(record.message),
        space=space,
        kind=_KINDS[record.kind],
        author=author,
        author_name=session.name_of(author),
        author_authority=visible(person.authority) if person else session.identity.authority,
        author_country=visible(person.country) if person else session.identity.country,
        mine=mine,
        text=record.text,
        state=MessageState(record.state),
        claimed_at=record.claimed_at,
        received_at=record.received_at,
        on_server_at=record.on_server_at,
        received_by=_received(session, sp, record) if mine else (),
        file=FileId(record.file) if record.file else None,
        reply_to=MessageId(record.reply_to) if record.reply_to else None,
        missing_before=record.missing_before,
        missing=_missing(sp, record),
        author_device=record.author_device,
        author_role=_role(session, space, author),
        author_note="" if mine else notes.get(author, ""),
        told_by=session.name_of(UserId(record.told_by)) if record.told_by else "",
        problem=record.problem,
        spots=mentions.spots(session, space, record.message) if record.kind == "text" else (),
        mentions_me=record.mentions_me,
        edited_at=record.edited_at,
        thread=MessageId(record.thread) if record.thread else None,
        answers=thread.answers,
        new_answers=thread.unread,
    )


def _role(session: Session, space: SpaceId, author: UserId) -> Role | None:
    member = session.log(space).roster.members.get(author)
    return member.role if member is not None else None


def _received(session: Session, sp: Connection, record: MessageRecord) -> tuple[ReceivedBy, ...]:
    return tuple(
        ReceivedBy(user=UserId(user), name=session.name_of(UserId(user)), at=at)
        for user, at in messages.deliveries(sp, record.message)
    )


def _missing(sp: Connection, record: MessageRecord) -> Missing:
    """What is done about the messages missing before a line; the same for all of one device."""
    gaps = messages.gap_states(sp, record.author_device) if record.missing_before else []
    if any(gap.tries and gap.next_try < NEVER for gap in gaps):
        return Missing.ASKED
    return Missing.LOST if any(gap.next_try == NEVER for gap in gaps) else Missing.NOTHING


def custody_log(session: Session, space: SpaceId) -> tuple[CustodyRow, ...]:
    """The local custody log, oldest first."""
    return tuple(map(_custody, custody.events(session.stores.space(space))))


def custody_chain(
    session: Session, space: SpaceId, known: CustodyChain | None = None
) -> CustodyChain:
    """Follow the chain of the local custody log, from `known` on if it was followed before.

    Raises:
        CustodyBrokenError: an entry was changed or is missing; the sentence names it.
    """
    sp = session.stores.space(space)
    since = (known.seq, known.hash) if known else (0, custody.ZERO_HEAD)
    broken = custody.verify_chain(sp, since)
    if broken is not None:
        raise housekeeping.broken_at(broken)
    seq, last = custody.head(sp)
    return CustodyChain(seq=seq, hash=last, at=session.clock.now())


def custody_of(session: Session, space: SpaceId, file: FileId) -> tuple[CustodyRow, ...]:
    """What the local custody log says of one exhibit, oldest first."""
    return tuple(map(_custody, custody.events_of(session.stores.space(space), file)))


def _custody(event: custody.CustodyRecord) -> CustodyRow:
    return CustodyRow(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        what=event.kind,
        subject=event.subject,
        detail=event.detail,
        hash=event.hash.hex(),
    )
