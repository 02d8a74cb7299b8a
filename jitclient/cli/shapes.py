"""Rows as JSON objects: the command line's contract with scripts (docs/CLI.md)."""

from __future__ import annotations

from jitclient.cli.output import when
from jitclient.endviews import UnreachedRow
from jitclient.factviews import marks
from jitclient.foundation.links import Link
from jitclient.searchviews import SearchHit
from jitclient.views import (
    AlarmRow,
    CustodyRow,
    ExhibitRow,
    ListRow,
    MemberRow,
    MessageRow,
    OutboxRow,
    PersonRow,
    QueueRow,
    ReceivedBy,
    SpaceRow,
    SyncReport,
    WipeRow,
)
from localstore.limits import Limits

Shape = dict[str, object]


def person(row: PersonRow) -> Shape:
    """An entry of `users`."""
    return {
        "id": row.user.hex(),
        "name": row.name,
        "authority": row.authority,
        "country": row.country,
        "party": row.party.value,
        "verification": row.trust.value,
        "name_note": row.name_note,
    }


def member(row: MemberRow) -> Shape:
    """An entry of `members`."""
    return {
        "id": row.user.hex(),
        "name": row.name,
        "authority": row.authority,
        "country": row.country,
        "party": row.party.value,
        "role": row.role.value,
        "verification": row.trust.value,
        "devices": row.devices,
        "me": row.is_me,
        "may_upload": row.may_upload,
        "controller": row.controller,
        "verified_how": row.comparison.how if row.comparison else "",
        "verified_at": when(row.comparison.at if row.comparison else None),
        "name_note": row.name_note,
    }


def space(row: SpaceRow) -> Shape:
    """An entry of `spaces`."""
    return {
        "id": row.space.hex(),
        "title": row.title,
        "agreement": row.agreement,
        "state": row.state.value,
        "members": row.members,
        "unread": row.unread,
        "last_activity": when(row.last_activity),
        "wiped_at_the_latest": when(row.deadline),
        "administrator": row.i_administer,
        "link": str(Link(row.space)),
    }


def received(rows: tuple[ReceivedBy, ...]) -> list[Shape]:
    """Who has it, and since when (null: not yet)."""
    return [{"id": r.user.hex(), "name": r.name, "at": when(r.at)} for r in rows]


def message(row: MessageRow) -> Shape:
    """An entry of `messages`."""
    return {
        "id": row.message.hex(),
        "kind": row.kind.value,
        "author": row.author.hex(),
        "author_name": row.author_name,
        "author_note": row.author_note,
        "mine": row.mine,
        "text": row.text,
        "state": row.state.value,
        "written_at": when(row.claimed_at),
        "received_at": when(row.received_at),
        "on_server_at": when(row.on_server_at),
        "received_by": received(row.received_by),
        "exhibit": row.file.hex() if row.file else None,
        "reply_to": row.reply_to.hex() if row.reply_to else None,
        "missing_before": row.missing_before,
        "missing": row.missing.value,
        "told_by": row.told_by,
        "problem": row.problem,
        "mentions_me": row.mentions_me,
        "edited_at": when(row.edited_at),
        "thread": row.thread.hex() if row.thread else None,
        "answers": row.answers,
    }


def exhibit(row: ExhibitRow) -> Shape:
    """An entry of `exhibits`."""
    return {
        "id": row.file.hex(),
        "name": row.name,
        "exhibit": row.exhibit,
        "mime": row.mime,
        "state": row.state.value,
        "size": row.size,
        "sealed_bytes": row.total,
        "moved_bytes": row.done,
        "sha256": row.sha256 or None,
        "author": row.author.hex(),
        "author_name": row.author_name,
        "mine": row.mine,
        "added_at": when(row.added_at),
        "erased_centrally_at_the_latest": when(row.expires_at),
        "recipients": received(row.recipients),
        "verified_by": [r.user.hex() for r in row.recipients if r.at is not None],
        "problem": row.problem,
        "facts": dict(row.facts),
        "marks": list(marks(row.facts)),
        "in_force": list(row.in_force),
        "review": row.review,
        "tags": list(row.tags),
        "note": row.note,
        "permissions": [
            {
                "code": one.code,
                "given_by": one.given_by,
                "reference": one.reference,
                "at": when(one.at),
            }
            for one in row.permissions
        ],
    }


