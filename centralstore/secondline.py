"""The second line of a membership log: what an entry says of people must be what the directory has.

Clients rely on none of it. It keeps out what no client would follow, so that nobody can end a log
for everybody with one entry. Spec: docs/protocol/70-store.md §5, docs/protocol/41-membership.md §2.
"""

from __future__ import annotations

from centralstore import devicelists
from centralstore.database import Transaction
from centralstore.devicelists import Listed
from protocol.errors import ForgedError
from protocol.ids import DeviceId, UserId
from protocol.membership import Entry, EntryKind, EntryRefusedError, Genesis, Member, Roster
from protocol.roles import Party


def check_genesis(tx: Transaction, genesis: Genesis) -> None:
    """A space opens with a list that names the device which opens it.

    Raises:
        EntryRefusedError: not enrolled, another party, or a device that the list does not name.
        ForgedError: keys that the directory does not know.
    """
    stated = (genesis.user_key, genesis.list_seq, genesis.list_head)
    listed = _known(tx, genesis.actor_user, genesis.party, *stated)
    _check_actor(listed, genesis.actor_device)


def check_entry(tx: Transaction, before: Roster, entry: Entry) -> None:
    """An entry that follows the log's rules must follow the directory as well.

    Raises:
        EntryRefusedError: not enrolled, another party, a device that the log does not name yet, or
            one that goes without being cut off.
        ForgedError: keys that the directory does not know, or knows no longer.
    """
    author = before.members[UserId(entry.actor_user)]
    _check_actor(_stated(tx, author), entry.actor_device)
    match entry.kind:
        case EntryKind.ADD:
            stated = (entry.user_key, entry.list_seq, entry.list_head)
            if not _known(tx, entry.subject or b"", entry.party, *stated).present_chain:
                raise ForgedError("The directory knows newer keys of this person.")
        case EntryKind.DEVICES:
            newer = _known(
                tx, author.user, author.party, author.user_key, entry.list_seq, entry.list_head
            )
            _check_cut(entry, _stated(tx, author), newer)
        case EntryKind.REKEY:
            member = before.members[UserId(entry.subject or b"")]
            stated = (entry.user_key, entry.list_seq, entry.list_head)
            newer = _known(tx, member.user, member.party, *stated)
            if not newer.newest:
                raise ForgedError("The directory knows newer keys of this person.")
            _check_cut(entry, _stated(tx, member), newer)
        case (
            EntryKind.REMOVE
            | EntryKind.ROLE
            | EntryKind.HISTORY
            | EntryKind.POLICY
            | EntryKind.CONTROLLER
            | EntryKind.CLOSE
        ):
            return


def _stated(tx: Transaction, member: Member) -> Listed:
    stated = (member.user_key, member.list_seq, member.list_head)
    return _known(tx, member.user, member.party, *stated)


def _known(
    tx: Transaction,
    user: bytes,
    party: Party | None,
    user_key: bytes | None,
    seq: int | None,
    head: bytes | None,
) -> Listed:
    """The list that is stated of a user, if the directory has it with these very facts."""
    if not devicelists.enrolled(tx, user):
        raise EntryRefusedError("Nobody of that id is enrolled.", code="not-enrolled")
    listed = devicelists.listed(tx, user, head or b"")
    if listed is None or (listed.user_key, listed.seq) != (user_key, seq):
        raise ForgedError("The directory knows other keys of this person.")
    if listed.party is not party:
        raise EntryRefusedError("The directory knows another party.", code="party-differs")
    return listed


def _check_actor(listed: Listed, device: bytes) -> None:
    if DeviceId(device) not in listed.devices:
        raise EntryRefusedError("The log does not name this device yet.", code="device-not-in-log")


def _check_cut(entry: Entry, older: Listed, newer: Listed) -> None:
    if older.devices - newer.devices != {cut.device for cut in entry.cut}:
        raise EntryRefusedError("A change of devices does not cut off those that go.", code="cut")
