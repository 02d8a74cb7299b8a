"""What this device holds of persons: the key it knows somebody by, and the highest device list.

Learnt from verified log entries only, after they were stored; doing it again changes nothing, so
that a crash between the two files is mended by reading the entry once more.
Spec: docs/protocol/41-membership.md §3, docs/protocol/20-identities.md §6.
"""

from __future__ import annotations

from dataclasses import replace

from crypto import devicelist, signatures
from jitclient.errors import KeyChangedError, NotRenewedError, UnknownDeviceError
from jitclient.events import SpacesChanged
from jitclient.session import Session
from localstore import owndevices, people, spacelog
from localstore.connection import Connection, transaction
from localstore.people import Compared, KeyChange, Person
from protocol import codec
from protocol.devicelist import DeviceList
from protocol.errors import GhostMemberError, JitError, KeySubstitutedError
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, EntryKind, Genesis, Member, key_digest


def check_same_person(session: Session, user: UserId, user_key: bytes) -> None:
    """Who opens a space does it by a key that this device knows for the person (A02).

    Known is the present one and any that an administrator's entry replaced. Of oneself any is
    taken: who was invited again stands in older logs by keys that are lost, and `standing` tells.

    Raises:
        KeySubstitutedError: another key than any known.
    """
    if user == session.user:
        return
    db = session.stores.device
    person = people.person(db, user)
    if person is None or not person.user_key or person.user_key == user_key:
        return
    if user_key in people.former_keys(db, user):
        return
    raise KeySubstitutedError(
        f"{session.name_of(user)} appears with another key than this device knows. Nothing "
        "is sent to the new key. Ask the person, compare the safety number, and take the new key "
        "only if it is the same."
    )


def learn_genesis(session: Session, sp: Connection, genesis: Genesis) -> None:
    """Hold on to the key of whoever opened a space."""
    _stated(session, sp, UserId(genesis.actor_user), genesis.user_key, genesis.list_head)


def learn(session: Session, sp: Connection, entry: Entry) -> None:
    """Hold on to what a verified and stored entry states of a person."""
    if entry.subject is None or entry.list_head is None:
        return
    user = UserId(entry.subject)
    match entry.kind:
        case EntryKind.DEVICES if user != session.user or _is_mine(session, entry.actor_device):
            _stated(session, sp, user, None, entry.list_head, own=True)
        case EntryKind.ADD if entry.user_key is not None:
            _stated(session, sp, user, entry.user_key, entry.list_head)
        case EntryKind.REKEY if entry.user_key is not None:
            _renewed(session, sp, entry, user, entry.user_key)
        case _:
            return


def _stated(
    session: Session,
    sp: Connection,
    user: UserId,
    user_key: bytes | None,
    head: bytes,
    *,
    own: bool = False,
) -> None:
    """The first key a verified log names is held on to; of its lists the highest.

    One's own list is moved by one's `own` devices only: an administrator may have been shown one
    that a revoked device made with the user root.
    """
    db = session.stores.device
    person = people.person(db, user) or nobody(user)
    signed = spacelog.device_list(sp, user, head)
    if signed is None:
        return
    if not person.user_key and user_key is not None:
        person = replace(person, user_key=user_key, device_list=signed)
    elif (user != session.user or own) and _is_higher(person, user, signed):
        person = replace(person, device_list=signed)
    else:
        return
    with transaction(db):
        people.save_person(db, person)


def _is_higher(person: Person, user: UserId, signed: bytes) -> bool:
    """Whether a stored list of the key this device knows is newer than the highest so far."""
    newer = devicelist.read_list(signed, user)
    if key_digest(codec.encode(newer.user_key)) != person.user_key:
        return False
    return not person.device_list or newer.seq > devicelist.read_list(person.device_list, user).seq


def _is_mine(session: Session, device: bytes) -> bool:
    """Whether a device stands in one's own list as this device has it."""
    me = people.person(session.stores.device, session.user)
    if me is None or not me.device_list:
        return False
    listed = devicelist.read_list(me.device_list, session.user)
    return devicelist.find_device(listed, device) is not None


def _renewed(session: Session, sp: Connection, entry: Entry, user: UserId, user_key: bytes) -> None:
    """Somebody was let in again: with the same key nothing changed, another one is told (D4)."""
    db = session.stores.device
    person = people.person(db, user) or nobody(user)
    old = person.user_key
    if user == session.user or old is None or old == user_key:
        _stated(session, sp, user, user_key, entry.list_head or b"")
        return
    if user_key in people.former_keys(db, user):
        return  # an older renewal, read in a log that is new here
    signed = spacelog.device_list(sp, user, entry.list_head or b"")
    if signed is None:
        return
    change = KeyChange(
        user=user,
        old_key=old,
        new_key=user_key,
        by=entry.actor_user,
        at=entry.claimed_at,
        decided=entry.actor_device == session.device,
    )
    with transaction(db):
        people.save_person(db, replace(person, user_key=user_key, device_list=signed))
        people.note_key_change(db, change)
        if change.decided:
            people.forget_verified(db, user)
    session.tell(SpacesChanged())


