"""Following membership logs: the only place where a member can appear, change or go.

Each entry is verified against the signed chain before it is stored, and what it causes (a welcome
to the person we added, a wipe) is written in the same transaction.
Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from crypto import devicelist, membership, signatures
from jitclient import consequences, devicelists, founders, knowing, onespace, refusals, wiping
from jitclient.devicelists import Fetched
from jitclient.events import SpacesChanged
from jitclient.place import Place
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import spacelog, spaces
from localstore.connection import Connection, transaction
from localstore.spaces import SpaceRecord
from protocol.api.spaces import SpaceSummary
from protocol.devicelist import DeviceList
from protocol.errors import (
    GhostMemberError,
    LogForkError,
    LogRollbackError,
    RefusedError,
)
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, EntryKind, Genesis, space_id


def known(session: Session) -> dict[SpaceId, int]:
    """The last verified entry of every space still followed."""
    rows = spaces.spaces(session.stores.device)
    return {SpaceId(r.space): r.log_seq for r in rows if r.state not in {"closing", "wiped"}}


def listed(session: Session, summaries: Sequence[SpaceSummary]) -> None:
    """Compare the store's list with what this device knows; adopt spaces it is new in."""
    db = session.stores.device
    at_store = {SpaceId(s.id): s for s in summaries}
    mine = {SpaceId(r.space): r for r in spaces.spaces(db)}
    for space, record in mine.items():
        if record.state not in {"open", "joining"}:
            continue
        summary = at_store.get(space)
        title = record.title or space.hex()[:8]
        if summary is None and record.log_seq > 0:  # one just opened here is in the next list only
            error = LogRollbackError(f"The store no longer lists the space “{title}”.")
            session.alarm(space, error, key="hidden")
        elif summary is not None and summary.seq < record.log_seq:
            error = LogRollbackError(
                f"The store shows an older list of members of “{title}” than this device has "
                f"seen: entry {summary.seq} instead of {record.log_seq}. What is missing there is "
                "offered to it."
            )
            session.alarm(space, error, key="older")
    for space in at_store:
        if space not in mine:
            _adopt(session, space)


def _adopt(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.device):
        spaces.add_space(session.stores.device, new_record(session, space, "joining"))
    session.tell(SpacesChanged())


def new_record(session: Session, space: SpaceId, state: str) -> SpaceRecord:
    """A fresh row for a space, with a fresh database key."""
    now = session.clock.now()
    return SpaceRecord(
        space=space,
        state=state,
        database_key=session.entropy.token(64),
        title="",
        agreement="",
        signed_on="",
        opened_at=now,
        deadline=None,
        log_seq=-1,
        log_head=bytes(32),
        closed_by=None,
        close_reason="",
        unread=0,
        last_activity=now,
        wipe_phase="",
    )


def page(session: Session, space: SpaceId, entries: Sequence[bytes], fetched: Fetched) -> int:
    """Verify and store entries in order; returns the last verified number.

    `fetched` are device lists as the store gave them, by owner and hash, unverified.
    """
    record = spaces.space(session.stores.device, space)
    if record is None:
        return -1
    last = record.log_seq
    for data in entries:
        try:
            last = _take(session, space, data, fetched)
        except RefusedError as error:
            refusals.record(session, record, data, last + 1, error)
            break
        if session.logs[space].roster.closed:
            wiping.begin(session, space, why="closed")
            break
    return last


def _take(session: Session, space: SpaceId, data: bytes, fetched: Fetched) -> int:
    sp = session.stores.space(space)
    if space not in session.logs and not spacelog.entries(sp):
        return _genesis(session, sp, space, data, fetched)
    before = session.log(space)
    number = 0 if devicelists.is_genesis(data) else signatures.peek(data, Entry).seq
    if number <= before.roster.seq:
        refusals.second_version(session, before, number, data)
        _learn_again(session, sp, before, number)  # a crash may have come between the two files
        return before.roster.seq
    entry = signatures.peek(data, Entry)
    newer = _newer(session, sp, before, entry, fetched)
    roster = membership.follow(before.roster, data, before.lists, newer=newer)
    log = before.after(roster, {UserId(newer[-1].user): newer[-1]} if newer else {})
    _store(session, sp, log, entry, data, fetched)
    return roster.seq


