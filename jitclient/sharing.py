"""The past, shared: sending what a HISTORY entry of this device opened, and reading what is told.

Only by such an entry, only what went to everybody, only from the device that signed it. What is
told is its word: the lines stand in their place and name who told them.
Spec: docs/protocol/41-membership.md §5.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from crypto import signatures
from jitclient import controllers, manifests, records, restrictions, sealing
from jitclient.events import ExhibitsChanged, MessagesChanged
from jitclient.foundation.text import visible
from jitclient.place import Place, place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import custody, evidence, messages, spacelog
from localstore import sharing as store
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from localstore.messages import MessageRecord
from localstore.sharing import Grant
from protocol import codec
from protocol.content import History, Told
from protocol.devicelist import DeviceEntry
from protocol.errors import ForgedError, RefusedError
from protocol.ids import DeviceId, FileId, MessageId, SpaceId, UserId
from protocol.limits import KIB
from protocol.membership import Entry, EntryKind

BATCH_BYTES: Final = 60 * KIB
BATCH_LINES: Final = 200
BATCHES: Final = 20
"""In one round; the next one goes on where this one ended."""
NOT_FETCHED: Final = (
    "Its bytes were not shared: the store hands them to those only whom they were addressed to, "
    "and erases them in time. Ask {who} to hand it over again."
)


class NotGrantedError(RefusedError):
    """Somebody tells of a past that no log entry opened to this person, or that he may not tell."""

    code = "not-granted"


def begin(at: Place, subject: UserId, entry: Entry) -> None:
    """Owe a member what this device's own entry has opened; sent from the next round on."""
    since = entry.since or 0
    store.add_grant(at.sp, Grant(granted=entry.seq, user=subject, since=since, position=0))


def flush(session: Session, space: SpaceId) -> int:
    """Write the next messages of the past; returns how many. Each is one act with its cursor."""
    at = place(session, space)
    done = 0
    for grant in store.grants(at.sp):
        for _ in range(BATCHES):
            with transaction(at.sp):
                more = _send(at, grant)
            done += more is not None
            if more is None:
                break
            grant = more  # noqa: PLW2901 - the same grant, one batch further
    return done


def _send(at: Place, grant: Grant) -> Grant | None:
    """Compose one batch and move the cursor; None when nothing is left."""
    if grant.user not in at.log.roster.members:
        store.drop_grant(at.sp, grant.granted)
        return None
    lines: list[Told] = []
    size, position = 0, grant.position
    for position_, row in store.past(at.sp, grant, BATCH_LINES):
        line = _line(at, row) if _was_for_all(at, row) else None
        if line is not None and not _may_be_told(at, row):
            line = None
        length = len(codec.encode(line)) if line is not None else 0
        if lines and size + length > BATCH_BYTES:
            break
        position = position_
        if line is not None:
            lines.append(line)
            size += length
    if position == grant.position:
        store.drop_grant(at.sp, grant.granted)
        return None
    store.move_grant(at.sp, grant.granted, position)
    if lines:
        content = History(version=1, granted=grant.granted, lines=tuple(lines))
        draft = Draft(content=content, kind="past", audience=(UserId(grant.user),))
        sealing.compose(at, draft)
    return replace(grant, position=position)


def _was_for_all(at: Place, row: MessageRecord) -> bool:
    """What its author addressed to some only is not handed on to others."""
    if not row.audience:
        return True
    members: set[bytes] = {at.log.roster.genesis.actor_user}
    for data in spacelog.entries(at.sp, 1)[: row.log_seq]:
        entry = signatures.peek(data, Entry)
        if entry.subject is not None and entry.kind is EntryKind.ADD:
            members.add(entry.subject)
        if entry.subject is not None and entry.kind is EntryKind.REMOVE:
            members.discard(entry.subject)
    return members <= {*row.audience, row.author_user}


def _may_be_told(at: Place, row: MessageRecord) -> bool:
    """What its originator forbade to pass on (H2) stays out, name and all."""
    file = evidence.exhibit(at.sp, FileId(row.file)) if row.file is not None else None
    return file is None or restrictions.may_be_told(at, file)


def _line(at: Place, row: MessageRecord) -> Told:
    file = evidence.exhibit(at.sp, FileId(row.file)) if row.file is not None else None
    device = row.author_device
    return Told(
        version=1,
        message=row.message,
        author=row.author_user,
        device=device,
        log_seq=row.log_seq,
        lamport=row.lamport,
        claimed_at=row.claimed_at,
        text=row.text,
        manifest=file.manifest if file is not None else None,
        file_key=file.file_key if file is not None else None,
    )


def take(at: Place, author: UserId, entry: DeviceEntry, told: History) -> None:
    """Put what a member tells of the past into its place, as told by that member.

    Raises:
        NotGrantedError: no entry of this device opened it to this person.
        ForgedError: a line is not of the time that was opened, or of nobody in this space.
    """
    since = _granted(at, author, entry, told.granted)
    who = at.name(author)
    for line in told.lines:
        listed = at.log.ever.get(DeviceId(line.device))
        if not since <= line.log_seq < told.granted or listed is None or listed[0] != line.author:
            raise ForgedError(f"{who} tells of a message that cannot have been sent here.")
        if messages.message(at.sp, line.message) is not None:
            continue  # it is here first-hand
        _add(at, author, line, listed[1])
    if told.lines:
        custody.append(at.sp, "past-shared", who, f"{len(told.lines)} messages", "", at.now)
        at.session.tell(MessagesChanged(at.space))


def _granted(at: Place, author: UserId, entry: DeviceEntry, number: int) -> int:
    """Since which entry the past is open, by an entry that the telling device signed itself."""
    found = spacelog.entries(at.sp, number)[:1] if number else []
    grant = signatures.peek(found[0], Entry) if found else None
    if (
        grant is None
        or grant.kind is not EntryKind.HISTORY
        or grant.subject != at.session.user
        or (grant.actor_user, grant.actor_device) != (author, entry.device)
    ):
        raise NotGrantedError(
            f"{at.name(author)} tells of the past without an entry in the log that opens it."
        )
    return grant.since or 0


def _add(at: Place, author: UserId, line: Told, device: DeviceEntry) -> None:
    file = _exhibit(at, author, line, device) if line.manifest is not None else None
    row = records.told(line, author, visible(line.text, lines=True), now=at.now)
    if file is not None:
        row = replace(row, kind="exhibit", text=file.name, file=file.file)
    messages.add_message(at.sp, row)


def _exhibit(at: Place, author: UserId, line: Told, device: DeviceEntry) -> ExhibitRecord | None:
    """The signed manifest with its key; the bytes are elsewhere, and the row says so."""
    data, key = line.manifest or b"", line.file_key
    manifest = manifests.read(at, data, device, at.name(author))
    if key is None:
        raise ForgedError(f"{at.name(author)} tells of an exhibit without its key.")
    controllers.check_manifest(at, UserId(line.author), manifest)
    if evidence.exhibit(at.sp, FileId(manifest.file)) is not None:
        return None
    record = manifests.exhibit(
        at,
        manifest,
        data,
        key,
        MessageId(line.message),
        UserId(line.author),
        state="failed",
        problem=NOT_FETCHED.format(who=at.name(UserId(line.author))),
    )
    evidence.add_exhibit(at.sp, record)
    at.session.tell(ExhibitsChanged.of(at.space, record.file))
    return record