def is_strange(session: Session, user: UserId, user_key: bytes) -> bool:
    """Whether somebody stands in a log by a key that is neither known here nor was replaced.

    An ADD does not change what this device knows: nothing is sent to the key before a person here
    has decided (`usecases.take_key`, `usecases.decide_key`), and no other space is concerned.
    """
    if user == session.user:
        return False
    db = session.stores.device
    known = people.known_key(db, user)
    return known not in {None, user_key} and user_key not in people.former_keys(db, user)


def is_open(session: Session, user: UserId, user_key: bytes) -> bool:
    """Whether a person at this device has still to decide about a key of somebody."""
    undecided = people.is_undecided(session.stores.device, user)
    return undecided or is_strange(session, user, user_key)


def take(
    session: Session, user: UserId, user_key: bytes, signed: bytes, how: str | None = None
) -> None:
    """A person at this device decided: `user_key` (a digest, 32 B) is the person's from now on.

    `signed` is a list of that key, `how` it was compared, if it was. Noted with who decided, when.
    """
    db, now = session.stores.device, session.clock.now()
    person = people.person(db, user) or nobody(user)
    change = KeyChange(
        user=user,
        old_key=person.user_key or b"",
        new_key=user_key,
        by=session.user,
        at=now,
        decided=True,
    )
    with transaction(db):
        people.save_person(db, replace(person, user_key=user_key, device_list=signed))
        people.note_key_change(db, change)
        people.decide(db, user)
        people.forget_verified(db, user)
        if how is not None:
            people.set_verified(
                db,
                Compared(user=user, user_key=user_key, how=how, at=now, device=session.device),
            )
    session.tell(SpacesChanged())


def strange_members(session: Session, space: SpaceId) -> list[tuple[Member, Entry]]:
    """The members of a space who were added by strange keys, and the entries that did it."""
    log, sp, found = session.log(space), session.stores.space(space), []
    for member in log.roster.members.values():
        if member.added_seq and is_strange(session, member.user, member.user_key):
            (stored,) = spacelog.entries(sp, member.added_seq)[:1]
            found.append((member, signatures.peek(stored, Entry)))
    return found


def nobody(user: UserId) -> Person:
    """Somebody of whom nothing is known yet but the id."""
    return Person(
        user=user,
        name="",
        authority="",
        country="",
        party="member-state",
        device_list=b"",
        user_key=None,
    )


def check_added(session: Session, space: SpaceId) -> None:
    """Tell of members who were added by another key than this device knows.

    At the end of a log: one may begin with a key that was lost, and go on to the known one.
    """
    for member, entry in strange_members(session, space):
        name, by = session.name_of(member.user), session.name_of(UserId(entry.actor_user))
        told = KeyChangedError(
            f"{by} added {name} with another key than this device knows. Nothing is sent to it "
            f"before you compare the safety number, or accept the key. Ask {name} whether all "
            "devices were lost."
        )
        session.alarm(space, told, key=f"new-key-{member.user_key.hex()}")


def check_standing(session: Session, space: SpaceId) -> None:
    """Tell when this person stands in a space by keys or devices that this device does not know.

    After losing every device and being invited again that is so until an administrator lets her
    in again; otherwise somebody added her with false keys.
    """
    check_added(session, space)
    log = session.log(space)
    me = log.roster.members.get(session.user)
    own = people.person(session.stores.device, session.user)
    listed = log.lists.get(session.user)
    if me is None or own is None or listed is None or not own.device_list:
        return
    if me.user_key != own.user_key:
        told: JitError = NotRenewedError(
            "In this space you stand with other keys than those of this device. If you lost all "
            "your devices and were invited again, ask an administrator of the space to let you in "
            "again. If not, somebody added you with false keys: write nothing here, and tell them."
        )
        session.alarm(space, told, key="keys")
        return
    known = devicelist.read_list(own.device_list, session.user)
    mine = {entry.device for entry in known.devices} | set(known.revoked) | _on_its_way(session)
    strange = [e for e in listed.devices if e.device not in mine]
    if strange:
        session.alarm(space, _strange(known, listed, len(strange)), key="own-devices")


def _on_its_way(session: Session) -> set[bytes]:
    """Devices of a list that was signed here, and of which no answer of the store has come yet."""
    pending = owndevices.pending(session.stores.device)
    if pending is None:
        return set()
    return {d.device for d in devicelist.read_list(pending.signed, session.user).devices}


def _strange(known: DeviceList, listed: DeviceList, count: int) -> JitError:
    """What to say of devices under one's own key that this device does not know of.

    Where they were only added and none was ever revoked, the likely cause is a device of one's own
    that linked another before any log named either. It is a question: the key of a stolen recovery
    sheet signs lists too. After a revocation the revoked device may have made the list.
    """
    untouched = not known.revoked and not listed.revoked
    if untouched and all(entry in listed.devices for entry in known.devices):
        return UnknownDeviceError(
            f"In this space you stand with {count} device(s) that this device was not told of. If "
            "you linked them at another of your devices, all is well. If not, write nothing here: "
            "revoke them, and tell the others."
        )
    return GhostMemberError(
        f"In this space you stand with {count} device(s) that this device does not know "
        "of. If you did not just link one at another of your devices, write nothing here: "
        "revoke it, and compare in person who added you."
    )
