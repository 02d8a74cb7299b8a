"""The rules of the membership log: what each entry needs, and what it does to the roster.

Pure, the same for every client and for the store; signatures are checked in `crypto.membership`
before. Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from protocol import founding
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICES_PER_SPACE
from protocol.membership import (
    Designation,
    Entry,
    EntryKind,
    EntryRefusedError,
    Genesis,
    Member,
    Removal,
    Roster,
    entry_hash,
    space_id,
)
from protocol.roles import (
    ADMINISTRATOR_PARTIES,
    NEEDS_CONTROLLER,
    Right,
    Role,
    allows,
    may_hold,
)


def begin(genesis: Genesis, body: bytes) -> Roster:
    """The roster after the genesis.

    Raises:
        EntryRefusedError: the creator's party may not administer (R14.1), the agreement has no
            reference, or it was signed on no day or after the space was opened (R2.1, R13.1).
    """
    founding.check(genesis)
    if genesis.party not in ADMINISTRATOR_PARTIES:
        raise EntryRefusedError(
            "A space is opened by an administrator from a Member State or the EPPO.",
            code="administrator-not-eligible",
        )
    creator = Member(
        user=UserId(genesis.actor_user),
        role=Role.ADMINISTRATOR,
        party=genesis.party,
        user_key=genesis.user_key,
        list_seq=genesis.list_seq,
        list_head=genesis.list_head,
        added_seq=0,
    )
    return Roster(
        space=space_id(body),
        genesis=genesis,
        seq=0,
        head=entry_hash(body),
        members=MappingProxyType({creator.user: creator}),
        verified_only=genesis.verified_only,
    )


def extend(roster: Roster, entry: Entry, body: bytes) -> Roster:
    """The roster after one more entry; pure, the same for every client and for the store.

    Raises:
        EntryRefusedError: the entry does not follow `roster`, or its actor had no right to it.
    """
    _check_place(roster, entry)
    step = _STEPS[entry.kind](roster, entry)
    return replace(step, seq=entry.seq, head=entry_hash(body))


def _check_place(roster: Roster, entry: Entry) -> None:
    if entry.space != roster.space:
        raise EntryRefusedError("The entry belongs to another space.", code="other-space")
    if entry.seq != roster.seq + 1 or entry.prev != roster.head:
        raise EntryRefusedError("The entry does not follow the last one.", code="log-broken")
    if roster.closed:
        raise EntryRefusedError("The space is closed.", code="space-closed")
    actor = roster.members.get(UserId(entry.actor_user))
    if actor is None:
        raise EntryRefusedError("The author of the entry is not a member.", code="not-a-member")
    own_devices = entry.kind is EntryKind.DEVICES and entry.subject == entry.actor_user
    if not own_devices and not allows(actor.role, Right.ADMINISTER):
        raise EntryRefusedError("Only an administrator may do this.", code="not-administrator")


def _add(roster: Roster, entry: Entry) -> Roster:
    subject, role, party = entry.subject, entry.role, entry.party
    if subject is None or role is None or party is None:
        raise EntryRefusedError("An addition names user, role and party.", code="incomplete")
    if entry.user_key is None or entry.list_seq is None or entry.list_head is None:
        raise EntryRefusedError("An addition names the user's keys.", code="incomplete")
    if subject in roster.members:
        raise EntryRefusedError("This person is a member already.", code="already-member")
    if not may_hold(party, role):
        raise EntryRefusedError(
            f"A representative of {party.value} may not be {role.value}.",
            code="role-not-eligible",
        )
    if len(roster.members) >= MAX_DEVICES_PER_SPACE:
        raise EntryRefusedError("The space is full.", code="space-full")
    member = Member(
        user=UserId(subject),
        role=role,
        party=party,
        user_key=entry.user_key,
        list_seq=entry.list_seq,
        list_head=entry.list_head,
        added_seq=entry.seq,
    )
    # An earlier removal stays on record: its cut still ends what was written before it.
    return replace(roster, members=MappingProxyType({**roster.members, member.user: member}))


def _remove(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    rest = {user: m for user, m in roster.members.items() if user != member.user}
    if not any(allows(m.role, Right.ADMINISTER) for m in rest.values()):
        raise EntryRefusedError("A space keeps at least one administrator.", code="last-admin")
    cut = {DeviceId(c.device): c.sender_seq for c in entry.cut}
    gone = Removal(member=member, seq=entry.seq, cut=MappingProxyType(cut))
    return replace(
        roster,
        members=MappingProxyType(rest),
        removed=MappingProxyType({**roster.removed, member.user: gone}),
        history=MappingProxyType({u: s for u, s in roster.history.items() if u != member.user}),
        designated=_lapsed(roster, rest, entry.seq),
    )


def _role(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    if entry.role is None:
        raise EntryRefusedError("A change of role names the role.", code="incomplete")
    if not may_hold(member.party, entry.role):
        raise EntryRefusedError("This party may not hold that role.", code="role-not-eligible")
    changed = {**roster.members, member.user: replace(member, role=entry.role)}
    if not any(allows(m.role, Right.ADMINISTER) for m in changed.values()):
        raise EntryRefusedError("A space keeps at least one administrator.", code="last-admin")
    return replace(
        roster,
        members=MappingProxyType(changed),
        designated=_lapsed(roster, changed, entry.seq),
    )


def _devices(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    if entry.actor_user != member.user or entry.list_seq is None or entry.list_head is None:
        raise EntryRefusedError("Devices are changed by their owner.", code="incomplete")
    if entry.list_seq <= member.list_seq:
        raise EntryRefusedError("A device list never goes back.", code="list-rollback")
    newer = replace(member, list_seq=entry.list_seq, list_head=entry.list_head)
    return replace(
        roster,
        members=MappingProxyType({**roster.members, member.user: newer}),
        revoked=_cut_off(roster, entry),
    )


def _rekey(roster: Roster, entry: Entry) -> Roster:
    """An administrator lets somebody in again who has no device left that could sign for him.

    With another user key his number changes for everybody; with the same one (restored from a
    recovery sheet) it does not. Nobody does it for himself.
    """
    member = _subject(roster, entry)
    if member.user == entry.actor_user:
        raise EntryRefusedError("Nobody renews the keys of himself.", code="not-administrator")
    if entry.user_key is None or entry.list_seq is None or entry.list_head is None:
        raise EntryRefusedError("A renewal names the person's keys.", code="incomplete")
    same_key = entry.user_key == member.user_key
    if entry.list_head == member.list_head or (same_key and entry.list_seq <= member.list_seq):
        raise EntryRefusedError("A device list never goes back.", code="list-rollback")
    newer = replace(
        member,
        user_key=entry.user_key,
        list_seq=entry.list_seq,
        list_head=entry.list_head,
    )
    return replace(
        roster,
        members=MappingProxyType({**roster.members, member.user: newer}),
        revoked=_cut_off(roster, entry),
    )


def _cut_off(roster: Roster, entry: Entry) -> Mapping[DeviceId, int]:
    cut = {DeviceId(c.device): c.sender_seq for c in entry.cut}
    if len(cut) != len(entry.cut) or cut.keys() & roster.revoked.keys():
        raise EntryRefusedError("A device is cut off twice.", code="incomplete")
    return MappingProxyType({**roster.revoked, **cut})


def _history(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    if member.user == entry.actor_user or entry.since is None or entry.since > roster.seq:
        raise EntryRefusedError("Sharing the past names whom, and since when.", code="incomplete")
    told = {**roster.history, member.user: entry.since}
    return replace(roster, history=MappingProxyType(told))


def _policy(roster: Roster, entry: Entry) -> Roster:
    if entry.verified_only is None:
        raise EntryRefusedError("A change of policy states the policy.", code="incomplete")
    return replace(roster, verified_only=entry.verified_only)


def _controller(roster: Roster, entry: Entry) -> Roster:
    """An administrator is named controller of what a member from outside uploads (R23.2).

    He is named by the digest of his user key as the log has it. What was designated before ends.
    """
    member = _subject(roster, entry)
    if member.role not in NEEDS_CONTROLLER:
        raise EntryRefusedError(
            "Who comes from a Member State, the EPPO or a Union body is controller himself.",
            code="controller-not-needed",
        )
    if entry.user_key is None or not entry.note:
        raise EntryRefusedError("A designation names whom, and the reason.", code="incomplete")
    named = next((m for m in roster.members.values() if m.user_key == entry.user_key), None)
    if named is None or not allows(named.role, Right.ADMINISTER):
        raise EntryRefusedError(
            "Controller is one of the administrators of the space.", code="controller-not-eligible"
        )
    new = Designation(controller=named.user, since=entry.seq)
    earlier = _ended(roster.designated.get(member.user, ()), entry.seq)
    return replace(
        roster,
        designated=MappingProxyType({**roster.designated, member.user: (*earlier, new)}),
    )


def _lapsed(
    roster: Roster, members: Mapping[UserId, Member], seq: int
) -> Mapping[UserId, tuple[Designation, ...]]:
    """A designation ends when either of the two leaves, or the controller administers no more."""

    def stands(user: UserId, one: Designation) -> bool:
        named = members.get(one.controller)
        return user in members and named is not None and allows(named.role, Right.ADMINISTER)

    return MappingProxyType(
        {
            user: known if stands(user, known[-1]) else _ended(known, seq)
            for user, known in roster.designated.items()
        }
    )


def _ended(known: tuple[Designation, ...], seq: int) -> tuple[Designation, ...]:
    return tuple(one if one.until is not None else replace(one, until=seq) for one in known)


def _close(roster: Roster, entry: Entry) -> Roster:
    return replace(roster, closed=True, closed_by=UserId(entry.actor_user), close_note=entry.note)


def _subject(roster: Roster, entry: Entry) -> Member:
    member = roster.members.get(UserId(entry.subject or b""))
    if member is None:
        raise EntryRefusedError("The person named is not a member.", code="not-a-member")
    return member


_STEPS = {
    EntryKind.ADD: _add,
    EntryKind.REMOVE: _remove,
    EntryKind.ROLE: _role,
    EntryKind.DEVICES: _devices,
    EntryKind.REKEY: _rekey,
    EntryKind.HISTORY: _history,
    EntryKind.POLICY: _policy,
    EntryKind.CONTROLLER: _controller,
    EntryKind.CLOSE: _close,
}
