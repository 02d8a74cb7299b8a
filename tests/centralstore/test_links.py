"""Slots in which a person's devices meet (docs/protocol/21-linking.md, 70-store.md §3)."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import select

from centralstore import server, settings
from centralstore.app import application
from centralstore.limiter import Limiter
from centralstore.tables import ACCESS_LOG
from protocol.api import paths
from protocol.api.accounts import LinkOpenRequest, LinkPut, LinkReply
from protocol.limits import LINK_SECONDS, MAX_LINK_BYTES
from tests.centralstore import logs
from tests.centralstore.client import Device, b64, enrolled, linked, read, refused, wire
from tests.support.store import StoreHandle, made_store


def opened(device: Device) -> bytes:
    slot = os.urandom(16)
    assert device.ask("POST", paths.LINKS, LinkOpenRequest(slot=slot)).status_code == 201
    return slot


def look(http: httpx.Client, slot: bytes, **query: int) -> httpx.Response:
    return http.get(paths.link(slot), params=query)


def ask(http: httpx.Client, slot: bytes, data: bytes) -> httpx.Response:
    return http.put(paths.link_request(slot), content=msgspec.json.encode(LinkPut(data=data)))


def grant(device: Device, slot: bytes, data: bytes) -> httpx.Response:
    return device.ask("PUT", paths.link_grant(slot), LinkPut(data=data))


def test_request_and_grant_pass_through_a_slot(store: StoreHandle) -> None:
    al = enrolled(store, "al80")
    slot = opened(al)
    with wire(store) as http:
        empty = read(look(http, slot), LinkReply)
        assert ask(http, slot, b"a request").status_code == 204
        asked = read(look(http, slot), LinkReply)
        assert grant(al, slot, b"a grant").status_code == 204
        granted = read(look(http, slot), LinkReply)

    assert empty == LinkReply(request=b"", grant=b"", user=al.person.user)
    assert asked == LinkReply(request=b"a request", grant=b"", user=al.person.user)
    assert granted == LinkReply(request=b"a request", grant=b"a grant", user=al.person.user)


def test_each_piece_is_left_once_and_a_lost_answer_is_no_error(store: StoreHandle) -> None:
    al = enrolled(store, "al81")
    slot = opened(al)
    with wire(store) as http:
        early = grant(al, slot, b"too early")
        ask(http, slot, b"the first")
        again, other = ask(http, slot, b"the first"), ask(http, slot, b"another's")
        grant(al, slot, b"a grant")
        same, second = grant(al, slot, b"a grant"), grant(al, slot, b"another grant")
        reopened = al.ask("POST", paths.LINKS, LinkOpenRequest(slot=slot))
        kept = read(look(http, slot), LinkReply)

    assert refused(early) == refused(other) == refused(second) == (409, "conflict")
    assert again.status_code == same.status_code == 204
    assert read(reopened, LinkReply) == kept
    assert (kept.request, kept.grant) == (b"the first", b"a grant")


def test_only_the_device_that_opened_a_slot_grants(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al82"), enrolled(store, "bea82")
    laptop = linked(al, "al82-laptop")
    slot = opened(al)
    with wire(store) as http:
        ask(http, slot, b"a request")
        by_nobody = http.put(
            paths.link_grant(slot), content=msgspec.json.encode(LinkPut(data=b"g"))
        )

    assert refused(by_nobody) == (401, "not-signed-in")
    for other in (bea, laptop):
        assert refused(grant(other, slot, b"g")) == (404, "not-found")
    taken = bea.ask("POST", paths.LINKS, LinkOpenRequest(slot=slot))
    assert refused(taken) == (409, "conflict")


def test_what_is_not_there_is_withdrawn_or_over_answers_alike(own_store: StoreHandle) -> None:
    al, bea = enrolled(own_store, "al83"), enrolled(own_store, "bea83")
    withdrawn, over = opened(al), opened(bea)
    clock = own_store.clock
    assert clock is not None
    assert al.ask("DELETE", paths.link(withdrawn)).status_code == 204
    clock.advance(LINK_SECONDS)
    with wire(own_store) as http:
        answers = [look(http, slot) for slot in (withdrawn, over, os.urandom(16))]
        answers += [ask(http, slot, b"r") for slot in (withdrawn, over, os.urandom(16))]
        answers.append(http.get(f"{paths.LINKS}/zz"))
    answers += [grant(bea, slot, b"g") for slot in (withdrawn, over)]

    assert {refused(answer) for answer in answers} == {(404, "not-found")}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.embedded
def test_a_slot_ends_after_its_time_and_is_erased(own_store: StoreHandle) -> None:
    al, bea = enrolled(own_store, "al84"), enrolled(own_store, "bea84")
    slot, clock = opened(al), own_store.clock
    assert clock is not None
    marker = b"A-REQUEST-THAT-MUST-GO" * 3
    with wire(own_store) as http:
        ask(http, slot, marker)
        clock.advance(LINK_SECONDS - 5)
        assert look(http, slot).is_success
    clock.advance(6)

    opened(bea)  # sweeps, as the janitor does every minute

    own_store.stop()
    assert marker not in (own_store.data_dir / "store.db").read_bytes()


def test_a_device_has_one_slot_at_a_time(store: StoreHandle) -> None:
    al = enrolled(store, "al85")
    laptop = linked(al, "al85-laptop")
    first, other = opened(al), opened(laptop)

    second = opened(al)

    with wire(store) as http:
        assert refused(look(http, first)) == (404, "not-found")
        assert look(http, second).is_success
        assert look(http, other).is_success


def test_a_slot_is_closed_by_the_person_s_devices_and_nobody_else(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al86"), enrolled(store, "bea86")
    slot = opened(al)
    with wire(store) as http:
        assert bea.ask("DELETE", paths.link(slot)).status_code == 204, "tells nothing"
        assert look(http, slot).is_success
        laptop = linked(al, "al86-laptop")
        assert laptop.ask("DELETE", paths.link(slot)).status_code == 204
        assert refused(look(http, slot)) == (404, "not-found")
    assert laptop.ask("DELETE", paths.link(slot)).status_code == 204


def test_the_slot_of_a_revoked_device_goes_with_it(store: StoreHandle) -> None:
    al = enrolled(store, "al87")
    laptop = linked(al, "al87-laptop")
    slot = opened(laptop)

    al.revoke(laptop)

    with wire(store) as http:
        assert refused(look(http, slot)) == (404, "not-found")


@pytest.mark.parametrize("piece", ["request", "grant"])
def test_a_piece_is_neither_empty_nor_long(store: StoreHandle, piece: str) -> None:
    al = enrolled(store, f"al88{piece}")
    slot = opened(al)
    path = f"{paths.link(slot)}/{piece}"
    with wire(store) as http:
        ask(http, slot, b"a request")
    inside = al.ask("PUT", path, content=f'{{"data":"{b64(bytes(MAX_LINK_BYTES + 1))}"}}')

    assert refused(al.ask("PUT", path, LinkPut(data=b""))) == (400, "malformed")
    assert refused(inside) == (400, "malformed")
    long = al.ask("PUT", path, content=b'{"data":"' + b"A" * 2 * MAX_LINK_BYTES + b'"}')
    assert refused(long) == (413, "limit-exceeded")


def looks(store: StoreHandle, slot: bytes) -> int:
    """How often the slot was looked into, by the access log."""
    logs.place(store)
    engine = store.engine()
    with engine.connect() as connection:
        looked = ACCESS_LOG.c.operation == "link.read"
        rows = connection.execute(select(ACCESS_LOG.c.object_id).where(looked))
        found = [bytes(row.object_id) for row in rows].count(slot)
    engine.dispose()
    return found


def waiting(
    crowd: ThreadPoolExecutor, store: StoreHandle, slot: bytes, after: int
) -> Future[LinkReply]:
    """A GET that has found nothing at the store, and waits there, when this returns."""
    before = looks(store, slot)
    future = crowd.submit(waited_look, store, slot, after)
    while looks(store, slot) == before:
        assert not future.done()
    return future


def waited_look(store: StoreHandle, slot: bytes, after: int) -> LinkReply:
    with wire(store) as http:
        return read(look(http, slot, after=after, wait=25), LinkReply)


def test_both_sides_wait_for_what_the_other_leaves(store: StoreHandle) -> None:
    al = enrolled(store, "al89")
    slot = opened(al)
    with ThreadPoolExecutor(2) as crowd, wire(store) as http:
        for_request = waiting(crowd, store, slot, 0)
        ask(http, slot, b"a request")
        assert for_request.result(60).request == b"a request"

        for_grant = waiting(crowd, store, slot, 1)
        grant(al, slot, b"a grant")
        assert for_grant.result(60).grant == b"a grant"


def test_who_waits_at_a_slot_learns_that_it_is_gone(store: StoreHandle) -> None:
    al = enrolled(store, "al90")
    slot = opened(al)
    with ThreadPoolExecutor(1) as crowd:
        future = waiting(crowd, store, slot, 0)
        al.ask("DELETE", paths.link(slot))

        with pytest.raises(AssertionError, match="404"):
            future.result(60)


def test_few_wait_at_one_slot_and_others_are_answered_at_once(store: StoreHandle) -> None:
    al = enrolled(store, "al92")
    slot = opened(al)
    with ThreadPoolExecutor(5) as crowd, wire(store) as http:
        futures = [waiting(crowd, store, slot, 0) for _ in range(4)]
        futures.append(crowd.submit(waited_look, store, slot, 0))
        done, _ = wait(futures, timeout=60, return_when=FIRST_COMPLETED)
        ask(http, slot, b"a request")
        replies = [future.result(60).request for future in futures]

    assert len(done) == 1
    assert sorted(replies) == [b""] + [b"a request"] * 4


def test_of_many_requests_at_once_one_is_left(store: StoreHandle) -> None:
    al = enrolled(store, "al91")
    slot = opened(al)
    pieces = [bytes([n]) * 40 for n in range(1, 9)]

    def leave(data: bytes) -> int:
        with wire(store) as http:
            return ask(http, slot, data).status_code

    with ThreadPoolExecutor(8) as crowd:
        statuses = list(crowd.map(leave, pieces))

    assert sorted(statuses) == [204] + [409] * 7
    with wire(store) as http:
        assert read(look(http, slot), LinkReply).request == pieces[statuses.index(204)]


@pytest.mark.asyncio
async def test_strangers_look_and_ask_at_a_limited_rate(tmp_path: Path) -> None:
    store, slot = settings.load(made_store(tmp_path).data_dir), os.urandom(16)
    async with server.opened(store, lambda: 1_800_000_000.0) as service:
        app = application(replace(service, limiter=Limiter(rate=0, burst=4)))
        line = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=line, base_url="https://store") as http:
            body = msgspec.json.encode(LinkPut(data=b"a request"))
            for _ in range(2):
                looked = await http.get(paths.link(slot))
                asked = await http.put(paths.link_request(slot), content=body)
                assert refused(looked) == refused(asked) == (404, "not-found")
            looked = await http.get(paths.link(slot))
            asked = await http.put(paths.link_request(slot), content=body)

    assert refused(looked) == refused(asked) == (429, "store-busy")
