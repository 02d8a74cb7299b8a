"""Somebody let in again with new keys: what the signed entry must come with."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from crypto import devicelist, membership, signatures
from crypto.signatures import SigningKey
from protocol import codec
from protocol.errors import GhostMemberError, KeySubstitutedError
from protocol.ids import DeviceId
from protocol.membership import Cut, Entry, EntryKind, EntryRefusedError, Roster, key_digest
from protocol.roles import Party, Role
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, CAROL, entry, genesis, lists

NEW_KEY = SigningKey.generate(Seeded(700))
NEW_DEVICE = DeviceId(b"bob's new device")
NEW_LIST = devicelist.first_list(BOB.user, NEW_KEY, NEW_DEVICE, BOB.dsk.public, BOB.dik.public)
NEWER = devicelist.read_list(NEW_LIST, BOB.user)
CUT = (Cut(version=1, device=BOB.device, sender_seq=4, head=bytes(32)),)


def _both() -> Roster:
    _, begun = membership.create(genesis(ALICE), ALICE.dsk)
    add = entry(
        begun,
        ALICE,
        EntryKind.ADD,
        subject=BOB,
        role=Role.INVESTIGATOR,
        party=Party.MEMBER_STATE,
    )
    return membership.append(begun, add, ALICE.dsk)[1]


BOTH = _both()


def renewal(**changed: object) -> Entry:
    """Alice lets Bob in again."""
    one = replace(
        entry(BOTH, ALICE, EntryKind.REKEY, subject=BOB, cut=CUT),
        user_key=key_digest(codec.encode(NEW_KEY.public)),
        list_seq=1,
        list_head=devicelist.list_head(NEW_LIST),
    )
    return replace(one, **changed)


def followed(one: Entry, *newer: object) -> Roster:
    """After the entry, as somebody else reads it."""
    signed = signatures.sign(ALICE.dsk, ALICE.device, one)
    return membership.follow(BOTH, signed, lists(ALICE, BOB), newer=newer)  # type: ignore[arg-type]


def test_a_renewal_with_the_list_it_states_is_followed() -> None:
    after = followed(renewal(), NEWER)

    assert after.members[BOB.user].list_head == devicelist.list_head(NEW_LIST)
    assert after.revoked == {BOB.device: 4}


def test_a_renewal_without_its_list_or_with_another_is_refused() -> None:
    with pytest.raises(GhostMemberError):
        followed(renewal())
    with pytest.raises(GhostMemberError):
        followed(renewal(list_head=b"o" * 32), NEWER)
    with pytest.raises(GhostMemberError):
        followed(renewal(list_seq=2), NEWER)
    with pytest.raises(GhostMemberError):
        followed(renewal(), CAROL.listed)


def test_a_renewal_names_a_list_of_the_person_himself() -> None:
    carols = renewal(
        user_key=CAROL.user_key,
        list_seq=CAROL.listed.seq,
        list_head=devicelist.list_head(CAROL.signed_list),
    )

    with pytest.raises(GhostMemberError):
        followed(carols, CAROL.listed)


def test_a_renewal_states_the_key_of_its_list() -> None:
    with pytest.raises(KeySubstitutedError):
        followed(renewal(user_key=b"k" * 32), NEWER)


def test_a_renewal_cuts_off_every_device_before() -> None:
    with pytest.raises(EntryRefusedError):
        followed(renewal(cut=()), NEWER)


def test_a_renewal_needs_the_list_before() -> None:
    signed = signatures.sign(ALICE.dsk, ALICE.device, renewal())

    with pytest.raises(GhostMemberError):
        membership.follow(BOTH, signed, lists(ALICE), newer=(NEWER,))


def test_an_author_is_not_read_by_the_list_of_another() -> None:
    swapped = {ALICE.user: replace(ALICE.listed, user=BOB.user), BOB.user: BOB.listed}
    one = entry(BOTH, ALICE, EntryKind.CLOSE)

    with pytest.raises(GhostMemberError, match="missing"):
        membership._check_author(BOTH, one, signatures.sign(ALICE.dsk, ALICE.device, one), swapped)
