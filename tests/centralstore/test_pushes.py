"""A device that listens is given what comes for it, once committed; its queue stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import pytest
from sqlalchemy import Connection, create_engine

from centralstore.accesslog import Sealer
from centralstore.database import Transaction
from centralstore.wakes import (
    MAX_PUSH_BYTES,
    OWN_PUSH_BURST,
    PUSH_BURST,
    PUSHES_A_SECOND,
    Hub,
)
from protocol.api import paths
from protocol.api.spaces import AckRequest, Delivery, Wake
from protocol.ids import DeviceId
from protocol.limits import MAX_SEALED_BODY_BYTES
from tests.centralstore.client import Device
from tests.centralstore.team import message, team_of
from tests.centralstore.test_accesslog import log
from tests.centralstore.test_messages import waiting
from tests.support.store import StoreHandle


@dataclass
class Stream:
    """The events of one device, in order."""

    lines: Iterator[str]

    def next(self) -> Wake | Delivery:
        """The next event; heartbeats are passed over."""
        name = next(line for line in self.lines if line.startswith("event: "))
        data = next(self.lines).removeprefix("data: ")
        kind = {"event: wake": Wake, "event: delivery": Delivery}[name]
        return msgspec.json.decode(data, type=kind)  # type: ignore[no-any-return]


@contextmanager
def listening(device: Device) -> Iterator[Stream]:
    headers = {"Authorization": f"Bearer {device.token}"}
    with device.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        yield Stream(lines)


def test_who_listens_gets_the_same_that_its_queue_keeps_until_it_acknowledges(
    store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(store, "al60", "bea60")
    sent = [message(team.space, al, bea, body=bytes([n]) * 400) for n in range(3)]
    with listening(bea) as stream:
        for one in sent:
            assert al.ask("POST", paths.messages(team.space), one).status_code == 201
        given = [stream.next() for _ in sent]

    assert given == list(waiting(bea).deliveries)
    assert [one.body for one in given if isinstance(one, Delivery)] == [s.body for s in sent]
    indexes = tuple(one.index for one in given if isinstance(one, Delivery))
    bea.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=indexes))
    assert waiting(bea).deliveries == ()


def test_what_is_given_along_the_stream_is_an_access_of_its_receiver(
    own_store: StoreHandle,
) -> None:
    team, (al, bea, cy) = team_of(own_store, "al61", "bea61", "cy61")
    sent = message(team.space, al, bea, cy)
    with listening(bea) as stream:
        al.ask("POST", paths.messages(team.space), sent)
        stream.next()

    pushes = [line for line in log(own_store) if line.operation == "mailbox.push"]
    assert [(one.user, one.device, one.subject, one.result) for one in pushes] == [
        (bea.person.user, bea.person.device, sent.message, "ok")
    ]


def test_what_is_long_is_only_announced(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al62", "bea62")
    assert MAX_PUSH_BYTES < MAX_SEALED_BODY_BYTES
    with listening(bea) as stream:
        long = message(team.space, al, bea, body=bytes(MAX_PUSH_BYTES))
        al.ask("POST", paths.messages(team.space), long)
        told = stream.next()

    assert told == Wake(space=team.space, what="mailbox")
    assert [one.message for one in waiting(bea).deliveries] == [long.message]


def test_a_refused_post_is_given_to_nobody(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al63", "bea63")
    other, (_, dan) = team_of(store, "cy63", "dan63")
    with listening(bea) as stream:
        refused = al.ask("POST", paths.messages(team.space), message(team.space, al, bea, dan))
        assert refused.status_code == 409
        good = message(team.space, al, bea)
        al.ask("POST", paths.messages(team.space), good)
        told = stream.next()

    assert isinstance(told, Delivery)
    assert told.message == good.message
    assert other.space != team.space


@pytest.mark.asyncio
@pytest.mark.parametrize("unsure", [False, True])
async def test_what_may_not_have_been_committed_is_given_to_nobody(unsure: bool) -> None:
    """Its position may be given out again, to another message."""
    hub, bea = Hub(), DeviceId(b"b" * 16)
    listener = hub.listen(bea, pushes=True)
    given = Delivery(index=1, space=b"s" * 16, message=b"m" * 16, envelope=b"e", body=b"b")
    transaction = Transaction(conn=_nowhere(), now=0.0, sealer=Sealer(bytes(32)), unsure=unsure)
    transaction.pushes.append((bea, given))

    hub.committed([transaction])

    told = await listener.next(1)
    assert told == ((Wake(space=b"", what="everything"),) if unsure else (given,))


def test_a_busy_store_announces_to_who_gets_much() -> None:
    now, most = 0.0, PUSH_BURST + OWN_PUSH_BURST
    hub, bea = Hub(lambda: now), DeviceId(b"b" * 16)
    hub.listen(bea, pushes=True)

    assert [hub.takes_pushes(bea) for _ in range(most + 1)] == [True] * most + [False]
    now += 2 / PUSHES_A_SECOND
    assert [hub.takes_pushes(bea) for _ in range(3)] == [True, True, False]
    now += 3600
    assert all(hub.takes_pushes(bea) for _ in range(most))
    assert not hub.takes_pushes(bea)


def test_who_gets_little_is_given_it_however_busy_the_store_is() -> None:
    hub, bea, cy = Hub(lambda: 0.0), DeviceId(b"b" * 16), DeviceId(b"c" * 16)
    hub.listen(bea, pushes=True)
    hub.listen(cy, pushes=True)
    while hub.takes_pushes(bea):
        pass

    assert [hub.takes_pushes(cy) for _ in range(OWN_PUSH_BURST + 1)] == (
        [True] * OWN_PUSH_BURST + [False]
    )


@pytest.mark.asyncio
async def test_who_waits_with_a_request_is_woken_and_looks_itself() -> None:
    hub, bea = Hub(), DeviceId(b"b" * 16)
    listener = hub.listen(bea)
    given = Delivery(index=1, space=b"s" * 16, message=b"m" * 16, envelope=b"e", body=b"b")
    transaction = Transaction(conn=_nowhere(), now=0.0, sealer=Sealer(bytes(32)))
    transaction.pushes.append((bea, given))

    assert not hub.takes_pushes(bea)
    hub.committed([transaction])

    assert await listener.next(1) == (Wake(space=b"s" * 16, what="mailbox"),)


def _nowhere() -> Connection:
    return create_engine("sqlite://").connect()
