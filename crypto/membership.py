"""The membership log with its signatures: author entries, follow those of others.

`protocol.logrules` knows the rules; here every entry must also carry the hybrid signature of a
device that stands in its actor's device list exactly as the roster names that list.
Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, NoReturn

from crypto import signatures
from crypto.devicelist import find_device
from crypto.signatures import SigningKey
from protocol import codec, logrules
from protocol import membership as rules
from protocol.devicelist import DeviceEntry, DeviceList, check_successor
from protocol.errors import (
    ForgedClosingError,
    ForgedError,
    GhostMemberError,
    KeySubstitutedError,
    LogForkError,
    MalformedError,
    RefusedError,
)
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_LOG_ENTRY_BYTES
from protocol.membership import Entry, EntryKind, EntryRefusedError, Genesis, Roster

_MISPLACED = frozenset({"other-space", "log-broken", "space-closed"})


class Signer(NamedTuple):
    """Who an entry says wrote it; nothing is proven by it."""

    user: UserId
    device: DeviceId


def create(genesis: Genesis, key: SigningKey) -> tuple[bytes, Roster]:
    """Open a space: sign its genesis with the creator's device key.

    Returns:
        The encoded `Signed` and the roster after it.

    Raises:
        EntryRefusedError: the creator's party may not administer (R14.1).
    """
    roster = logrules.begin(genesis, codec.encode(genesis))
    return signatures.sign(key, genesis.actor_device, genesis), roster


def open_log(signed_genesis: bytes, lists: Mapping[UserId, DeviceList]) -> Roster:
    """The roster after a received genesis.

    The caller compares `Roster.space` with the id he was given: only that names the space.

    Args:
        signed_genesis: an encoded `Signed` of a `Genesis`.
        lists: verified device lists; the creator's must be the one the genesis names.

    Raises:
        ForgedError: not signed by a device of the creator.
        GhostMemberError: the creator's list is missing or another one.
        EntryRefusedError: the creator's party may not administer.
        MalformedError: not a genesis.
    """
    genesis = signatures.peek(signed_genesis, Genesis, limit=MAX_LOG_ENTRY_BYTES)
    body = codec.encode(genesis)
    roster = logrules.begin(genesis, body)
    device = _acting_device(roster, genesis.actor_user, genesis.actor_device, lists)
    _verify(signed_genesis, device, Genesis)
    return roster


def append(roster: Roster, entry: Entry, key: SigningKey) -> tuple[bytes, Roster]:
    """Author the next entry with the acting device's key.

    Returns:
        The encoded `Signed` and the roster after it.

    Raises:
        EntryRefusedError: the entry does not follow `roster`, or its actor has no right to it.
    """
    after = logrules.extend(roster, entry, codec.encode(entry))
    return signatures.sign(key, entry.actor_device, entry), after


def follow(
    roster: Roster,
    signed: bytes,
    lists: Mapping[UserId, DeviceList],
    *,
    newer: Sequence[DeviceList] = (),
) -> Roster:
    """The roster after one received entry.

    Args:
        roster: the state before.
        signed: an encoded `Signed` of an `Entry`.
        lists: verified device lists by user; the actor's must be the one `roster` names.
        newer: for a `DEVICES` entry, the verified lists from the one after the roster's up to the
            one announced; for a `REKEY` entry the one announced, alone.

    Raises:
        ForgedClosingError: a closing without the signature or the right of an administrator.
        GhostMemberError: an addition without them, or devices that the log does not state.
        ForgedError: any other entry whose signature does not verify.
        LogForkError: properly signed, but of another history than `roster`.
        EntryRefusedError: properly signed, but out of place or against the rules.
        MalformedError: not an entry.
    """
    entry = signatures.peek(signed, Entry, limit=MAX_LOG_ENTRY_BYTES)
    try:
        _check_author(roster, entry, signed, lists)
        body = codec.encode(entry)
        _check_history(roster, entry, body)
        after = logrules.extend(roster, entry, body)
    except (EntryRefusedError, ForgedError, GhostMemberError) as error:
        if error.reason in _MISPLACED:
            raise
        _raise_named(entry, error)
    if entry.kind is EntryKind.DEVICES:
        older = lists[UserId(entry.actor_user)]
        _check_newer(entry, newer)
        for before, after_it in pairwise((older, *newer)):
            check_successor(before, after_it)
        _check_cut(entry, older, newer[-1])
    if entry.kind is EntryKind.REKEY and entry.subject is not None:
        _check_newer(entry, newer)
        _check_rekeyed(entry, lists.get(UserId(entry.subject)), newer[-1])
    return after


def signer_of(signed: bytes) -> Signer:
    """Who a genesis or an entry says wrote it, WITHOUT verifying: to fetch the right list.

    Raises:
        MalformedError: neither a genesis nor an entry.
    """
    try:
        entry: Entry | Genesis = signatures.peek(signed, Entry, limit=MAX_LOG_ENTRY_BYTES)
    except MalformedError:
        entry = signatures.peek(signed, Genesis, limit=MAX_LOG_ENTRY_BYTES)
    return Signer(UserId(entry.actor_user), DeviceId(entry.actor_device))


def _check_author(
    roster: Roster, entry: Entry, signed: bytes, lists: Mapping[UserId, DeviceList]
) -> None:
    """An entry counts only if a device of a present member signed exactly these bytes."""
    if entry.space != roster.space:
        raise EntryRefusedError("The entry belongs to another space.", code="other-space")
    if UserId(entry.actor_user) not in roster.members:
        raise EntryRefusedError("The author of the entry is not a member.", code="not-a-member")
    device = _acting_device(roster, entry.actor_user, entry.actor_device, lists)
    _verify(signed, device, Entry)


def _acting_device(
    roster: Roster, user: bytes, device: bytes, lists: Mapping[UserId, DeviceList]
) -> DeviceEntry:
    member = roster.members[UserId(user)]
    listed = lists.get(member.user)
    if listed is None or listed.user != member.user:
        raise GhostMemberError("The device list of the author of an entry is missing.")
    stated = (member.list_seq, member.list_head, member.user_key)
    head = rules.record_hash(codec.encode(listed))
    shown = (listed.seq, head, rules.key_digest(codec.encode(listed.user_key)))
    if stated != shown:
        raise GhostMemberError("The author's device list is not the one the membership states.")
    found = find_device(listed, device)
    if found is None:
        raise ForgedError("An entry names a device that its author does not have.")
    return found


def _verify(signed: bytes, device: DeviceEntry, kind: type[Entry | Genesis]) -> None:
    signatures.verify(signed, device.signing, kind, signer=device.device, limit=MAX_LOG_ENTRY_BYTES)


def _check_history(roster: Roster, entry: Entry, body: bytes) -> None:
    """Called for signed entries only: a second one for the same place proves two histories."""
    same_place = entry.seq == roster.seq and not hmac.compare_digest(
        rules.entry_hash(body), roster.head
    )
    other_past = entry.seq == roster.seq + 1 and not hmac.compare_digest(entry.prev, roster.head)
    if same_place or other_past:
        raise LogForkError("Two different membership logs of this space exist.")


def _check_newer(entry: Entry, newer: Sequence[DeviceList]) -> None:
    """The lists at hand end with the one that the entry states, of the person it names."""
    if not newer:
        raise GhostMemberError("A change of devices came without the new device list.")
    last = newer[-1]
    head = rules.record_hash(codec.encode(last))
    if (entry.list_seq, entry.list_head) != (last.seq, head) or last.user != entry.subject:
        raise GhostMemberError("The new device list is not the one the entry states.")


def _check_rekeyed(entry: Entry, older: DeviceList | None, last: DeviceList) -> None:
    if rules.key_digest(codec.encode(last.user_key)) != entry.user_key:
        raise KeySubstitutedError("A renewed list has another user key than the entry states.")
    if older is None:
        raise GhostMemberError("The device list of the person renewed is missing.")
    _check_cut(entry, older, last)


def _check_cut(entry: Entry, older: DeviceList, newer: DeviceList) -> None:
    """Every device that goes is cut off, and no other: else its late messages had no end."""
    kept = {e.device for e in newer.devices if e.device not in newer.revoked}
    gone = {e.device for e in older.devices if e.device not in older.revoked} - kept
    if gone != {cut.device for cut in entry.cut}:
        raise EntryRefusedError("A change of devices does not cut off those that go.", code="cut")


def _raise_named(entry: Entry, error: RefusedError) -> NoReturn:
    """Name a refusal by what the entry tried to do, so that a person understands it."""
    match entry.kind:
        case EntryKind.CLOSE:
            raise ForgedClosingError("A closing that no administrator signed.") from error
        case EntryKind.ADD:
            raise GhostMemberError("A member whom no administrator signed.") from error
        case EntryKind.REKEY:
            raise KeySubstitutedError("A new key that no administrator signed for.") from error
        case (
            EntryKind.REMOVE
            | EntryKind.ROLE
            | EntryKind.DEVICES
            | EntryKind.HISTORY
            | EntryKind.POLICY
            | EntryKind.CONTROLLER
        ):
            raise error
