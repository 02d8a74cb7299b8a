"""Somebody who lost every device gets another beginning (docs/protocol/70-store.md §3)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as change
from pathlib import Path

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from crypto import devicelist
from protocol.api import paths
from protocol.api.accounts import DeviceListReply, User, UsersReply
from protocol.api.spaces import MailboxReply
from protocol.limits import INVITATION_SECONDS
from protocol.membership import Cut, Entry, EntryKind
from protocol.roles import Party, Role
from tests.centralstore.client import (
    Device,
    enrolled,
    enrolment,
    known_as,
    linked,
    read,
    refused,
    wire,
)
from tests.centralstore.team import Team, message, open_space, team_of
from tests.support.dying_store import dying
from tests.support.people import Person
from tests.support.store import StoreHandle, run_jitstore, running_store


def enrol(store: StoreHandle, text: str, who: str | Person) -> httpx.Response:
    person = known_as(text, who) if isinstance(who, str) else who
    with wire(store) as http:
        body = msgspec.json.encode(enrolment(text, person))
        return http.post(paths.ENROLMENTS, content=body)


def again(store: StoreHandle, lost: Device, name: str) -> Device:
    """The same person with new keys, enrolled and signed in."""
    text = store.reinvite(lost.person.user)
    person = known_as(text, name)
    assert enrol(store, text, person).status_code == 201
    device = Device(store, person, wire(store))
    assert device.sign_in().status_code == 201
    return device


def rekey(team: Team, lost: Device, found: Device, *gone: Device) -> Entry:
    """The administrator's entry for the list that `found` has now."""
    person = found.person
    return replace(
        team.entry(EntryKind.REKEY, lost),
        user_key=person.user_key,
        list_seq=person.listed.seq,
        list_head=devicelist.list_head(person.signed_list),
        cut=tuple(
            Cut(version=1, device=one.person.device, sender_seq=0, head=bytes(32))
            for one in (lost, *gone)
        ),
    )


def shown(by: Device, whose: Device, head: bytes | None = None) -> bytes:
    answer = by.ask("GET", paths.device_list(whose.person.user, head))
    return read(answer, DeviceListReply).device_list