def hit(row: SearchHit) -> Shape:
    """An entry of `hits`."""
    of_message = row.file is None and row.message is not None
    return {
        "id": (row.file or row.message or b"").hex(),
        "kind": "message" if of_message else "exhibit",
        "space": row.space.hex(),
        "space_title": row.space_title,
        "author": row.author.hex(),
        "author_name": row.author_name,
        "mine": row.mine,
        "at": when(row.at),
        "name": row.heading.text,
        "state": row.state.value if row.state else None,
        "lines": [
            {"label": one.label, "text": one.text, "marks": [list(mark) for mark in one.marks]}
            for one in row.lines
        ],
    }


def list_row(row: ListRow) -> Shape:
    """An entry of `rows`."""
    return {
        "id": row.line,
        "path": str(row.path),
        "exhibit": row.number,
        "facts": dict(row.facts),
        "problem": row.problem,
    }


def event(row: CustodyRow) -> Shape:
    """An entry of `events`."""
    return {
        "id": row.seq,
        "at": when(row.at),
        "actor": row.actor,
        "event": row.what,
        "subject": row.subject,
        "detail": row.detail,
        "hash": row.hash,
    }


def wipe(row: WipeRow) -> Shape:
    """An entry of `wipes`."""
    return {
        "id": row.device.hex(),
        "user": row.user.hex(),
        "name": row.name,
        "wiped_at": when(row.wiped_at),
        "confirmed": row.wiped_at is not None,
        "remaining": row.remaining,
        "receipt": row.receipt or None,
        "owed_since": when(row.ended_at),
    }


def unreached(row: UnreachedRow) -> Shape:
    """An entry of `unreached`."""
    return {"what": row.what, "name": row.name, "at": when(row.at)}


def alarm(row: AlarmRow) -> Shape:
    """An entry of `alarms`."""
    return {
        "id": row.alarm,
        "space": row.space.hex() if row.space else None,
        "code": row.code,
        "sentence": row.sentence,
        "at": when(row.at),
    }


def report(row: SyncReport) -> Shape:
    """The result of `sync`."""
    return {
        "online": row.online,
        "messages_in": row.messages_in,
        "messages_out": row.messages_out,
        "exhibits_in": row.exhibits_in,
        "exhibits_out": row.exhibits_out,
        "receipts_in": row.receipts_in,
        "waiting_messages": row.waiting_messages,
        "waiting_transfers": row.waiting_transfers,
        "spaces_wiped": row.spaces_wiped,
        "alarms": [alarm(a) for a in row.alarms],
    }


def transfer(row: QueueRow) -> Shape:
    """An entry of `transfers`."""
    return {
        "id": row.file.hex(),
        "space": row.space.hex(),
        "name": row.name,
        "exhibit": row.exhibit,
        "way": "up" if row.up else "down",
        "state": row.going.value,
        "moved_bytes": row.done,
        "sealed_bytes": row.total,
        "bytes_per_second": round(row.rate),
        "seconds_left": None if row.eta is None else round(row.eta),
        "recipients": row.recipients,
        "problem": row.problem,
    }


def outgoing(row: OutboxRow) -> Shape:
    """An entry of `messages`: one that the store does not have."""
    return {
        "space": row.space.hex(),
        "kind": row.kind,
        "at": row.at,
        "waits_for": row.held.value,
        "next_try": row.next_try,
    }


def limits(held: Limits) -> Shape:
    """Bytes per second each way; null: any number."""
    return {"up": held.up or None, "down": held.down or None}
