"""Device lists: chained, kept for ever by their hash, in force at once (70-store.md §3)."""

from __future__ import annotations

import hashlib

import httpx
import pytest
from msgspec.structs import replace

from crypto import devicelist, signatures
from protocol.api import paths
from protocol.api.accounts import Bundle, DeviceListReply, OwnDevicesReply
from protocol.api.spaces import MailboxReply
from protocol.devicelist import DeviceList
from tests.centralstore.client import Device, enrolled, linked, prekeys_of, read, refused
from tests.centralstore.team import message, open_space, team_of
from tests.support import people
from tests.support.store import StoreHandle


def shown(by: Device, whose: Device, head: bytes | None = None) -> httpx.Response:
    return by.ask("GET", paths.device_list(whose.person.user, head))


def waiting(device: Device) -> list[bytes]:
    page = read(device.ask("GET", paths.MAILBOX), MailboxReply)
    return [delivery.message for delivery in page.deliveries]


def resigned(device: Device, **changes: object) -> bytes:
    """The next list of a person as `devicelist` would never make it."""
    person = device.person
    head = devicelist.list_head(person.signed_list)
    following = replace(person.listed, **{"seq": person.listed.seq + 1, "prev": head, **changes})
    return signatures.sign(person.usk, person.user, following)


def test_a_member_links_a_device_and_the_log_s_list_stays_to_be_had(store: StoreHandle) -> None:
    _, (al, bea) = team_of(store, "al30", "bea30")
    first = bea.person.signed_list

    laptop = linked(bea, "bea30-laptop")

    assert read(shown(al, bea), DeviceListReply).device_list == laptop.person.signed_list
    old = devicelist.list_head(first)
    assert read(shown(al, bea, old), DeviceListReply).device_list == first
    new = devicelist.list_head(laptop.person.signed_list)
    assert read(shown(al, bea, new), DeviceListReply).device_list == laptop.person.signed_list