def _newer(
    session: Session, sp: Connection, log: SpaceLog, entry: Entry, fetched: Fetched
) -> tuple[DeviceList, ...]:
    """The lists that an entry moves a person to, each held against what it signs for."""
    if entry.subject is None or entry.list_head is None:
        return ()
    user = UserId(entry.subject)
    match entry.kind:
        case EntryKind.DEVICES:
            member = log.roster.members.get(user)
            if member is None:
                return ()  # the rules of the log refuse it
            newer = devicelists.read_chain(session, sp, member, entry.list_head, fetched)
        case EntryKind.ADD | EntryKind.REKEY if entry.user_key is not None:
            newer = (
                devicelists.read_stated(
                    session, sp, user, entry.user_key, entry.list_head, fetched
                ),
            )
        case _:
            return ()
    for listed in newer[-1:]:
        devicelists.check_owners(session, log, user, listed)
    return newer


def _store(
    session: Session, sp: Connection, log: SpaceLog, entry: Entry, data: bytes, fetched: Fetched
) -> None:
    """Keep a verified entry and do what it causes, at once or not at all."""
    space = log.roster.space
    before = session.logs[space]
    try:
        with transaction(sp):
            spacelog.save_entry(sp, entry.seq, data)
            _save_stated(sp, entry, fetched)
            session.logs[space] = log
            consequences.apply_entry(Place(session, sp, log), entry, before)
    except BaseException:
        session.logs[space] = before
        raise
    knowing.learn(session, sp, entry)
    remember_head(session, space, log)


def _save_stated(sp: Connection, entry: Entry, fetched: Fetched) -> None:
    """Keep the list that an entry states; those between two are not needed again."""
    if entry.subject is None or entry.list_head is None:
        return
    signed = fetched.get((UserId(entry.subject), entry.list_head))
    if signed is not None:
        spacelog.save_device_list(sp, entry.subject, entry.list_head, signed)


def _learn_again(session: Session, sp: Connection, log: SpaceLog, number: int) -> None:
    """What a stored entry says of persons, once more: it is the same."""
    (stored,) = spacelog.entries(sp, number)[:1]
    if number:
        knowing.learn(session, sp, signatures.peek(stored, Entry))
    else:
        knowing.learn_genesis(session, sp, signatures.peek(stored, Genesis))
    if number == log.roster.seq:
        remember_head(session, log.roster.space, log)


def _genesis(
    session: Session, sp: Connection, space: SpaceId, data: bytes, fetched: Fetched
) -> int:
    body = signatures.parse(data).body
    if space_id(body) != space:
        raise LogForkError("The store shows a first log entry that is not this space's.")
    genesis = signatures.peek(data, Genesis)
    creator, head = UserId(genesis.actor_user), genesis.list_head
    signed_list = fetched.get((creator, head))
    if signed_list is None:
        raise GhostMemberError("The store does not show the keys of the person who opened it.")
    known_list = devicelist.read_list(signed_list, creator, user_key=genesis.user_key, head=head)
    knowing.check_same_person(session, creator, genesis.user_key)
    roster = membership.open_log(data, {creator: known_list})
    log = SpaceLog.begin(roster, known_list)
    founders.check(session, space, genesis)
    onespace.check(session, space, genesis)
    with transaction(sp):
        spacelog.save_entry(sp, 0, data)
        spacelog.save_device_list(sp, creator, head, signed_list)
    session.logs[space] = log
    knowing.learn_genesis(session, sp, genesis)
    remember_head(session, space, log)
    return 0


def remember_head(session: Session, space: SpaceId, log: SpaceLog) -> None:
    """Note in device.db how far the log of a space is verified, and its deadline."""
    genesis = log.roster.genesis
    deadline = None
    if genesis.retention_days:
        deadline = genesis.claimed_at + genesis.retention_days * 86_400
    with transaction(session.stores.device):
        spaces.update_space(
            session.stores.device,
            space,
            log_seq=log.roster.seq,
            log_head=log.roster.head,
            signed_on=genesis.signed_on,
            opened_at=genesis.claimed_at,
            deadline=deadline,
        )
    session.tell(SpacesChanged())
