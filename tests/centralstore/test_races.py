from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec

from crypto import devicelist, signatures
from protocol.api import paths
from protocol.api.accounts import Bundle, DeviceListReply
from protocol.api.spaces import AppendRequest, Wake
from protocol.membership import EntryKind
from protocol.roles import Party, Role
from tests.centralstore.client import enrolled, enrolment, known_as, linked, read, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import Team, message, team_of, wiped
from tests.support.people import make_person
from tests.support.store import StoreHandle


def test_many_claims_at_once_share_no_one_time_key(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al", "bea")
    path = paths.bundle(team.space, bea.person.device)

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: al.ask("POST", path), range(16)))

    bundles = [read(answer, Bundle) for answer in answers]
    assert sum(bundle.one_time is not None for bundle in bundles) == 1
    assert sum(bundle.kem is not None for bundle in bundles) == 1


def test_of_two_entries_at_one_head_one_wins(store: StoreHandle) -> None:
    team, (al,) = team_of(store, "al2")
    people = [enrolled(store, f"p{n}") for n in range(4)]
    entries = [
        team.entry(EntryKind.ADD, one, Role.INVESTIGATOR, Party.MEMBER_STATE) for one in people
    ]
    requests = [
        AppendRequest(entry=signatures.sign(al.person.dsk, al.person.device, entry))
        for entry in entries
    ]

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda r: al.ask("POST", paths.log(team.space), r), requests))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_one_invitation_used_twice_at_once_enrols_one(store: StoreHandle) -> None:
    text = store.invite("Twins")
    bodies = [msgspec.json.encode(enrolment(text, known_as(text, f"twin{n}"))) for n in range(4)]

    def enrol(body: bytes) -> int:
        with wire(store) as http:
            return http.post(paths.ENROLMENTS, content=body).status_code

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(enrol, bodies)) == [201, 403, 403, 403]


def test_of_two_devices_that_change_the_list_at_once_one_comes_second(store: StoreHandle) -> None:
    al = enrolled(store, "al7")
    laptop = linked(al, "al7-laptop")
    person = al.person
    others = [make_person(f"al7-{n}") for n in range(4)]
    lists = [
        devicelist.add_device(
            person.signed_list, person.usk, one.device, one.dsk.public, one.dik.public
        )
        for one in others
    ]

    with ThreadPoolExecutor(4) as crowd:
        hands = [al, laptop, al, laptop]
        answers = list(crowd.map(lambda n: hands[n].hand_in(lists[n]), range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    won = lists[[answer.status_code for answer in answers].index(200)]
    path = paths.device_list(person.user)
    assert read(al.ask("GET", path), DeviceListReply).device_list == won


def test_one_part_sent_by_four_hands_is_kept_once(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al3", "bea3")
    exhibit = Exhibit(team.space, al, (bea,))
    exhibit.announce()
    before = len(store.kept())

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: exhibit.put(0), range(4)))

    assert {answer.status_code for answer in answers} == {204}
    assert store.keeps(before + 1)


def test_a_device_is_woken_by_all_that_concerns_it_and_nothing_else(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al4", "bea4", "cy4")
    other, (dan, _) = team_of(store, "dan4", "eli4")
    headers = {"Authorization": f"Bearer {bea.token}"}
    with bea.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        dan.ask("POST", paths.messages(other.space), message(other.space, dan))
        al.ask("POST", paths.messages(team.space), message(team.space, al, cy))
        exhibit = Exhibit(team.space, al, (bea,), count=1).upload()
        team.close()
        cy.ask("POST", paths.wipes(team.space), wiped(team, cy))
        wakes = []
        for line in lines:
            if line.startswith("data: "):
                wake = msgspec.json.decode(line.removeprefix("data: "), type=Wake)
                wakes.append((wake.space, wake.what))
            if wakes and wakes[-1][1] == "wipe":
                break

    assert exhibit.count == 1
    assert wakes == [(team.space, "file"), (team.space, "log"), (team.space, "wipe")]


def test_the_uploader_is_woken_by_a_proof(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al5", "bea5", "cy5")
    exhibit = Exhibit(team.space, al, (bea, cy), count=1).upload()
    headers = {"Authorization": f"Bearer {al.token}"}
    with al.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        exhibit.prove(bea)
        data = next(line for line in lines if line.startswith("data: "))

    wake = msgspec.json.decode(data.removeprefix("data: "), type=Wake)
    assert (wake.space, wake.what) == (team.space, "file-proof")


def test_a_team_of_one_may_still_talk_to_itself(store: StoreHandle) -> None:
    team, (al,) = team_of(store, "al6")
    assert isinstance(team, Team)

    assert al.ask("POST", paths.messages(team.space), message(team.space, al)).status_code == 201
