"""Two processes serve one store at once, on PostgreSQL: the laws of people, keys and logs.

Every race is run between real processes over TLS, several times.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import msgspec
import pytest
from sqlalchemy import func, select

from centralstore.prekeytables import ONE_TIME_KEY
from centralstore.tables import LOG_ENTRY
from centralstore.tables import SESSION as SESSIONS
from crypto import devicelist, signatures
from protocol import codec, limits, logrules
from protocol.api import paths
from protocol.api.accounts import Bundle, ChallengeReply, PrekeyUpload
from protocol.api.spaces import AppendRequest, CreateSpaceRequest
from protocol.membership import EntryKind
from protocol.receipts import Login
from protocol.roles import Party, Role
from tests.centralstore.client import (
    enrolment,
    known_as,
    prekeys_of,
    read,
    refused,
)
from tests.centralstore.pair import (
    Pair,
    at,
    at_once,
    both,
    enrol,
    enrolled,
    rows,
    statuses,
    team_of,
)
from tests.centralstore.team import signed_genesis
from tests.support.people import make_person
from tests.support.store import run_jitstore

ROUNDS = 6


def test_a_session_of_one_process_is_good_at_the_other(
    pair: Pair,
) -> None:
    al = enrolled(pair[0], "al")
    there = at(al, pair[1])

    assert there.ask("GET", paths.SPACES).status_code == 200
    assert there.ask("DELETE", paths.CURRENT_SESSION).status_code == 204
    assert refused(al.ask("GET", paths.SPACES)) == (401, "not-signed-in")


def test_a_challenge_is_spent_once(pair: Pair) -> None:
    al = enrolled(pair[0], "al")
    for _ in range(ROUNDS):
        nonce = read(al.http.post(paths.CHALLENGES), ChallengeReply).nonce
        fingerprint = bytes.fromhex(pair[0].fingerprint)
        login = Login(version=1, device=al.person.device, nonce=nonce, certificate=fingerprint)
        signed = signatures.sign(al.person.dsk, al.person.device, login)
        here, there = both(al, pair)

        answers = at_once(
            *(partial(device.sign_in_with, signed) for device in (here, there, here, there))
        )

        assert statuses(answers) == [201, 403, 403, 403]


def test_a_device_has_at_most_eight_sessions(pair: Pair) -> None:
    al = enrolled(pair[0], "al")
    devices = [*both(al, pair), *both(al, pair)]
    for _ in range(4):
        at_once(*(device.sign_in for device in devices))

    mine = SESSIONS.c.device_id == al.person.device
    ((count,),) = rows(pair[0], select(func.count()).select_from(SESSIONS).where(mine))
    assert count == 8


@pytest.mark.parametrize("whom", ["user", "device"])
def test_who_is_blocked_while_he_signs_in_has_no_session(pair: Pair, whom: str) -> None:
    for _ in range(ROUNDS):
        al = enrolled(pair[0], "al")
        who = al.person.user if whom == "user" else al.person.device
        words = (whom, "block", "--data", str(pair[0].data_dir), who.hex())
        devices = [*both(al, pair), *both(al, pair)]

        with ThreadPoolExecutor(1) as crowd:
            blocking = crowd.submit(run_jitstore, *words)
            at_once(*(device.sign_in for device in devices))
            blocking.result(120)

        mine = SESSIONS.c.device_id == al.person.device
        assert rows(pair[0], select(SESSIONS.c.expires_at).where(mine)) == []


def test_an_invitation_enrols_one(pair: Pair) -> None:
    for number in range(ROUNDS):
        text = pair[0].invite(f"twins{number}")
        bodies = [
            msgspec.json.encode(enrolment(text, known_as(text, f"t{number}-{n}"))) for n in range(4)
        ]

        answers = at_once(*(partial(enrol, pair[n % 2], body) for n, body in enumerate(bodies)))

        assert statuses(answers) == [201, 403, 403, 403]


def test_one_agreement_has_one_space(pair: Pair) -> None:
    al, bea = enrolled(pair[0], "al"), enrolled(pair[0], "bea")
    for _ in range(ROUNDS):
        agreement = os.urandom(8).hex()
        asked = [
            (at(device, pair[n]), CreateSpaceRequest(genesis=signed_genesis(device, agreement)[0]))
            for n, device in enumerate((al, bea))
        ]

        answers = at_once(*(partial(d.ask, "POST", paths.SPACES, r) for d, r in asked))

        assert statuses(answers) == [201, 409]
        assert {refused(one)[1] for one in answers if one.is_error} == {"agreement-in-use"}


def test_a_membership_log_has_one_entry_at_each_place(
    pair: Pair,
) -> None:
    team, (al,) = team_of(pair[0], "al")
    for number in range(ROUNDS):
        people = [enrolled(pair[0], f"p{number}-{n}") for n in range(4)]
        entries = [
            team.entry(EntryKind.ADD, one, Role.INVESTIGATOR, Party.MEMBER_STATE) for one in people
        ]
        signed = [signatures.sign(al.person.dsk, al.person.device, entry) for entry in entries]
        hands = both(al, pair)

        answers = at_once(
            *(
                partial(hands[n % 2].ask, "POST", paths.log(team.space), AppendRequest(entry=one))
                for n, one in enumerate(signed)
            )
        )

        assert statuses(answers) == [201, 409, 409, 409]
        won = [answer.status_code for answer in answers].index(201)
        team.roster = logrules.extend(team.roster, entries[won], codec.encode(entries[won]))
    seqs = [
        seq
        for (seq,) in rows(
            pair[0],
            select(LOG_ENTRY.c.seq)
            .where(LOG_ENTRY.c.space_id == team.space)
            .order_by(LOG_ENTRY.c.seq),
        )
    ]
    assert seqs == list(range(ROUNDS + 1))


def test_of_two_device_lists_one_comes_second(pair: Pair) -> None:
    al = enrolled(pair[0], "al")
    for number in range(ROUNDS):
        person, hands = al.person, both(al, pair)
        lists = [
            devicelist.add_device(
                person.signed_list, person.usk, one.device, one.dsk.public, one.dik.public
            )
            for one in (make_person(f"al-{number}-{n}") for n in range(4))
        ]

        answers = at_once(*(partial(hands[n % 2].hand_in, one) for n, one in enumerate(lists)))

        assert statuses(answers) == [200, 409, 409, 409]
        won = lists[[answer.status_code for answer in answers].index(200)]
        al.person = replace(person, signed_list=won)


def test_a_one_time_key_is_handed_out_once(pair: Pair) -> None:
    names = tuple(f"c{n}" for n in range(6))
    team, (al, *others) = team_of(pair[0], "al", *names)
    path = paths.bundle(team.space, al.person.device)
    hands = [at(one, pair[n % 2]) for n, one in enumerate(others)]

    answers = at_once(*(partial(d.ask, "POST", path) for d in (*hands, *hands)))

    bundles = [read(answer, Bundle) for answer in answers]
    assert sum(one.one_time is not None for one in bundles) == 1
    assert sum(one.kem is not None for one in bundles) == 1
    claimed = select(func.count()).select_from(ONE_TIME_KEY)
    mine = (ONE_TIME_KEY.c.device_id == al.person.device) & ONE_TIME_KEY.c.claimed.is_(True)
    assert rows(pair[0], claimed.where(mine)) == [(2,)]


def test_nobody_takes_more_one_time_keys_than_his_share(
    pair: Pair,
) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    keys = tuple(
        msgspec.structs.replace(prekeys_of(al.person).one_time[0], id=1000 + n) for n in range(40)
    )
    assert al.ask("PUT", paths.PREKEYS, PrekeyUpload(one_time=keys)).is_success
    path, hands = paths.bundle(team.space, al.person.device), both(bea, pair)

    answers = at_once(*(partial(hands[n % 2].ask, "POST", path) for n in range(20)))

    took = sum(read(answer, Bundle).one_time is not None for answer in answers)
    assert took == limits.CLAIMS_PER_HOUR
