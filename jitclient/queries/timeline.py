"""A conversation, its exhibits and its custody log as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jitclient import mentions, restrictions
from jitclient.foundation.text import visible
from jitclient.mentionviews import VersionRow
from jitclient.queries import names
from jitclient.session import Session
from jitclient.views import (
    CustodyRow,
    ExhibitRow,
    ExhibitState,
    MessageKind,
    MessageRow,
    MessageState,
    Missing,
    PermissionRow,
    ReceivedBy,
)
from localstore import (
    chunks,
    custody,
    evidence,
    messages,
    people,
    permissions,
    reviews,
    threads,
    versions,
)
from localstore.again import NEVER
from localstore.connection import Connection
from localstore.evidence import ExhibitRecord
from localstore.messages import MessageRecord
from localstore.reviews import ReviewRecord
from protocol.errors import NotFoundError
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.limits import PART_BYTES

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
    session: Session,
    sp: Connection,
    space: SpaceId,
    record: MessageRecord,
    notes: Mapping[UserId, str],
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


def exhibits(session: Session, space: SpaceId) -> tuple[ExhibitRow, ...]:
    """All exhibits of a space, newest first."""
    sp = session.stores.space(space)
    known = reviews.reviews(sp)
    rows = [
        _reviewed(exhibit_row(session, sp, space, e), known.get(e.file))
        for e in evidence.exhibits(sp)
    ]
    return tuple(sorted(rows, key=lambda r: (-r.added_at, r.file)))


def one_exhibit(session: Session, space: SpaceId, file: FileId) -> ExhibitRow:
    """One exhibit.

    Raises:
        NotFoundError: no such exhibit here.
    """
    sp = session.stores.space(space)
    record = evidence.exhibit(sp, file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    row = exhibit_row(session, sp, space, record)
    return _reviewed(row, reviews.review(sp, record.file))


def last_stated(session: Session, space: SpaceId) -> dict[str, str]:
    """The case number and authority of the newest own exhibit, which the next one shares mostly."""
    stated = dict(evidence.last_stated(session.stores.space(space)))
    return {name: stated[name] for name in ("case", "authority") if name in stated}


def _reviewed(row: ExhibitRow, known: ReviewRecord | None) -> ExhibitRow:
    """With what this person made of it, if there is something."""
    if known is None:
        return row
    return replace(row, review=known.state, tags=known.tags, note=known.note)


def exhibit_row(
    session: Session, sp: Connection, space: SpaceId, record: ExhibitRecord
) -> ExhibitRow:
    """A record of the database as a row for people, without their reviews."""
    author = UserId(record.author_user)
    state = ExhibitState(record.state)
    recipients = _verified(session, sp, record)
    done = record.sealed_total
    if state not in {ExhibitState.VERIFIED, ExhibitState.ON_SERVER}:
        sent, here = chunks.counts(sp, record.file)
        done = min(record.sealed_total, (sent if record.mine else here) * PART_BYTES)
    return ExhibitRow(
        file=FileId(record.file),
        space=space,
        message=MessageId(record.message) if record.message else None,
        name=record.name,
        mime=record.mime,
        exhibit=record.exhibit,
        size=record.size,
        sha256=record.sha256.hex(),
        author=author,
        author_name=session.name_of(author),
        mine=record.mine,
        state=state,
        done=done,
        total=record.sealed_total,
        rate=session.rates.get((space, FileId(record.file)), 0.0),
        added_at=record.added_at,
        expires_at=record.expires_at,
        recipients=recipients,
        source=record.source,
        problem=record.problem,
        facts=record.facts,
        in_force=restrictions.in_force(session, sp, record),
        permissions=_permissions(sp, record),
    )


def _verified(session: Session, sp: Connection, record: ExhibitRecord) -> tuple[ReceivedBy, ...]:
    at = dict(evidence.verified_by(sp, record.file))
    return tuple(
        ReceivedBy(user=UserId(user), name=session.name_of(UserId(user)), at=at.get(UserId(user)))
        for user in record.recipients
    )


def _permissions(sp: Connection, record: ExhibitRecord) -> tuple[PermissionRow, ...]:
    found = permissions.of(sp, record.file) if record.facts else []
    return tuple(
        PermissionRow(code=one.code, given_by=one.given_by, reference=one.reference, at=one.at)
        for one in found
    )


def custody_log(session: Session, space: SpaceId) -> tuple[CustodyRow, ...]:
    """The local custody log, oldest first."""
    sp = session.stores.space(space)
    return tuple(
        CustodyRow(
            seq=e.seq,
            at=e.at,
            actor=e.actor,
            what=e.kind,
            subject=e.subject,
            detail=e.detail,
            hash=e.hash.hex(),
        )
        for e in custody.events(sp)
    )
