"""A person without a device: what the user key opens at the store, and that nothing else does."""

from __future__ import annotations

import dataclasses

import httpx
import msgspec

from crypto import devicelist, recovery, signatures
from protocol import codec
from protocol.api import paths
from protocol.api.accounts import ChallengeReply, DeviceListReply, User
from protocol.api.recoveries import RecoverRequest, RecoveryListRequest
from protocol.devicelist import DeviceEntry
from protocol.limits import CHALLENGE_SECONDS
from protocol.receipts import Login
from protocol.recovery import RecoveryProof
from tests.centralstore.client import Device, enrolled, read, refused, wire
from tests.support.people import Person, make_person
from tests.support.store import StoreHandle

NOTHING = bytes(32)


def nonce(http: httpx.Client) -> bytes:
    return read(http.post(paths.CHALLENGES), ChallengeReply).nonce


def proof(store: StoreHandle, http: httpx.Client, who: Person, subject: bytes = NOTHING) -> bytes:
    certificate = bytes.fromhex(store.fingerprint)
    return recovery.prove(who.root, who.user, nonce(http), certificate, subject)


def ask(http: httpx.Client, signed: bytes) -> httpx.Response:
    body = RecoveryListRequest(proof=signed)
    return http.post(paths.RECOVERY_LISTS, content=msgspec.json.encode(body))


def hand_in(http: httpx.Client, signed: bytes, following: bytes) -> httpx.Response:
    body = RecoverRequest(proof=signed, device_list=following)
    return http.post(paths.RECOVERIES, content=msgspec.json.encode(body))


def following(who: Person, name: str) -> bytes:
    """The list after the present one, with the device of `name`."""
    other = make_person(name)
    entry = DeviceEntry(
        version=1,
        device=other.device,
        signing=other.dsk.public,
        identity=other.dik.public,
        added_seq=1,
    )
    return devicelist.restore_device(who.signed_list, who.usk, entry, (who.device,))


def restored(store: StoreHandle, lost: Device, name: str) -> Device:
    """Recover on a new device; signed in."""
    signed = following(lost.person, name)
    other = make_person(name)
    device = Device(store, lost.person, wire(store))
    subject = devicelist.list_head(signed)
    answer = hand_in(device.http, proof(store, device.http, lost.person, subject), signed)
    assert read(answer, User).id == lost.person.user
    device.person = dataclasses.replace(
        lost.person, device=other.device, dsk=other.dsk, dik=other.dik, signed_list=signed
    )
    assert device.sign_in().status_code == 201
    return device


def test_the_user_key_alone_reads_the_list_and_hands_in_the_next(store: StoreHandle) -> None:
    ana = enrolled(store, "rec1")

    with wire(store) as http:
        listed = read(ask(http, proof(store, http, ana.person)), DeviceListReply).device_list
    new = restored(store, ana, "rec1-new")

    assert listed == ana.person.signed_list
    assert refused(ana.ask("GET", paths.USERS)) == (401, "not-signed-in")
    assert ana.sign_in().status_code == 403
    assert new.ask("GET", paths.USERS).status_code == 200


def test_a_lost_answer_can_be_fetched_again(store: StoreHandle) -> None:
    ana = enrolled(store, "rec2").person
    signed = following(ana, "rec2-new")
    subject = devicelist.list_head(signed)

    with wire(store) as http:
        first = read(hand_in(http, proof(store, http, ana, subject), signed), User)
        again = read(hand_in(http, proof(store, http, ana, subject), signed), User)

    assert first == again


def test_whatever_is_wrong_the_answer_is_the_same(own_store: StoreHandle) -> None:
    store = own_store
    ana, eve = enrolled(store, "rec3").person, make_person("nobody")
    signed = following(ana, "rec3-new")
    subject = devicelist.list_head(signed)
    certificate = bytes.fromhex(store.fingerprint)
    with wire(store) as http:
        fresh = nonce(http)
        login = Login(version=1, device=ana.device, nonce=fresh, certificate=certificate)
        spent = proof(store, http, ana)
        assert ask(http, spent).status_code == 200
        old = nonce(http)
        assert store.clock is not None
        store.clock.advance(CHALLENGE_SECONDS + 1)

        def made(**changes: bytes) -> bytes:
            given = {"root": ana.root, "user": ana.user, "nonce": nonce(http)}
            given |= {"certificate": certificate, "subject": NOTHING} | changes
            return recovery.prove(**given)

        asked = [
            made(root=eve.root),
            made(user=eve.user),
            made(certificate=bytes(32)),
            made(nonce=bytes(32)),
            made(nonce=old),
            made(subject=subject),
            spent,
            b"",
            signatures.sign(ana.usk, ana.user, login),
            signatures.sign(ana.dsk, ana.user, codec_proof(ana, nonce(http), certificate)),
        ]
        answers = [ask(http, one) for one in asked]
        answers += [
            hand_in(http, made(), signed),
            hand_in(http, made(subject=subject, root=eve.root), signed),
            hand_in(http, made(subject=subject), b"nothing"),
            hand_in(http, made(subject=devicelist.list_head(eve.signed_list)), eve.signed_list),
        ]

    assert {refused(answer) for answer in answers} == {(403, "forged")}
    assert len({answer.content for answer in answers}) == 1


def codec_proof(who: Person, fresh: bytes, certificate: bytes) -> RecoveryProof:
    return RecoveryProof(
        version=1, user=who.user, nonce=fresh, certificate=certificate, subject=NOTHING
    )


def test_only_the_direct_successor_is_taken(store: StoreHandle) -> None:
    ana = enrolled(store, "rec4").person
    once = following(ana, "rec4-new")
    twice = devicelist.revoke_device(once, ana.usk, make_person("rec4-new").device)
    skipped = devicelist.read_list(twice, ana.user)
    dropping = msgspec.structs.replace(devicelist.read_list(once, ana.user), revoked=())

    with wire(store) as http:
        for signed in (twice, signatures.sign(ana.usk, ana.user, dropping)):
            subject = devicelist.list_head(signed)
            answer = hand_in(http, proof(store, http, ana, subject), signed)
            assert refused(answer) == (403, "forged")
        again = read(ask(http, proof(store, http, ana)), DeviceListReply).device_list

    assert skipped.seq == 3
    assert again == ana.signed_list


def test_another_persons_user_key_opens_nothing(store: StoreHandle) -> None:
    ana, bea = enrolled(store, "rec5").person, enrolled(store, "rec6").person
    certificate = bytes.fromhex(store.fingerprint)

    with wire(store) as http:
        other = recovery.prove(bea.root, ana.user, nonce(http), certificate, NOTHING)

        assert refused(ask(http, other)) == (403, "forged")


def test_the_record_is_signed_under_its_own_label(store: StoreHandle) -> None:
    ana = make_person("label")
    signed = recovery.prove(ana.root, ana.user, bytes(32), bytes(32), NOTHING)

    assert signatures.verify(signed, ana.usk.public, RecoveryProof).user == ana.user
    assert codec.encode(codec_proof(ana, bytes(32), bytes(32))) == signatures.parse(signed).body
