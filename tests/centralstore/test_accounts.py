from __future__ import annotations

import msgspec
import pytest

from crypto import signatures
from protocol.api import paths
from protocol.api.accounts import (
    ChallengeReply,
    DeviceListReply,
    PrekeyCount,
    ServerReply,
    User,
    UsersReply,
)
from protocol.limits import INVITATION_SECONDS, SESSION_SECONDS
from protocol.receipts import Login
from tests.centralstore.client import (
    Device,
    enrolled,
    enrolment,
    known_as,
    read,
    refused,
    wire,
)
from tests.support.store import Clock, StoreHandle


def test_a_stranger_learns_who_answers_and_nothing_else(store: StoreHandle) -> None:
    with wire(store) as http:
        reply = read(http.get(paths.SERVER), ServerReply)

        assert reply.product == "jitstore"
        assert len(reply.store_key) == 32
        for path in (paths.USERS, paths.SPACES, paths.MAILBOX, paths.PREKEYS):
            assert refused(http.get(path)) == (401, "not-signed-in")


def test_an_invitation_enrols_once_and_the_lost_answer_can_be_fetched_again(
    store: StoreHandle,
) -> None:
    text = store.invite("Beatriz")
    person = known_as(text, "beatriz")
    body = msgspec.json.encode(enrolment(text, person))
    with wire(store) as http:
        first = read(http.post(paths.ENROLMENTS, content=body), User)
        again = read(http.post(paths.ENROLMENTS, content=body), User)
        other = msgspec.json.encode(enrolment(text, known_as(text, "thief")))

        assert first == again
        assert first.id == person.user
        assert refused(http.post(paths.ENROLMENTS, content=other)) == (403, "invitation")


def test_a_wrong_code_an_unknown_user_and_an_expired_code_answer_alike(
    own_store: StoreHandle,
) -> None:
    text = own_store.invite("Carla")
    good = enrolment(text, known_as(text, "carla"))
    wrong = msgspec.structs.replace(good, code=bytes(16))
    stranger = msgspec.structs.replace(good, user=bytes(16))
    clock = own_store.clock
    assert clock is not None
    with wire(own_store) as http:
        answers = [
            http.post(paths.ENROLMENTS, content=msgspec.json.encode(body))
            for body in (wrong, stranger)
        ]
        clock.advance(INVITATION_SECONDS + 1)
        answers.append(http.post(paths.ENROLMENTS, content=msgspec.json.encode(good)))

    assert {refused(answer) for answer in answers} == {(403, "invitation")}
    assert len({answer.content for answer in answers}) == 1


def test_a_list_that_its_user_key_did_not_sign_does_not_enrol(store: StoreHandle) -> None:
    text = store.invite("Dora")
    person, other = known_as(text, "dora"), known_as(text, "other-dora")
    stolen = signatures.sign(other.usk, person.user, person.listed)
    body = msgspec.structs.replace(enrolment(text, person), device_list=stolen)
    with wire(store) as http:
        answer = http.post(paths.ENROLMENTS, content=msgspec.json.encode(body))

    assert refused(answer) == (403, "forged")


def test_sign_in_needs_the_certificate_that_the_store_really_has(store: StoreHandle) -> None:
    device = enrolled(store, "eva")

    assert refused(device.sign_in(certificate=bytes(32))) == (403, "forged")


def test_a_login_signs_in_once(store: StoreHandle) -> None:
    device = enrolled(store, "fay")
    nonce = read(device.http.post(paths.CHALLENGES), ChallengeReply).nonce
    login = Login(
        version=1,
        device=device.person.device,
        nonce=nonce,
        certificate=bytes.fromhex(store.fingerprint),
    )
    signed = signatures.sign(device.person.dsk, device.person.device, login)

    assert device.sign_in_with(signed).status_code == 201
    assert refused(device.sign_in_with(signed)) == (403, "forged")


def test_another_key_does_not_sign_in_for_a_device(store: StoreHandle) -> None:
    device = enrolled(store, "gia")
    nonce = read(device.http.post(paths.CHALLENGES), ChallengeReply).nonce
    login = Login(
        version=1,
        device=device.person.device,
        nonce=nonce,
        certificate=bytes.fromhex(store.fingerprint),
    )

    forged = signatures.sign(device.person.usk, device.person.device, login)

    assert refused(device.sign_in_with(forged)) == (403, "forged")


def test_a_session_ends_by_time_and_by_signing_out(own_store: StoreHandle) -> None:
    device = enrolled(own_store, "hana")
    assert isinstance(own_store.clock, Clock)

    assert device.ask("GET", paths.USERS).status_code == 200
    assert device.ask("DELETE", paths.CURRENT_SESSION).status_code == 204
    assert refused(device.ask("GET", paths.USERS)) == (401, "not-signed-in")
    device.sign_in()
    own_store.clock.advance(SESSION_SECONDS + 1)
    assert refused(device.ask("GET", paths.USERS)) == (401, "not-signed-in")


def test_the_directory_shows_the_enrolled_only(store: StoreHandle) -> None:
    ines = enrolled(store, "ines", "ES", "eppo")
    store.invite("Not Yet")

    users = read(ines.ask("GET", paths.USERS), UsersReply).users

    assert "Not Yet" not in {user.name for user in users}
    mine = next(user for user in users if user.id == ines.person.user)
    assert (mine.name, mine.country, mine.party.value) == ("ines", "ES", "eppo")
    path = paths.device_list(ines.person.user)
    assert read(ines.ask("GET", path), DeviceListReply).device_list == ines.person.signed_list


def test_one_time_keys_seen_before_are_not_taken_in_again(store: StoreHandle) -> None:
    device = enrolled(store, "jana")
    count = read(device.ask("GET", paths.PREKEYS), PrekeyCount)
    bundle = device.person.bundle()
    upload = msgspec.structs.replace(
        enrolment(store.invite("x"), device.person).prekeys, signed=bundle.signed
    )

    assert read(device.ask("PUT", paths.PREKEYS, upload), PrekeyCount) == count
    assert (count.one_time, count.kems) == (1, 1)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/spaces/zz", "/v2/server", "/v1/spaces/" + "0" * 32]
)
def test_what_does_not_exist_is_a_problem_of_the_same_words(store: StoreHandle, path: str) -> None:
    device = Device(store, enrolled(store, f"kim{path}").person, wire(store))

    assert refused(device.http.get(path)) == (404, "not-found")


def test_every_answer_is_hardened_and_carries_no_banner(store: StoreHandle) -> None:
    with wire(store) as http:
        for answer in (http.get(paths.SERVER), http.get("/nothing"), http.put(paths.SERVER)):
            assert answer.headers["strict-transport-security"].startswith("max-age=")
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert answer.headers["server"] == ""