def test_a_list_that_never_was_and_a_stranger_s_answer_alike(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al31"), enrolled(store, "bea31")
    of_another = devicelist.list_head(al.person.signed_list)
    path = f"{paths.device_list(bea.person.user)}?head="

    answers = [shown(al, bea, bytes(32)), shown(al, bea, of_another)]
    answers += [al.ask("GET", path + text) for text in ("", "00", "G" * 64, "AB" * 32)]

    assert {refused(answer) for answer in answers} == {(404, "not-found")}
    assert len({answer.content for answer in answers}) == 1


def test_any_listed_device_hands_in_the_next_list_and_a_repetition_is_no_error(
    store: StoreHandle,
) -> None:
    al = enrolled(store, "al32")
    laptop = linked(al, "al32-laptop")
    desk = linked(laptop, "al32-desk")

    again = laptop.hand_in(laptop.person.signed_list)

    assert read(again, DeviceListReply).device_list == desk.person.signed_list


def test_a_list_follows_the_last_one_by_its_rules(store: StoreHandle) -> None:
    al, mallory = enrolled(store, "al33"), people.make_person("mallory33")
    laptop = linked(al, "al33-laptop")
    listed = al.person.listed
    mine, other = listed.devices
    skipping, misplaced = resigned(al, seq=4), resigned(al, prev=bytes(32))
    exchanged = resigned(al, devices=(mine, replace(other, signing=mallory.dsk.public)))
    silent = resigned(al, devices=(mine,))
    borrowed = resigned(al, user_key=mallory.usk.public)
    shorter = signatures.peek(
        devicelist.revoke_device(al.person.signed_list, al.person.usk, laptop.person.device),
        DeviceList,
    )
    foreign = signatures.sign(mallory.usk, al.person.user, shorter)

    for wrong in (skipping, misplaced, exchanged, silent, borrowed, foreign):
        assert refused(al.hand_in(wrong)) == (403, "forged")
    assert refused(al.hand_in(resigned(al))) == (409, "conflict"), "it changes nothing"
    back = resigned(al, revoked=(other.device,))
    assert refused(al.hand_in(back)) == (400, "malformed")
    kept = read(shown(al, al), DeviceListReply).device_list
    assert kept == laptop.person.signed_list


def test_nobody_takes_himself_off_or_writes_another_s_list(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al34"), enrolled(store, "bea34")
    laptop = linked(al, "al34-laptop")
    suicide = devicelist.revoke_device(al.person.signed_list, al.person.usk, al.person.device)
    request = prekeys_of(bea.person)

    assert refused(al.hand_in(suicide)) == (403, "forged")
    path = paths.device_list(al.person.user)
    assert refused(bea.ask("PUT", path, request)) == (400, "malformed")
    body = read(shown(bea, al), DeviceListReply)
    assert refused(bea.ask("PUT", path, body)) == (404, "not-found")
    assert laptop.hand_in(suicide).is_success, "another device may"


def test_a_device_id_belongs_to_one_person_for_good(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al35"), enrolled(store, "bea35")
    person, hers = al.person, bea.person
    stolen = devicelist.add_device(
        person.signed_list, person.usk, hers.device, hers.dsk.public, hers.dik.public
    )

    assert refused(al.hand_in(stolen)) == (409, "conflict")
    assert bea.ask("GET", paths.SPACES).is_success


def test_a_revoked_device_receives_nothing_more(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al36", "bea36")
    laptop = linked(bea, "bea36-laptop")
    path = paths.messages(team.space)
    both = message(team.space, al, bea, laptop)
    al.ask("POST", path, both)
    assert waiting(laptop) == waiting(bea) == [both.message]

    assert bea.revoke(laptop).is_success

    for method, route in (("GET", paths.MAILBOX), ("GET", paths.SPACES), ("GET", paths.EVENTS)):
        assert refused(laptop.ask(method, route)) == (401, "not-signed-in")
    assert refused(laptop.sign_in()) == (403, "forged")
    bundle = al.ask("POST", paths.bundle(team.space, laptop.person.device))
    assert refused(bundle) == (404, "not-found")
    assert waiting(bea) == [both.message]


def test_senders_who_do_not_know_yet_are_not_held_up(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al37", "bea37")
    laptop = linked(bea, "bea37-laptop")
    bea.revoke(laptop)
    path = paths.messages(team.space)
    both, alone = message(team.space, al, bea, laptop), message(team.space, al, laptop)

    assert al.ask("POST", path, both).status_code == 201
    assert al.ask("POST", path, alone).status_code == 201
    assert al.ask("POST", path, both).status_code == 201, "and again after a lost answer"

    assert waiting(bea) == [both.message]


@pytest.mark.embedded
def test_what_was_kept_for_a_revoked_device_is_erased(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al38", "bea38")
    laptop = linked(bea, "bea38-laptop")
    for_it, for_both = message(team.space, al, laptop), message(team.space, al, bea, laptop)
    marker, other = b"ONLY-FOR-THE-LAPTOP" * 3, b"FOR-BOTH-OF-THEM" * 3
    al.ask("POST", paths.messages(team.space), replace(for_it, body=marker))
    al.ask("POST", paths.messages(team.space), replace(for_both, body=other))
    prekey, spk = prekeys_of(laptop.person).one_time[0].key, laptop.person.spk.public
    session = hashlib.sha256(laptop.token.encode()).digest()

    bea.revoke(laptop)
    late = message(team.space, al, laptop, body=b"TOO-LATE-FOR-THE-LAPTOP" * 3)
    assert al.ask("POST", paths.messages(team.space), late).status_code == 201

    own_store.stop()
    kept = (own_store.data_dir / "store.db").read_bytes()
    for gone in (
        late.body,
        *late.envelopes,
        session,
        marker,
        prekey,
        spk,
        *for_it.envelopes,
        for_both.envelopes[1],
    ):
        assert gone not in kept
    assert other in kept
    assert for_both.envelopes[0] in kept


def test_a_stream_of_a_revoked_device_ends(store: StoreHandle) -> None:
    al = enrolled(store, "al39")
    laptop = linked(al, "al39-laptop")
    headers = {"Authorization": f"Bearer {laptop.token}"}

    with laptop.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        al.revoke(laptop)
        following = next((line for line in lines if line), None)

    assert following is None, "it ends, and does not even say that something happened"


def test_the_other_own_devices_learn_of_a_new_list(store: StoreHandle) -> None:
    al = enrolled(store, "al40")
    headers = {"Authorization": f"Bearer {al.token}"}

    with al.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        linked(al, "al40-laptop")
        data = next(line for line in lines if line.startswith("data: "))

    assert "directory" in data


def test_a_new_device_is_served_before_the_log_names_it(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al41", "bea41")
    laptop = linked(bea, "bea41-laptop")
    early = message(team.space, al, bea, laptop)

    assert al.ask("POST", paths.messages(team.space), early).status_code == 201

    assert waiting(laptop) == [early.message]
    assert laptop.ask("GET", paths.log(team.space)).is_success
    claimed = al.ask("POST", paths.bundle(team.space, laptop.person.device))
    assert read(claimed, Bundle).device == laptop.person.device


def test_own_devices_are_told_with_their_last_sign_in(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "al42")
    laptop = linked(al, "al42-laptop")
    unseen = people.make_person("al42-unseen")
    person, clock = al.person, own_store.clock
    assert clock is not None
    al.hand_in(
        devicelist.add_device(
            person.signed_list, person.usk, unseen.device, unseen.dsk.public, unseen.dik.public
        )
    )
    before = clock()
    clock.advance(7 * 86_400)
    assert al.sign_in().is_success
    al.revoke(laptop)

    rows = {row.device: row for row in read(al.ask("GET", paths.DEVICES), OwnDevicesReply).devices}

    assert len(rows) == 3
    mine, other, never = (rows[d.device] for d in (al.person, laptop.person, unseen))
    assert mine.last_seen is not None
    assert mine.last_seen >= int(before + 7 * 86_400)
    assert other.last_seen is not None
    assert other.last_seen <= int(before)
    assert (mine.revoked, other.revoked, never.revoked) == (False, True, False)
    assert never.last_seen is None


def test_one_sees_no_other_person_s_devices(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al43", "bea43")
    linked(bea, "bea43-laptop")
    assert open_space(al).space != team.space

    (only,) = read(al.ask("GET", paths.DEVICES), OwnDevicesReply).devices

    assert only.device == al.person.device


def test_a_first_list_is_the_first_of_its_chain(store: StoreHandle) -> None:
    al = enrolled(store, "al44")

    kept = signatures.peek(read(shown(al, al), DeviceListReply).device_list, DeviceList)

    assert (kept.seq, kept.prev) == (1, bytes(32))
