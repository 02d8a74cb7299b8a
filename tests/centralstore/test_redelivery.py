"""A message that somebody asked for again, sealed anew (docs/protocol/70-store.md §6)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from protocol.api import paths
from protocol.api.spaces import PostedReply
from protocol.limits import MAX_REDELIVERIES
from tests.centralstore.client import linked, read, refused
from tests.centralstore.team import envelope, message, team_of
from tests.centralstore.test_late_envelopes import late_for, post, take, waiting
from tests.support.dying_store import dying
from tests.support.store import StoreHandle, running_store


def test_a_message_asked_for_again_comes_again_with_its_body(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al70", "bea70", "cy70")
    path = paths.messages(team.space)
    one = message(team.space, al, bea, cy)
    first = post(al, path, one)
    assert take(bea) == take(cy) == [one.message], "the body is deleted"
    again = late_for(one, envelope(team.space, al, bea, b"sealed anew"))

    assert post(al, path, again) == first

    (got,) = waiting(bea).deliveries
    assert (got.message, got.body, got.envelope) == (one.message, one.body, again.envelopes[0])
    assert waiting(cy).deliveries == ()


def test_it_may_be_asked_for_again_before_the_first_was_taken(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al71", "bea71")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    again = late_for(one, envelope(team.space, al, bea, b"sealed anew"))
    post(al, path, again)

    both = waiting(bea).deliveries

    assert [d.envelope for d in both] == [*one.envelopes, *again.envelopes]
    assert [d.body for d in both] == [one.body, one.body]
    assert take(bea) == [one.message] * 2


def test_the_same_envelope_is_a_lost_answer_and_comes_once(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al72", "bea72")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    again = late_for(one, envelope(team.space, al, bea, b"sealed anew"))
    post(al, path, one)
    post(al, path, again)
    assert take(bea) == [one.message] * 2

    for repeated in (one, again, again):
        post(al, path, repeated)

    assert waiting(bea).deliveries == ()


def test_a_repetition_with_old_and_new_envelopes_brings_the_new(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al73", "bea73", "cy73")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    take(bea)

    post(al, path, late_for(one, *one.envelopes, envelope(team.space, al, cy)))

    assert waiting(bea).deliveries == ()
    assert take(cy) == [one.message]


def test_one_message_is_not_delivered_without_end(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al74", "bea74", "cy74")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    for _ in range(MAX_REDELIVERIES - 1):
        post(al, path, late_for(one, envelope(team.space, al, bea)))
    assert take(bea) == [one.message] * MAX_REDELIVERIES
    beyond = late_for(one, envelope(team.space, al, bea), envelope(team.space, al, cy))

    assert refused(al.ask("POST", path, beyond)) == (413, "limit-exceeded")

    assert waiting(bea).deliveries == waiting(cy).deliveries == (), "all of it or nothing"
    post(al, path, one)
    post(al, path, late_for(one, beyond.envelopes[1]))
    assert take(cy) == [one.message], "another mailbox has its own count"


def test_only_its_sender_sends_a_message_again(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al75", "bea75", "cy75")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    laptop = linked(al, "al75-laptop")

    for other in (cy, laptop):
        theirs = late_for(one, envelope(team.space, other, bea))
        assert refused(other.ask("POST", path, theirs)) == (409, "conflict")
    altered = late_for(one, envelope(team.space, al, bea), body=b"another")
    assert refused(al.ask("POST", path, altered)) == (409, "conflict")


def test_of_many_at_once_each_envelope_comes_once_and_no_more_than_the_limit(
    store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(store, "al76", "bea76")
    path = paths.messages(team.space)
    one = message(team.space, al, bea)
    post(al, path, one)
    distinct = [late_for(one, envelope(team.space, al, bea)) for _ in range(MAX_REDELIVERIES + 2)]

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda r: al.ask("POST", path, r), [*distinct, *distinct]))

    accepted = [
        request
        for request, answer in zip([*distinct, *distinct], answers, strict=True)
        if answer.status_code == 201
    ]
    came = [d.envelope for d in waiting(bea).deliveries]
    assert len(came) == len(set(came)) == MAX_REDELIVERIES
    assert {r.envelopes[0] for r in accepted} == set(came[1:])


@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_store_that_dies_over_it_delivers_it_once(tmp_path: Path, when: str) -> None:
    with running_store(tmp_path) as store:
        team, (al, bea) = team_of(store, f"al77{when}", f"bea77{when}")
        path = paths.messages(team.space)
        one = message(team.space, al, bea)
        first = post(al, path, one)
        assert take(bea) == [one.message]
        again = late_for(one, envelope(team.space, al, bea, b"sealed anew"))
        store.stop()

        async with dying(store, "message.post", 1, when):
            with pytest.raises(httpx.TransportError):
                await asyncio.to_thread(al.ask, "POST", path, again)

        answers = [al.ask("POST", path, again) for _ in range(2)]
        assert {read(answer, PostedReply).receipt for answer in answers} == {first}
        (got,) = waiting(bea).deliveries
        assert (got.body, got.envelope) == (one.body, again.envelopes[0])


def test_what_is_repeated_after_a_revocation_reaches_who_is_left(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al78", "bea78")
    laptop = linked(bea, "bea78-laptop")
    path = paths.messages(team.space)
    one = message(team.space, al, bea, laptop)
    post(al, path, one)
    take(bea)
    bea.revoke(laptop)
    again = replace(
        one, envelopes=tuple(envelope(team.space, al, device) for device in (bea, laptop))
    )

    post(al, path, again)

    assert [d.envelope for d in waiting(bea).deliveries] == [again.envelopes[0]]