def test_the_same_person_begins_again_under_another_user_key(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al100"), enrolled(store, "bea100")
    linked(bea, "bea100-laptop")

    new = again(store, bea, "bea100-anew")

    assert new.person.user == bea.person.user
    assert new.person.user_key != bea.person.user_key
    assert shown(al, bea) == new.person.signed_list
    assert new.person.listed.seq == 1
    everyone = read(al.ask("GET", paths.USERS), UsersReply).users
    assert [user.name for user in everyone if user.id == bea.person.user] == ["bea100"]


def test_lists_of_the_chain_before_stay_to_be_had(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al101"), enrolled(store, "bea101")
    first = bea.person.signed_list
    linked(bea, "bea101-laptop")
    second = bea.person.signed_list

    new = again(store, bea, "bea101-anew")
    linked(new, "bea101-anew-laptop")

    for signed in (first, second, new.person.signed_list):
        assert shown(al, bea, devicelist.list_head(signed)) == signed
    assert shown(al, bea) == new.person.signed_list


def test_every_device_of_before_is_out_at_that_moment(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al102", "bea102")
    laptop = linked(bea, "bea102-laptop")
    path = paths.messages(team.space)
    al.ask("POST", path, message(team.space, al, bea, laptop))

    new = again(store, bea, "bea102-anew")

    for device in (bea, laptop):
        assert refused(device.ask("GET", paths.MAILBOX)) == (401, "not-signed-in")
        assert refused(device.sign_in()) == (403, "forged")
        bundle = al.ask("POST", paths.bundle(team.space, device.person.device))
        assert refused(bundle) == (404, "not-found")
    assert read(new.ask("GET", paths.MAILBOX), MailboxReply).deliveries == ()
    assert al.ask("POST", path, message(team.space, al, bea, laptop)).status_code == 201


def test_nothing_changes_before_the_code_is_used(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al103", "bea103")

    store.reinvite(bea.person.user)

    one = message(team.space, al, bea)
    assert al.ask("POST", paths.messages(team.space), one).status_code == 201
    (got,) = read(bea.ask("GET", paths.MAILBOX), MailboxReply).deliveries
    assert got.message == one.message
    assert bea.sign_in().status_code == 201
    assert shown(al, bea) == bea.person.signed_list


def test_a_second_code_is_spent_once_and_its_lost_answer_can_be_had_again(
    store: StoreHandle,
) -> None:
    bea = enrolled(store, "bea104")
    text = store.reinvite(bea.person.user)
    person = known_as(text, "bea104-anew")

    first, same = enrol(store, text, person), enrol(store, text, person)
    thief = enrol(store, text, "bea104-thief")

    assert read(first, User) == read(same, User)
    assert refused(thief) == (403, "invitation")


def test_codes_that_do_not_do_answer_alike(own_store: StoreHandle) -> None:
    text = own_store.invite("bea105")
    unspent = own_store.reinvite(known_as(text, "x").user)
    current = own_store.reinvite(known_as(text, "x").user)
    clock = own_store.clock
    assert clock is not None
    answers = [enrol(own_store, void, "bea105") for void in (text, unspent)]
    with wire(own_store) as http:
        guessed = replace(enrolment(current, known_as(current, "bea105")), code=bytes(16))
        answers.append(http.post(paths.ENROLMENTS, content=msgspec.json.encode(guessed)))
    clock.advance(INVITATION_SECONDS)
    answers.append(enrol(own_store, current, "bea105"))

    assert {refused(answer) for answer in answers} == {(403, "invitation")}
    assert len({answer.content for answer in answers}) == 1


def test_a_lost_invitation_is_replaced(store: StoreHandle) -> None:
    text = store.invite("bea106")
    fresh = store.reinvite(known_as(text, "bea106").user)

    assert refused(enrol(store, text, "bea106")) == (403, "invitation")
    assert enrol(store, fresh, "bea106").status_code == 201


def test_a_new_beginning_has_a_new_user_key_and_a_new_device(store: StoreHandle) -> None:
    bea = enrolled(store, "bea107")
    text = store.reinvite(bea.person.user)
    old, fresh = bea.person, known_as(text, "bea107-anew")

    def begin(who: Person, device: Person) -> httpx.Response:
        signed = devicelist.first_list(
            who.user, who.usk, device.device, device.dsk.public, device.dik.public
        )
        mine = change(device, user=who.user, usk=who.usk, signed_list=signed)
        return enrol(store, text, mine)

    assert refused(begin(old, fresh)) == (409, "conflict")
    assert refused(begin(fresh, old)) == (409, "conflict")
    assert refused(begin(old, old)) == (409, "conflict")
    assert bea.sign_in().status_code == 201, "a refused beginning changes nothing"
    assert begin(fresh, fresh).status_code == 201


def test_of_two_at_once_one_begins_again(store: StoreHandle) -> None:
    bea = enrolled(store, "bea108")
    text = store.reinvite(bea.person.user)

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda n: enrol(store, text, f"bea108-{n}"), range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]


@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_store_that_dies_over_it_has_one_chain_or_the_other(
    tmp_path: Path, when: str
) -> None:
    with running_store(tmp_path) as store:
        bea = enrolled(store, "bea109")
        text = store.reinvite(bea.person.user)
        person = known_as(text, "bea109-anew")
        store.stop()

        async with dying(store, "account.enrol", 1, when):
            with pytest.raises(httpx.TransportError):
                await asyncio.to_thread(enrol, store, text, person)

        answer = bea.sign_in()
        assert answer.status_code == (201 if when == "before" else 403)
        assert enrol(store, text, person).status_code == 201
        assert refused(bea.sign_in()) == (403, "forged")


def test_an_administrator_lets_him_in_again_with_the_newest_keys_only(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al110", "bea110")
    laptop = linked(bea, "bea110-laptop")
    old = replace(rekey(team, bea, laptop), cut=())
    by_himself = replace(
        old, actor_user=bea.person.user, actor_device=bea.person.device, subject=al.person.user
    )
    assert refused(team.hand_in(by_himself, by=bea)) == (403, "not-administrator")
    new = again(store, bea, "bea110-anew")

    assert refused(team.hand_in(old)) == (403, "forged"), "another chain is in force"
    stale = rekey(team, bea, new)
    linked(new, "bea110-anew-laptop")
    assert refused(team.hand_in(stale)) == (403, "forged"), "a newer list is there"
    for strange in ({"user_key": bea.person.user_key}, {"list_seq": 3}, {"list_head": bytes(32)}):
        wrong = replace(rekey(team, bea, new), **strange)
        assert refused(team.hand_in(wrong)) == (403, "forged")
    uncut = replace(rekey(team, bea, new), cut=())
    assert refused(team.hand_in(uncut)) == (409, "cut")
    assert team.hand_in(rekey(team, bea, new)).status_code == 201
    assert team.roster.members[bea.person.user].user_key == new.person.user_key
    assert al.ask("GET", paths.log(team.space)).is_success


def test_before_that_the_log_takes_no_entry_of_the_new_device(store: StoreHandle) -> None:
    team, (_, bea) = team_of(store, "al111", "bea111")
    new = again(store, bea, "bea111-anew")
    person = new.person
    moving = replace(
        team.entry(EntryKind.DEVICES, bea, actor=new),
        list_seq=2,
        list_head=devicelist.list_head(person.signed_list),
    )

    assert refused(team.hand_in(moving, by=new)) == (409, "device-not-in-log")
    assert team.hand_in(rekey(team, bea, new)).status_code == 201
    linked(new, "bea111-anew-laptop")
    listed = replace(
        team.entry(EntryKind.DEVICES, bea, actor=new),
        list_seq=2,
        list_head=devicelist.list_head(new.person.signed_list),
    )
    assert team.hand_in(listed, by=new).status_code == 201


def test_nobody_is_added_and_no_space_opened_with_keys_of_before(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al112"), enrolled(store, "bea112")
    team = open_space(al)
    entry = team.entry(EntryKind.ADD, bea, Role.INVESTIGATOR, Party.MEMBER_STATE)
    new = again(store, bea, "bea112-anew")

    assert refused(team.hand_in(entry)) == (403, "forged")
    assert team.add(new).status_code == 201


def test_the_operator_is_told_what_is_wrong(store: StoreHandle) -> None:
    bea = enrolled(store, "bea113")
    words = ("user", "reinvite", "--data", str(store.data_dir))

    unknown = run_jitstore(*words, "00" * 16, expect=3)
    nonsense = run_jitstore(*words, "bea113", expect=65)
    store.reinvite(bea.person.user)

    assert isinstance(unknown["error"], dict)
    assert unknown["error"]["code"] == "not-found"
    assert isinstance(nonsense["error"], dict)
    assert nonsense["error"]["code"] == "bad-input"
    listed = run_jitstore("user", "list", "--data", str(store.data_dir))["users"]
    assert isinstance(listed, list)
    me = next(user for user in listed if user["name"] == "bea113")
    assert (me["enrolled"], me["reinvited"]) == (True, True)
