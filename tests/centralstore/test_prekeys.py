"""Prekeys are handed out once each, and nobody drains another (docs/protocol/70-store.md §6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from crypto import signatures
from crypto.keys import IdentityKey, KemKey
from protocol.api import paths
from protocol.api.accounts import Bundle, OneTimeKemKey, OneTimePrekey, PrekeyCount, PrekeyUpload
from protocol.ids import SpaceId
from protocol.limits import CLAIMS_PER_HOUR, ONE_TIME_PREKEYS
from protocol.prekeys import OneTimeKem, SignedPrekeys
from tests.centralstore.client import Device, linked, read, refused
from tests.centralstore.team import open_space, team_of
from tests.support.entropy import Seeded
from tests.support.store import StoreHandle


def stocked(device: Device, count: int) -> Device:
    """Put so many one-time keys of each kind there, beside those of its enrolment."""
    person, random = device.person, Seeded(device.person.name.encode())
    once = tuple(
        OneTimePrekey(id=100 + n, key=IdentityKey.generate(random).public) for n in range(count)
    )
    kems = []
    for n in range(count):
        key = KemKey.generate(random).public
        record = OneTimeKem(version=1, device=person.device, kem_id=100 + n, kem=key)
        signature = signatures.sign_once(person.dsk, record)
        kems.append(OneTimeKemKey(id=100 + n, key=key, signature=signature))
    upload = PrekeyUpload(one_time=once, kems=tuple(kems))
    assert device.ask("PUT", paths.PREKEYS, upload).is_success
    return device


def claim(by: Device, space: SpaceId, of: Device) -> Bundle:
    return read(by.ask("POST", paths.bundle(space, of.person.device)), Bundle)


def left(device: Device) -> PrekeyCount:
    return read(device.ask("GET", paths.PREKEYS), PrekeyCount)


def test_one_member_does_not_drain_another(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al120", "bea120", "cy120")
    stocked(bea, CLAIMS_PER_HOUR + 2)
    before = left(bea)

    bundles = [claim(al, team.space, bea) for _ in range(CLAIMS_PER_HOUR + 5)]

    with_keys = [b for b in bundles if b.one_time is not None and b.kem is not None]
    assert with_keys == bundles[:CLAIMS_PER_HOUR]
    assert all(b.one_time is None and b.kem is None for b in bundles[CLAIMS_PER_HOUR:])
    assert {b.signed for b in bundles} == {bundles[0].signed}, "a session starts all the same"
    assert left(bea).one_time == before.one_time - CLAIMS_PER_HOUR
    assert claim(cy, team.space, bea).one_time is not None, "others are not held up"


def test_neither_another_device_nor_another_space_counts_anew(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al121", "bea121")
    other = open_space(al)
    other.add(bea)
    laptop = linked(al, "al121-laptop")
    stocked(bea, CLAIMS_PER_HOUR + 2)
    for _ in range(CLAIMS_PER_HOUR):
        claim(al, team.space, bea)

    assert claim(laptop, team.space, bea).one_time is None
    assert claim(al, other.space, bea).one_time is None


def test_after_its_share_of_an_hour_one_more_is_had(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al122", "bea122")
    stocked(bea, CLAIMS_PER_HOUR + 9)
    clock = own_store.clock
    assert clock is not None
    for _ in range(CLAIMS_PER_HOUR):
        claim(al, team.space, bea)
    assert claim(al, team.space, bea).one_time is None

    clock.advance(3_600 // CLAIMS_PER_HOUR)

    assert claim(al, team.space, bea).one_time is not None
    assert claim(al, team.space, bea).one_time is None
    own_store.restart()
    assert claim(al, team.space, bea).one_time is None, "a restart forgives nothing"


def test_of_many_claims_at_once_each_key_goes_once(store: StoreHandle) -> None:
    team, claimers = team_of(store, *(f"crowd{n}" for n in range(4)), "bea123")
    *crowd, bea = claimers
    stocked(bea, 11)

    with ThreadPoolExecutor(8) as hands:
        bundles = list(hands.map(lambda n: claim(crowd[n % 4], team.space, bea), range(16)))

    once = [bundle.one_time.id for bundle in bundles if bundle.one_time is not None]
    kems = [bundle.kem.id for bundle in bundles if bundle.kem is not None]
    assert sorted(once) == [4, *range(100, 111)]
    assert sorted(kems) == [3, *range(100, 111)]
    assert left(bea) == PrekeyCount(one_time=0, kems=0)


def test_signed_prekeys_that_rotate_replace_the_old_ones(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al124", "bea124")
    person = bea.person
    old = claim(al, team.space, bea).signed
    fresh = SignedPrekeys(
        version=1,
        device=person.device,
        spk_id=2,
        spk=IdentityKey.generate(Seeded(1)).public,
        kem_id=9,
        kem=KemKey.generate(Seeded(2)).public,
        created=1_800_000_000,
        expires=1_800_600_000,
    )
    signed = signatures.sign(person.dsk, person.device, fresh)
    borrowed = signatures.sign(al.person.dsk, al.person.device, fresh)

    assert refused(al.ask("PUT", paths.PREKEYS, PrekeyUpload(signed=borrowed))) == (403, "forged")
    assert claim(al, team.space, bea).signed == old
    bea.ask("PUT", paths.PREKEYS, PrekeyUpload(signed=signed))
    assert claim(al, team.space, bea).signed == signed
    bea.ask("PUT", paths.PREKEYS, PrekeyUpload())
    assert claim(al, team.space, bea).signed == signed, "an upload without them keeps them"


def test_a_key_id_is_accepted_once_even_when_it_is_spent(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al125", "bea125")
    spent = claim(al, team.space, bea)
    assert spent.one_time is not None
    assert spent.kem is not None
    key = IdentityKey.generate(Seeded(3)).public

    again = PrekeyUpload(
        one_time=(OneTimePrekey(id=spent.one_time.id, key=key),), kems=(spent.kem,)
    )

    assert read(bea.ask("PUT", paths.PREKEYS, again), PrekeyCount) == PrekeyCount(
        one_time=0, kems=0
    )
    assert claim(al, team.space, bea).one_time is None


def test_the_store_keeps_no_endless_stock(store: StoreHandle) -> None:
    _, (bea,) = team_of(store, "bea126")
    keys = [
        tuple(OneTimePrekey(id=1000 * n + m, key=bytes([m]) * 32) for m in range(ONE_TIME_PREKEYS))
        for n in range(1, 3)
    ]

    bea.ask("PUT", paths.PREKEYS, PrekeyUpload(one_time=keys[0]))
    beyond = bea.ask("PUT", paths.PREKEYS, PrekeyUpload(one_time=keys[1]))

    assert refused(beyond) == (413, "limit-exceeded")
    assert left(bea).one_time == 1 + ONE_TIME_PREKEYS
