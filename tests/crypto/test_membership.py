"""The signed log: forged, ghost, forked, reordered, rolled back, and closings nobody signed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import devicelist, membership, signatures
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from protocol.errors import (
    ForgedClosingError,
    ForgedError,
    GhostMemberError,
    KeySubstitutedError,
    LogForkError,
    MalformedError,
    RefusedError,
)
from protocol.ids import DeviceId
from protocol.membership import Cut, Entry, EntryKind, EntryRefusedError, Roster
from protocol.roles import Party, Role
from tests.support.entropy import Seeded
from tests.support.people import (
    ALICE,
    BOB,
    CAROL,
    MALLORY,
    NOW,
    Person,
    entry,
    genesis,
    lists,
)

LISTS = lists(ALICE, BOB, CAROL, MALLORY)
GENESIS, BEGIN = membership.create(genesis(ALICE), ALICE.dsk)
ADD_BOB = entry(
    BEGIN, ALICE, EntryKind.ADD, subject=BOB, role=Role.INVESTIGATOR, party=Party.MEMBER_STATE
)
SIGNED_BOB, WITH_BOB = membership.append(BEGIN, ADD_BOB, ALICE.dsk)
ADD_CAROL = entry(
    WITH_BOB, ALICE, EntryKind.ADD, subject=CAROL, role=Role.PROSECUTOR, party=Party.EPPO
)
SIGNED_CAROL, WITH_CAROL = membership.append(WITH_BOB, ADD_CAROL, ALICE.dsk)
CLOSE = entry(WITH_CAROL, ALICE, EntryKind.CLOSE)
SIGNED_CLOSE, CLOSED = membership.append(WITH_CAROL, CLOSE, ALICE.dsk)
LOG = (SIGNED_BOB, SIGNED_CAROL, SIGNED_CLOSE)


def _sign(wrong: Entry, by: Person) -> bytes:
    return signatures.sign(by.dsk, wrong.actor_device, wrong)


def _addition(roster: Roster, actor: Person, subject: Person) -> Entry:
    return entry(
        roster,
        actor,
        EntryKind.ADD,
        subject=subject,
        role=Role.INVESTIGATOR,
        party=Party.MEMBER_STATE,
    )


def test_i18_everyone_who_follows_the_same_log_sees_the_same_roster() -> None:
    roster = membership.open_log(GENESIS, LISTS)
    for signed in LOG:
        roster = membership.follow(roster, signed, LISTS)

    assert roster == CLOSED
    assert roster.closed
    assert set(roster.members) == {ALICE.user, BOB.user, CAROL.user}
    assert membership.signer_of(SIGNED_BOB) == (ALICE.user, ALICE.device)
    assert membership.signer_of(GENESIS) == (ALICE.user, ALICE.device)


@settings(max_examples=40)
@given(place=st.integers(0, len(SIGNED_BOB) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_in_an_entry_is_refused(place: int, bit: int) -> None:
    altered = bytearray(SIGNED_BOB)
    altered[place] ^= 1 << bit

    with pytest.raises(RefusedError):
        membership.follow(BEGIN, bytes(altered), LISTS)


@settings(max_examples=40)
@given(place=st.integers(0, len(GENESIS) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_in_a_genesis_is_refused(place: int, bit: int) -> None:
    altered = bytearray(GENESIS)
    altered[place] ^= 1 << bit

    with pytest.raises(RefusedError):
        membership.open_log(bytes(altered), LISTS)


@given(st.permutations(range(3)))
def test_i15_a_reordered_log_is_refused(order: list[int]) -> None:
    if order == [0, 1, 2]:
        return

    def _follow() -> None:
        roster = BEGIN
        for index in order:
            roster = membership.follow(roster, LOG[index], LISTS)

    with pytest.raises(RefusedError):
        _follow()


def test_i15_an_entry_left_out_or_repeated_is_refused_as_misplaced() -> None:
    with pytest.raises(EntryRefusedError) as skipped:
        membership.follow(BEGIN, SIGNED_CAROL, LISTS)
    with pytest.raises(EntryRefusedError) as repeated:
        membership.follow(WITH_BOB, SIGNED_BOB, LISTS)
    with pytest.raises(EntryRefusedError) as rolled_back:
        membership.follow(WITH_CAROL, SIGNED_BOB, LISTS)

    assert {error.value.reason for error in (skipped, repeated, rolled_back)} == {"log-broken"}


def test_i15_a_second_history_is_named_as_fork() -> None:
    other = replace(ADD_CAROL, claimed_at=ADD_CAROL.claimed_at + 1)
    onward = replace(CLOSE, prev=b"x" * 32)

    with pytest.raises(LogForkError):
        membership.follow(WITH_CAROL, _sign(other, ALICE), LISTS)
    with pytest.raises(LogForkError):
        membership.follow(WITH_CAROL, _sign(onward, ALICE), LISTS)


def test_a_fork_the_store_makes_up_is_only_a_forgery() -> None:
    other = replace(ADD_CAROL, claimed_at=ADD_CAROL.claimed_at + 1)

    with pytest.raises(GhostMemberError):
        membership.follow(WITH_CAROL, _sign(other, MALLORY), LISTS)


def test_a_member_signed_by_nobody_entitled_is_a_ghost() -> None:
    forged = _addition(WITH_BOB, ALICE, MALLORY)
    by_bob = _addition(WITH_BOB, BOB, MALLORY)
    by_stranger = _addition(WITH_BOB, MALLORY, MALLORY)

    for signed in (_sign(forged, MALLORY), _sign(by_bob, BOB), _sign(by_stranger, MALLORY)):
        with pytest.raises(GhostMemberError):
            membership.follow(WITH_BOB, signed, LISTS)


def test_a_closing_signed_by_nobody_entitled_is_a_forged_closing() -> None:
    by_bob = entry(WITH_CAROL, BOB, EntryKind.CLOSE)
    by_stranger = entry(WITH_CAROL, MALLORY, EntryKind.CLOSE)

    for signed in (_sign(CLOSE, MALLORY), _sign(by_bob, BOB), _sign(by_stranger, MALLORY)):
        with pytest.raises(ForgedClosingError):
            membership.follow(WITH_CAROL, signed, LISTS)


def test_other_entries_without_the_right_or_the_signature_are_refused() -> None:
    removal = entry(WITH_CAROL, ALICE, EntryKind.REMOVE, subject=BOB)
    by_bob = entry(WITH_CAROL, BOB, EntryKind.REMOVE, subject=CAROL)

    with pytest.raises(ForgedError):
        membership.follow(WITH_CAROL, _sign(removal, BOB), LISTS)
    with pytest.raises(EntryRefusedError):
        membership.follow(WITH_CAROL, _sign(by_bob, BOB), LISTS)
    with pytest.raises(EntryRefusedError):
        membership.append(WITH_CAROL, by_bob, BOB.dsk)


def test_an_entry_of_another_space_is_refused() -> None:
    other = replace(genesis(ALICE), claimed_at=NOW + 1)
    _, elsewhere = membership.create(other, ALICE.dsk)

    with pytest.raises(EntryRefusedError, match="another space"):
        membership.follow(elsewhere, SIGNED_BOB, LISTS)


def test_nothing_follows_a_closing() -> None:
    late = _addition(CLOSED, ALICE, MALLORY)

    with pytest.raises(EntryRefusedError, match="closed"):
        membership.follow(CLOSED, _sign(late, ALICE), LISTS)


def test_a_removed_administrator_signs_nothing_any_more() -> None:
    promote = entry(WITH_CAROL, ALICE, EntryKind.ROLE, subject=CAROL, role=Role.ADMINISTRATOR)
    _, two = membership.append(WITH_CAROL, promote, ALICE.dsk)
    _, without = membership.append(
        two, entry(two, CAROL, EntryKind.REMOVE, subject=ALICE), CAROL.dsk
    )

    with pytest.raises(GhostMemberError):
        membership.follow(without, _sign(_addition(without, ALICE, MALLORY), ALICE), LISTS)


def test_the_authors_list_must_be_the_one_the_roster_names() -> None:
    substitute = devicelist.first_list(
        ALICE.user, MALLORY.usk, ALICE.device, MALLORY.dsk.public, MALLORY.dik.public
    )
    other_key = {**LISTS, ALICE.user: devicelist.read_list(substitute, ALICE.user)}
    mixed = {**LISTS, ALICE.user: BOB.listed}
    missing = lists(BOB)

    for given_lists in (other_key, mixed, missing):
        with pytest.raises(GhostMemberError):
            membership.follow(BEGIN, _sign(ADD_BOB, MALLORY), given_lists)
        with pytest.raises(GhostMemberError):
            membership.follow(BEGIN, SIGNED_BOB, given_lists)
        with pytest.raises(GhostMemberError):
            membership.open_log(GENESIS, given_lists)


def test_a_third_country_opens_no_space() -> None:
    with pytest.raises(EntryRefusedError):
        membership.create(genesis(ALICE, Party.THIRD_COUNTRY), ALICE.dsk)


def test_a_genesis_signed_by_another_device_is_forged() -> None:
    signed = signatures.sign(MALLORY.dsk, ALICE.device, genesis(ALICE))

    with pytest.raises(ForgedError):
        membership.open_log(signed, LISTS)


def test_a_genesis_is_no_entry_and_an_entry_no_genesis() -> None:
    with pytest.raises(MalformedError):
        membership.follow(BEGIN, GENESIS, LISTS)
    with pytest.raises(MalformedError):
        membership.open_log(SIGNED_BOB, LISTS)
    with pytest.raises(MalformedError):
        membership.signer_of(ALICE.signed_list)


# --- devices -------------------------------------------------------------------------------------

PHONE = DeviceId(b"alice-2nd-device")
PHONE_DSK = SigningKey.generate(Seeded(60))
PHONE_DIK = IdentityKey.generate(Seeded(61))
TWO = devicelist.add_device(ALICE.signed_list, ALICE.usk, PHONE, PHONE_DSK.public, PHONE_DIK.public)
ONLY_PHONE = devicelist.revoke_device(TWO, ALICE.usk, ALICE.device)


def _announce(
    roster: Roster, signed_list: bytes, device: DeviceId, gone: tuple[DeviceId, ...] = ()
) -> Entry:
    listed = devicelist.read_list(signed_list, ALICE.user)
    cut = tuple(Cut(version=1, device=one, sender_seq=5, head=bytes(32)) for one in gone)
    return replace(
        entry(roster, ALICE, EntryKind.DEVICES, subject=ALICE, cut=cut),
        actor_device=device,
        list_seq=listed.seq,
        list_head=devicelist.list_head(signed_list),
    )


def _announced(roster: Roster, old: bytes, new: bytes, device: DeviceId, key: SigningKey) -> Roster:
    older, newer = devicelist.read_list(old, ALICE.user), devicelist.read_list(new, ALICE.user)
    gone = tuple(DeviceId(one) for one in newer.revoked if one not in older.revoked)
    change = _announce(roster, new, device, gone)
    given_lists = {ALICE.user: older}
    signed = signatures.sign(key, device, change)
    return membership.follow(roster, signed, given_lists, newer=(newer,))


def test_a_new_device_is_announced_by_an_old_one_and_may_then_act() -> None:
    after = _announced(BEGIN, ALICE.signed_list, TWO, ALICE.device, ALICE.dsk)
    now_listed = {ALICE.user: devicelist.read_list(TWO, ALICE.user)}
    act = replace(_addition(after, ALICE, BOB), actor_device=PHONE)
    signed = signatures.sign(PHONE_DSK, PHONE, act)

    assert after.members[ALICE.user].list_seq == 2
    assert BOB.user in membership.follow(after, signed, now_listed).members
    early = replace(act, seq=1, prev=BEGIN.head)
    with pytest.raises(GhostMemberError):  # not yet stated by the log
        membership.follow(BEGIN, signatures.sign(PHONE_DSK, PHONE, early), now_listed)


def test_a_device_does_not_announce_itself() -> None:
    with pytest.raises(ForgedError):
        _announced(BEGIN, ALICE.signed_list, TWO, PHONE, PHONE_DSK)


def test_a_revoked_device_never_signs() -> None:
    two = _announced(BEGIN, ALICE.signed_list, TWO, ALICE.device, ALICE.dsk)
    one = _announced(two, TWO, ONLY_PHONE, PHONE, PHONE_DSK)
    now_listed = {ALICE.user: devicelist.read_list(ONLY_PHONE, ALICE.user)}

    with pytest.raises(GhostMemberError):
        membership.follow(one, _sign(_addition(one, ALICE, BOB), ALICE), now_listed)
    with pytest.raises(ForgedClosingError):
        membership.follow(one, _sign(entry(one, ALICE, EntryKind.CLOSE), ALICE), now_listed)


def test_a_change_of_devices_needs_the_list_it_states_under_the_same_user_key() -> None:
    change = _announce(BEGIN, TWO, ALICE.device)
    signed = signatures.sign(ALICE.dsk, ALICE.device, change)
    by_mallory = replace(devicelist.read_list(TWO, ALICE.user), user_key=MALLORY.usk.public)
    forged_list = signatures.sign(MALLORY.usk, ALICE.user, by_mallory)
    forged_change = replace(change, list_head=devicelist.list_head(forged_list))
    signed_forged = signatures.sign(ALICE.dsk, ALICE.device, forged_change)

    with pytest.raises(GhostMemberError):
        membership.follow(BEGIN, signed, LISTS)
    with pytest.raises(GhostMemberError):
        membership.follow(BEGIN, signed, LISTS, newer=(ALICE.listed,))
    with pytest.raises(KeySubstitutedError):
        membership.follow(BEGIN, signed_forged, LISTS, newer=(by_mallory,))


def test_nobody_changes_the_devices_of_another() -> None:
    by_bob = replace(
        _announce(WITH_BOB, TWO, BOB.device), actor_user=BOB.user, actor_device=BOB.device
    )

    with pytest.raises(EntryRefusedError):
        membership.follow(WITH_BOB, _sign(by_bob, BOB), LISTS)


def test_a_device_that_goes_is_cut_off_by_the_entry_that_says_so() -> None:
    two = _announced(BEGIN, ALICE.signed_list, TWO, ALICE.device, ALICE.dsk)
    silent = _announce(two, ONLY_PHONE, PHONE)
    listed = {ALICE.user: devicelist.read_list(TWO, ALICE.user)}
    newer = (devicelist.read_list(ONLY_PHONE, ALICE.user),)

    with pytest.raises(EntryRefusedError):
        membership.follow(two, signatures.sign(PHONE_DSK, PHONE, silent), listed, newer=newer)
    one = _announced(two, TWO, ONLY_PHONE, PHONE, PHONE_DSK)
    assert one.revoked == {ALICE.device: 5}


def test_devices_that_came_and_went_between_two_entries_are_followed_by_their_chain() -> None:
    third = DeviceId(b"third device ..?")
    three = devicelist.add_device(TWO, ALICE.usk, third, PHONE_DSK.public, PHONE_DIK.public)
    change = _announce(BEGIN, three, ALICE.device)
    signed = signatures.sign(ALICE.dsk, ALICE.device, change)
    chain = [devicelist.read_list(data, ALICE.user) for data in (TWO, three)]

    assert membership.follow(BEGIN, signed, LISTS, newer=chain).members[ALICE.user].list_seq == 3
    with pytest.raises(ForgedError):
        membership.follow(BEGIN, signed, LISTS, newer=chain[1:])
