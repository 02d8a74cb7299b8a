"""The device lists that log entries state: which are wanted, and whether they are the right ones.

An entry names a list by its hash; the list itself comes from the store. What this device knows of
a person (the key it holds on to, the highest list) lies in device.db and is learnt from verified
entries only. Spec: docs/protocol/41-membership.md §3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from crypto import devicelist, signatures
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import spacelog
from localstore.connection import Connection
from protocol.devicelist import DeviceList
from protocol.errors import GhostMemberError, RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_DEVICE_LIST_BYTES
from protocol.membership import Entry, EntryKind, Genesis, Member

MAX_STEPS: Final = 100
"""Lists between two that a log names; more is nobody's honest change of devices."""

Named = tuple[UserId, bytes]
"""A list by its owner and its hash (32 B)."""
Fetched = Mapping[Named, bytes]
"""Lists as the store gave them for these names: unverified."""

_STATING: Final = frozenset({EntryKind.ADD, EntryKind.DEVICES, EntryKind.REKEY})


def is_genesis(data: bytes) -> bool:
    """Whether signed bytes say of themselves that they open a log."""
    return signatures.parse(data).body[1:9] == b"\xa7genesis"


def wanted(
    session: Session, space: SpaceId, entries: Sequence[bytes], fetched: Fetched
) -> list[Named]:
    """Lists that these entries need and that are neither here nor fetched yet.

    Asked again after every fetch: of a change of devices the lists between are known one by one,
    each by the `prev` of the one after it.
    """
    sp = session.stores.space(space)
    stated = _stated_so_far(session, space)
    found: list[Named] = []
    for data in entries:
        try:
            name, walk = _needs(data, stated)
        except RefusedError:
            continue  # it is refused when its turn comes
        if name is not None:
            found += _lacking(sp, name, walk, fetched)
    return list(dict.fromkeys(found))


def _stated_so_far(session: Session, space: SpaceId) -> dict[UserId, tuple[int, bytes]]:
    if space not in session.logs and not spacelog.entries(session.stores.space(space)):
        return {}
    roster = session.log(space).roster
    gone = {user: removal.member for user, removal in roster.removed.items()}
    known: dict[UserId, Member] = {**gone, **roster.members}
    return {user: (m.list_seq, m.list_head) for user, m in known.items()}


def _needs(
    data: bytes, stated: dict[UserId, tuple[int, bytes]]
) -> tuple[Named | None, tuple[int, bytes] | None]:
    """The list an entry states, and for a change of devices the number and hash it follows."""
    if is_genesis(data):
        genesis = signatures.peek(data, Genesis)
        creator = UserId(genesis.actor_user)
        stated[creator] = (genesis.list_seq, genesis.list_head)
        return (creator, genesis.list_head), None
    entry = signatures.peek(data, Entry)
    if entry.kind not in _STATING or not entry.subject or not entry.list_head:
        return None, None
    user = UserId(entry.subject)
    before = stated.get(user)
    stated[user] = (entry.list_seq or 0, entry.list_head)
    walk = before if entry.kind is EntryKind.DEVICES else None
    return (user, entry.list_head), walk


def _lacking(
    sp: Connection, name: Named, walk: tuple[int, bytes] | None, fetched: Fetched
) -> list[Named]:
    """The first list on the way back from `name` that is not at hand, if any."""
    user, cursor = name
    for _ in range(MAX_STEPS if walk else 1):
        if walk and cursor == walk[1]:
            return []
        signed = at_hand(sp, (user, cursor), fetched)
        if signed is None:
            return [(user, cursor)]
        try:
            listed = signatures.peek(signed, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
        except RefusedError:
            return []
        if walk and listed.seq <= walk[0]:
            return []
        cursor = listed.prev
    return []


def at_hand(sp: Connection, name: Named, fetched: Fetched) -> bytes | None:
    """A list that is stored, verified, or else as the store gave it."""
    return spacelog.device_list(sp, *name) or fetched.get(name)


def read_stated(
    session: Session, sp: Connection, user: UserId, user_key: bytes, head: bytes, fetched: Fetched
) -> DeviceList:
    """The list an entry states, held against the key (digest) and the hash it states.

    Raises:
        GhostMemberError: the store does not show it, or another one.
        KeySubstitutedError, ForgedError, MalformedError: from `crypto.devicelist`.
    """
    signed = at_hand(sp, (user, head), fetched)
    if signed is None:
        raise GhostMemberError(f"The store does not show the keys of {session.name_of(user)}.")
    return devicelist.read_list(signed, user, user_key=user_key, head=head)


def read_chain(
    session: Session, sp: Connection, member: Member, head: bytes, fetched: Fetched
) -> tuple[DeviceList, ...]:
    """The lists after the one the log names of `member`, up to the one with hash `head`.

    Raises:
        GhostMemberError: one of them is not shown, or they do not lead back to the one named.
    """
    chain: list[DeviceList] = []
    cursor = head
    while cursor != member.list_head:
        listed = read_stated(session, sp, member.user, member.user_key, cursor, fetched)
        if listed.seq <= member.list_seq or len(chain) == MAX_STEPS:
            raise GhostMemberError(
                f"The devices that {session.name_of(member.user)} is said to have now do not "
                "follow from those that the membership states."
            )
        chain.append(listed)
        cursor = listed.prev
    return tuple(reversed(chain))


def check_owners(session: Session, log: SpaceLog, user: UserId, listed: DeviceList) -> None:
    """Nobody lists a device that was somebody else's here, or the same one with other keys.

    Raises:
        GhostMemberError: somebody does.
    """
    for entry in listed.devices:
        known = log.ever.get(DeviceId(entry.device))
        if known is None:
            continue
        owner, before = known
        if owner != user or (before.signing, before.identity) != (entry.signing, entry.identity):
            raise GhostMemberError(
                f"The device list of {session.name_of(user)} names a device of "
                f"{session.name_of(owner)}, or one of its own with exchanged keys."
            )
