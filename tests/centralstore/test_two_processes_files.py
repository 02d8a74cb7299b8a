"""Two processes serve one store at once: the laws of files, and wake-ups across processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import msgspec
from sqlalchemy import select

from centralstore.tables import ACCESS_LOG
from protocol.api import paths
from protocol.api.files import FileState
from protocol.api.spaces import MailboxReply, Wake
from tests.centralstore import logs
from tests.centralstore.client import (
    linked,
    read,
    refused,
)
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.pair import Pair, at, at_once, both, enrolled, rows, statuses, team_of
from tests.centralstore.team import message

ROUNDS = 6


def test_the_last_of_two_proofs_at_once_erases(pair: Pair) -> None:
    team, (al, bea, cy) = team_of(pair[0], "al", "bea", "cy")
    for _ in range(ROUNDS):
        exhibit = Exhibit(team.space, al, (bea, cy), count=1).upload()

        answers = at_once(
            partial(exhibit.prove, at(bea, pair[0])), partial(exhibit.prove, at(cy, pair[1]))
        )

        assert statuses(answers) == [200, 200]
        assert exhibit.state().state is FileState.ERASED


def test_what_is_withdrawn_while_it_completes_stays_erased(
    pair: Pair,
) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    for _ in range(ROUNDS):
        exhibit = Exhibit(team.space, al, (bea,), count=2)
        assert exhibit.announce().is_success
        assert [exhibit.put(n).status_code for n in range(2)] == [204, 204]
        here, there = both(al, pair)
        again = replace(exhibit, uploader=there)

        at_once(partial(exhibit.withdraw, here), again.complete, partial(again.put, 1))

        assert exhibit.state().state is FileState.ERASED
        assert refused(exhibit.complete()) == (410, "erased")
        logged = select(ACCESS_LOG.c.result).where(
            ACCESS_LOG.c.operation == "file.erase", ACCESS_LOG.c.object_id == exhibit.id
        )
        logs.place(pair[0])
        assert rows(pair[0], logged) == [("withdrawn",)]


def test_a_part_sent_to_both_is_kept_once(pair: Pair) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,), count=2)
    exhibit.announce()
    hands = both(al, pair)

    answers = at_once(*(partial(exhibit.put, 1, by=hands[n % 2]) for n in range(4)))

    assert statuses(answers) == [204] * 4
    assert pair[0].keeps(1)


def test_who_listens_at_one_process_is_woken_by_the_other(
    pair: Pair,
) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    there = at(bea, pair[1])
    headers = {"Authorization": f"Bearer {bea.token}"}
    with there.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
        heard(lines, "mailbox")  # and with it, in order, whatever was told before
        enrolled(pair[0], "newcomer")
        heard(lines, "directory")


def heard(lines: Iterator[str], what: str) -> None:
    """Read a stream until it tells of this; it may go on telling of what was before."""
    alive = 0
    for line in lines:
        alive += line == ": alive"
        assert alive < 4, f"never told of {what}"
        if line.startswith("data: "):
            wake = msgspec.json.decode(line.removeprefix("data: "), type=Wake)
            if wake.what == what:
                return
    raise AssertionError("the stream has ended")


def test_a_request_that_waits_at_one_process_is_answered_by_the_other(
    pair: Pair,
) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    there = at(bea, pair[1])
    with ThreadPoolExecutor(1) as crowd:
        got = crowd.submit(there.ask, "GET", paths.MAILBOX, params={"wait": 25})
        sent = message(team.space, al, bea)
        al.ask("POST", paths.messages(team.space), sent)

        deliveries = read(got.result(60), MailboxReply).deliveries

    assert [one.message for one in deliveries] == [sent.message]


def test_the_stream_of_a_revoked_device_ends_at_every_process(
    pair: Pair,
) -> None:
    bea = enrolled(pair[0], "bea")
    laptop = linked(bea, "bea-laptop")
    headers = {"Authorization": f"Bearer {laptop.token}"}
    with ExitStack() as streams:
        lines = []
        for process in pair:
            there = at(laptop, process)
            stream = streams.enter_context(there.http.stream("GET", paths.EVENTS, headers=headers))
            lines.append(stream.iter_lines())
            assert next(lines[-1]) == ": listening"

        assert bea.revoke(laptop).is_success

        rest = [[line for line in one if line.startswith("data")] for one in lines]
    # Both streams came to their end; what was told at last may be of the linking.
    assert all('"directory"' in wake for wakes in rest for wake in wakes)
