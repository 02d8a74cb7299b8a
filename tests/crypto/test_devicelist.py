"""Device lists: whose they are, that they are whole, that they only go forward."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import devicelist, signatures
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from protocol import codec
from protocol.devicelist import DeviceList, check_successor
from protocol.errors import (
    BugError,
    ForgedError,
    GhostMemberError,
    KeySubstitutedError,
    LogRollbackError,
    MalformedError,
    RefusedError,
)
from protocol.ids import DeviceId
from protocol.membership import key_digest, record_hash
from protocol.records import SigningPublic
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, MALLORY

SECOND = DeviceId(b"alice-2nd-device")
DSK = SigningKey.generate(Seeded(50))
DIK = IdentityKey.generate(Seeded(51))
LONGER = devicelist.add_device(ALICE.signed_list, ALICE.usk, SECOND, DSK.public, DIK.public)


def _resigned(listed: DeviceList, key: SigningKey = ALICE.usk) -> bytes:
    return signatures.sign(key, listed.user, listed)


def test_a_first_list_names_its_device_and_verifies_by_its_own_key() -> None:
    listed = devicelist.read_list(
        ALICE.signed_list,
        ALICE.user,
        user_key=ALICE.user_key,
        head=devicelist.list_head(ALICE.signed_list),
    )

    assert (listed.seq, listed.prev, listed.revoked) == (1, bytes(32), ())
    assert [entry.device for entry in listed.devices] == [ALICE.device]
    assert listed.devices[0].identity == ALICE.dik.public
    assert devicelist.list_head(ALICE.signed_list) == record_hash(codec.encode(listed))


@given(place=st.integers(0, len(ALICE.signed_list) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused(place: int, bit: int) -> None:
    altered = bytearray(ALICE.signed_list)
    altered[place] ^= 1 << bit

    with pytest.raises(RefusedError):
        devicelist.read_list(bytes(altered), ALICE.user)


def test_another_persons_list_is_refused() -> None:
    posing = signatures.sign(ALICE.usk, ALICE.user, replace(ALICE.listed, user=BOB.user))

    for wrong in (BOB.signed_list, posing):
        with pytest.raises(ForgedError):
            devicelist.read_list(wrong, ALICE.user)


def test_a_list_under_another_user_key_is_named_as_substitution() -> None:
    forged = devicelist.first_list(
        ALICE.user, MALLORY.usk, ALICE.device, MALLORY.dsk.public, MALLORY.dik.public
    )

    assert devicelist.read_list(forged, ALICE.user).user_key == MALLORY.usk.public
    with pytest.raises(KeySubstitutedError):
        devicelist.read_list(forged, ALICE.user, user_key=ALICE.user_key)


def test_a_list_that_names_alices_key_but_is_signed_by_another_is_forged() -> None:
    forged = _resigned(ALICE.listed, MALLORY.usk)

    with pytest.raises(ForgedError):
        devicelist.read_list(forged, ALICE.user, user_key=ALICE.user_key)


def test_a_list_the_log_does_not_state_is_refused_though_well_signed() -> None:
    with pytest.raises(GhostMemberError):
        devicelist.read_list(
            LONGER,
            ALICE.user,
            user_key=ALICE.user_key,
            head=devicelist.list_head(ALICE.signed_list),
        )


def test_a_device_is_added_and_revoked_by_the_user_key() -> None:
    older, newer = ALICE.listed, devicelist.read_list(LONGER, ALICE.user)
    shorter = devicelist.revoke_device(LONGER, ALICE.usk, ALICE.device)
    last = devicelist.read_list(shorter, ALICE.user)

    check_successor(older, newer)
    check_successor(newer, last)
    assert (newer.seq, last.seq) == (2, 3)
    assert devicelist.find_device(newer, ALICE.device) is not None
    assert devicelist.find_device(last, ALICE.device) is None
    assert devicelist.find_device(last, SECOND) == newer.devices[1]


def test_only_the_listed_user_key_extends_a_list_and_no_device_returns() -> None:
    revoked = devicelist.revoke_device(LONGER, ALICE.usk, SECOND)
    with pytest.raises(BugError):
        devicelist.revoke_device(LONGER, MALLORY.usk, SECOND)
    with pytest.raises(BugError):
        devicelist.revoke_device(LONGER, ALICE.usk, BOB.device)
    for known in (revoked, LONGER):
        with pytest.raises(BugError):
            devicelist.add_device(known, ALICE.usk, SECOND, DSK.public, DIK.public)


def test_a_device_with_an_unfit_key_is_never_listed() -> None:
    with pytest.raises(MalformedError):
        devicelist.add_device(ALICE.signed_list, ALICE.usk, SECOND, DSK.public, bytes(32))


def test_a_successor_never_goes_back_or_exchanges_keys() -> None:
    older, newer = ALICE.listed, devicelist.read_list(LONGER, ALICE.user)
    swapped = replace(newer.devices[0], identity=DIK.public)
    for wrong, error in (
        (older, LogRollbackError),
        (replace(newer, user_key=MALLORY.usk.public), KeySubstitutedError),
        (replace(newer, seq=3), ForgedError),
        (replace(older, seq=3, prev=newer.prev), ForgedError),
        (replace(newer, prev=b"x" * 32), ForgedError),
        (replace(newer, devices=(swapped, newer.devices[1])), ForgedError),
        (
            replace(newer, devices=(*older.devices, replace(newer.devices[1], added_seq=1))),
            ForgedError,
        ),
    ):
        with pytest.raises(error):
            check_successor(older, wrong)
    gone = devicelist.read_list(devicelist.revoke_device(LONGER, ALICE.usk, SECOND), ALICE.user)
    forgetful = replace(gone, seq=4, prev=record_hash(codec.encode(gone)), revoked=())
    with pytest.raises(ForgedError):
        check_successor(gone, forgetful)
    silent = replace(gone, seq=3, prev=record_hash(codec.encode(newer)), revoked=())
    with pytest.raises(ForgedError):
        check_successor(newer, silent)


def test_a_list_of_impossible_shape_is_refused_though_signed() -> None:
    listed = ALICE.listed
    (device,) = listed.devices
    weak = SigningPublic(version=1, ed=bytes(32), mldsa=DSK.public.mldsa)
    for wrong in (
        replace(listed, devices=(device, device)),
        replace(listed, revoked=(device.device,)),
        replace(listed, seq=0),
        replace(listed, seq=0, prev=b"p" * 32, devices=()),
        replace(listed, devices=(replace(device, added_seq=0),)),
        replace(listed, seq=2),
        replace(listed, prev=b"p" * 32),
        replace(listed, devices=(replace(device, added_seq=2),)),
        replace(listed, devices=(replace(device, signing=weak),)),
        replace(listed, devices=(replace(device, identity=bytes(32)),)),
        replace(listed, devices=(replace(device, identity=b"\xff" * 32),)),
    ):
        with pytest.raises(MalformedError):
            devicelist.read_list(_resigned(wrong), ALICE.user)


def test_the_digest_covers_both_halves_of_the_user_key() -> None:
    mixed = replace(ALICE.usk.public, mldsa=MALLORY.usk.public.mldsa)

    assert key_digest(codec.encode(mixed)) != ALICE.user_key


def test_a_device_that_is_listed_and_revoked_counts_as_revoked() -> None:
    both = replace(ALICE.listed, revoked=(ALICE.device,))

    assert devicelist.find_device(ALICE.listed, ALICE.device) is not None
    assert devicelist.find_device(both, ALICE.device) is None
