"""Following membership logs: the only place where a member can appear, change or go.

Each entry is verified against the signed chain before it is stored, and what it causes (a welcome
to the person we added, a wipe) is written in the same transaction.
Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crypto import devicelist, membership, signatures
from jitclient import consequences, refusals, wiping
from jitclient.events import SpacesChanged
from jitclient.place import Place
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import people, spacelog, spaces
from localstore.connection import Connection, transaction
from localstore.people import Person
from localstore.spaces import SpaceRecord
from protocol.api.spaces import SpaceSummary
from protocol.devicelist import DeviceList
from protocol.errors import (
    GhostMemberError,
    KeySubstitutedError,
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
                f"seen: entry {summary.seq} instead of {record.log_seq}."
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


def lists_wanted(session: Session, space: SpaceId, entries: Sequence[bytes]) -> list[UserId]:
    """Whose device lists these entries need that are not here yet."""
    sp = session.stores.space(space)
    here = set(spacelog.device_lists(sp))
    wanted: list[UserId] = []
    for data in entries:
        try:
            named = _named(data)
        except RefusedError:
            continue
        wanted += [u for u in named if u not in here and u not in wanted]
    return wanted


def _is_genesis(data: bytes) -> bool:
    return signatures.parse(data).body[1:9] == b"\xa7genesis"


def _named(data: bytes) -> list[UserId]:
    if _is_genesis(data):
        return [UserId(signatures.peek(data, Genesis).actor_user)]
    entry = signatures.peek(data, Entry)
    users = [UserId(entry.actor_user)]
    if entry.kind is EntryKind.ADD and entry.subject is not None:
        users.append(UserId(entry.subject))
    return users


def page(
    session: Session, space: SpaceId, entries: Sequence[bytes], fetched: dict[UserId, bytes]
) -> int:
    """Verify and store entries in order; returns the last verified number.

    `fetched` are device lists as the store gave them, by user, unverified.
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


def _take(session: Session, space: SpaceId, data: bytes, fetched: dict[UserId, bytes]) -> int:
    sp = session.stores.space(space)
    if space not in session.logs and not spacelog.entries(sp):
        return _genesis(session, sp, space, data, fetched)
    before = session.log(space)
    number = 0 if _is_genesis(data) else signatures.peek(data, Entry).seq
    if number <= before.roster.seq:
        refusals.second_version(session, before, number, data)
        remember_head(session, space, before)  # a crash may have come between the two files
        return before.roster.seq
    entry = signatures.peek(data, Entry)
    new_lists = {
        user: _list_for(session, before, entry, user, fetched)
        for user in _named(data)
        if user not in before.lists
    }
    lists = {**before.lists, **new_lists}
    roster = membership.follow(before.roster, data, lists)
    log = SpaceLog(roster=roster, heads=[*before.heads, roster.head], lists=lists)
    _store(session, sp, log, entry, data, {user: fetched[user] for user in new_lists})
    return roster.seq


def _store(
    session: Session,
    sp: Connection,
    log: SpaceLog,
    entry: Entry,
    data: bytes,
    new_lists: dict[UserId, bytes],
) -> None:
    """Keep a verified entry and do what it causes, at once or not at all."""
    space = log.roster.space
    before = session.logs[space]
    try:
        with transaction(sp):
            spacelog.save_entry(sp, entry.seq, data)
            for user, signed in new_lists.items():
                spacelog.save_device_list(sp, user, signed)
            session.logs[space] = log
            consequences.apply_entry(Place(session, sp, log), entry)
    except BaseException:
        session.logs[space] = before
        raise
    for user, signed in new_lists.items():
        member = log.roster.members.get(user)
        if member is not None:
            _learn(session, user, member.user_key, signed)
    remember_head(session, space, log)


def _list_for(
    session: Session, log: SpaceLog, entry: Entry, user: UserId, fetched: dict[UserId, bytes]
) -> DeviceList:
    """The device list of somebody this entry names, held against the keys it signs for."""
    if entry.kind is EntryKind.ADD and entry.subject == user:
        user_key, head = entry.user_key, entry.list_head
    else:
        member = log.member_or_former(user)
        if member is None:
            raise GhostMemberError(
                f"{session.name_of(user)} wrote to the membership log without being a member."
            )
        user_key, head = member.user_key, member.list_head
    signed = fetched.get(user)
    if signed is None:
        raise GhostMemberError(f"The store does not show the keys of {session.name_of(user)}.")
    if user_key is not None:
        _same_person(session, user, user_key)
    return devicelist.read_list(signed, user, user_key=user_key, head=head)


def _genesis(
    session: Session, sp: Connection, space: SpaceId, data: bytes, fetched: dict[UserId, bytes]
) -> int:
    body = signatures.parse(data).body
    if space_id(body) != space:
        raise LogForkError("The store shows a first log entry that is not this space's.")
    genesis = signatures.peek(data, Genesis)
    creator = UserId(genesis.actor_user)
    signed_list = fetched.get(creator)
    if signed_list is None:
        raise GhostMemberError("The store does not show the keys of the person who opened it.")
    known_list = devicelist.read_list(
        signed_list, creator, user_key=genesis.user_key, head=genesis.list_head
    )
    _same_person(session, creator, genesis.user_key)
    roster = membership.open_log(data, {creator: known_list})
    log = SpaceLog(roster=roster, heads=[roster.head], lists={creator: known_list})
    with transaction(sp):
        spacelog.save_entry(sp, 0, data)
        spacelog.save_device_list(sp, creator, signed_list)
    session.logs[space] = log
    _learn(session, creator, genesis.user_key, signed_list)
    remember_head(session, space, log)
    return 0


def _same_person(session: Session, user: UserId, user_key: bytes) -> None:
    """A person's key in a log must be the one this device knows for the person (A02)."""
    person = people.person(session.stores.device, user)
    if person is not None and person.user_key and person.user_key != user_key:
        raise KeySubstitutedError(
            f"{session.name_of(user)} appears with another key than this device knows. Nothing "
            "is sent to the new key. Ask the person, and compare the safety number."
        )


def _learn(session: Session, user: UserId, user_key: bytes, signed_list: bytes) -> None:
    """The first key a verified log names for a person is the one this device holds on to."""
    db = session.stores.device
    person = people.person(db, user)
    if person is not None and person.user_key:
        return
    named = person or Person(
        user=user,
        name="",
        authority="",
        country="",
        party="member-state",
        device_list=b"",
        user_key=None,
    )
    with transaction(db):
        people.save_person(db, replace(named, device_list=signed_list, user_key=user_key))


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
