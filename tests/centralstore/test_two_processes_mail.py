"""Two processes serve one store at once: the laws of mailboxes."""

from __future__ import annotations

import threading
from functools import partial

import msgspec
from sqlalchemy import func, select

from centralstore.tables import DELIVERY, MESSAGE
from protocol.api import paths
from protocol.api.spaces import AckRequest, MailboxReply
from tests.centralstore.client import (
    Device,
    linked,
    read,
)
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.pair import (
    Pair,
    at,
    at_once,
    both,
    latest,
    rows,
    statuses,
    team_of,
)
from tests.centralstore.team import envelope, message

ROUNDS = 6


def test_positions_of_a_mailbox_follow_each_other(pair: Pair) -> None:
    team, (al, bea, cy, dan) = team_of(pair[0], "al", "bea", "cy", "dan")
    path = paths.messages(team.space)
    senders = [*both(al, pair), *both(bea, pair)]
    for _ in range(ROUNDS):
        answers = at_once(
            *(
                partial(d.ask, "POST", path, message(team.space, d, *to))
                for d in senders
                for to in ((cy, dan), (dan, cy))
            )
        )
        assert statuses(answers) == [201] * 8

    for device in (cy, dan):
        got = read(device.ask("GET", paths.MAILBOX), MailboxReply).deliveries
        assert [one.index for one in got] == list(range(1, 8 * ROUNDS + 1))
        assert len({one.message for one in got}) == 8 * ROUNDS


def test_a_position_that_shows_has_all_before_it(pair: Pair) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    path, stop, gaps = paths.messages(team.space), threading.Event(), []

    def look(device: Device) -> None:
        seen = 0
        while not stop.is_set():
            page = read(device.ask("GET", paths.MAILBOX, params={"after": seen}), MailboxReply)
            for one in page.deliveries:
                if one.index != seen + 1:
                    gaps.append((seen, one.index))
                seen = one.index

    readers = [threading.Thread(target=look, args=(one,)) for one in both(bea, pair)]
    for reader in readers:
        reader.start()
    hands = both(al, pair)
    for _ in range(10):
        at_once(
            *(
                partial(hands[n % 2].ask, "POST", path, message(team.space, al, bea))
                for n in range(6)
            )
        )
    stop.set()
    for reader in readers:
        reader.join(120)

    assert gaps == []


def test_a_message_posted_twice_at_once_is_one(pair: Pair) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    hands = both(al, pair)
    for _ in range(ROUNDS):
        one = message(team.space, al, bea)
        late = msgspec.structs.replace(one, envelopes=(envelope(team.space, al, bea, b"again"),))
        path = paths.messages(team.space)

        answers = at_once(
            *(
                partial(hands[n % 2].ask, "POST", path, m)
                for n, m in enumerate((one, one, late, late))
            )
        )

        assert len({answer.content for answer in answers}) == 1, "the first receipt, every time"
        got = read(bea.ask("GET", paths.MAILBOX), MailboxReply).deliveries
        assert sorted(d.envelope for d in got) == sorted((*one.envelopes, *late.envelopes))
        indexes = tuple(d.index for d in got)
        assert bea.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=indexes)).is_success


def test_a_body_stays_until_the_last_took_it_and_no_longer(
    pair: Pair,
) -> None:
    team, (al, bea, cy, dan) = team_of(pair[0], "al", "bea", "cy", "dan")
    for _ in range(ROUNDS):
        sent = [message(team.space, al, bea, cy, dan) for _ in range(4)]
        for one in sent:
            assert al.ask("POST", paths.messages(team.space), one).is_success
        found = {
            device: read(device.ask("GET", paths.MAILBOX), MailboxReply).deliveries
            for device in (bea, cy)
        }

        # Each acknowledges twice at once: a lost answer, and the repetition at the other process.
        at_once(
            *(
                partial(
                    at(device, process).ask,
                    "POST",
                    paths.MAILBOX_ACK,
                    AckRequest(indexes=tuple(one.index for one in got)),
                )
                for device, got in found.items()
                for process in pair
            )
        )

        bodies = select(MESSAGE.c.undelivered, MESSAGE.c.body.is_not(None)).where(
            MESSAGE.c.message_id.in_([one.message for one in sent])
        )
        assert rows(pair[0], bodies) == [(1, True)] * 4
        last = read(dan.ask("GET", paths.MAILBOX), MailboxReply).deliveries
        indexes = tuple(one.index for one in last)
        assert dan.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=indexes)).is_success
        assert rows(pair[0], bodies) == [(0, False)] * 4


def test_nothing_is_queued_for_a_device_that_is_revoked_meanwhile(
    pair: Pair,
) -> None:
    team, (al, bea) = team_of(pair[0], "al", "bea")
    path = paths.messages(team.space)
    for number in range(ROUNDS):
        laptop = linked(bea, f"bea-{number}")
        sent = [message(team.space, al, bea, laptop) for _ in range(6)]
        hands = both(al, pair)

        answers = at_once(
            partial(at(bea, pair[1]).revoke, laptop),
            *(partial(hands[n % 2].ask, "POST", path, m) for n, m in enumerate(sent)),
        )

        assert statuses(answers) == [200] + [201] * 6
        mine = DELIVERY.c.device_id == laptop.person.device
        assert rows(pair[0], select(DELIVERY.c.position).where(mine)) == []
        got = read(bea.ask("GET", paths.MAILBOX), MailboxReply).deliveries
        indexes = tuple(one.index for one in got)
        assert bea.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=indexes)).is_success
        left = select(func.count()).select_from(MESSAGE).where(MESSAGE.c.body.is_not(None))
        ids = [one.message for one in sent]
        assert rows(pair[0], left.where(MESSAGE.c.message_id.in_(ids))) == [(0,)]
        bea.person = latest(bea)


def test_nothing_enters_a_space_that_is_closed_meanwhile(
    pair: Pair,
) -> None:
    for number in range(ROUNDS):
        team, (al, bea) = team_of(pair[0], f"al{number}", f"bea{number}")
        path, hands = paths.messages(team.space), both(al, pair)
        announced = [Exhibit(team.space, hands[n % 2], (bea,), count=1) for n in range(2)]

        at_once(
            team.close,
            *(
                partial(hands[n % 2].ask, "POST", path, message(team.space, al, bea))
                for n in range(4)
            ),
            *(exhibit.announce for exhibit in announced),
        )

        here = DELIVERY.c.space_id == team.space
        assert rows(pair[0], select(DELIVERY.c.position).where(here)) == []
        for exhibit in announced:
            state = exhibit.uploader.ask("GET", exhibit.path)
            assert state.status_code == 404 or b'"erased"' in state.content
