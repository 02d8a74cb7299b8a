from __future__ import annotations

import threading

import msgspec
import pytest
from sqlalchemy import insert, select

from centralstore.tables import DELIVERY
from crypto import signatures
from protocol.api import paths
from protocol.api.accounts import ServerReply
from protocol.api.spaces import AckRequest, MailboxReply, PostedReply
from protocol.limits import MAX_WAITING_COUNTED, QUEUE_SECONDS
from protocol.receipts import StoreReceipt
from tests.centralstore.client import Device, enrolled, read, refused, wire
from tests.centralstore.team import envelope, message, team_of
from tests.support.store import StoreHandle


def waiting(device: Device, **query: int) -> MailboxReply:
    return read(device.ask("GET", paths.MAILBOX, params=query), MailboxReply)


def test_a_message_waits_for_every_recipient_in_order(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al", "bea", "cy")
    posted = [message(team.space, al, bea, cy, body=bytes([n]) * 40) for n in range(5)]
    for one in posted:
        assert al.ask("POST", paths.messages(team.space), one).status_code == 201

    for device in (bea, cy):
        got = waiting(device).deliveries
        assert [d.message for d in got] == [one.message for one in posted]
        assert [d.body for d in got] == [one.body for one in posted]
        assert [d.index for d in got] == list(range(got[0].index, got[0].index + 5))
    assert waiting(al).deliveries == ()


def test_a_receipt_is_signed_by_the_store_and_the_same_for_a_repetition(
    store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(store, "al2", "bea2")
    one = message(team.space, al, bea)
    with wire(store) as http:
        key = read(http.get(paths.SERVER), ServerReply).store_key

    first = read(al.ask("POST", paths.messages(team.space), one), PostedReply).receipt
    again = read(al.ask("POST", paths.messages(team.space), one), PostedReply).receipt

    assert first == again
    stated = signatures.verify_store(first, key, StoreReceipt)
    assert (stated.space, stated.item) == (team.space, one.message)
    assert waiting(bea).waiting == 0
    assert len(waiting(bea).deliveries) == 1


def test_a_message_id_names_one_body_only(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al3", "bea3")
    one = message(team.space, al, bea)
    other = msgspec.structs.replace(one, body=b"another")
    al.ask("POST", paths.messages(team.space), one)

    assert refused(al.ask("POST", paths.messages(team.space), other)) == (409, "conflict")


def test_envelopes_go_to_members_from_their_sender_only(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al4", "bea4")
    eve = enrolled(store, "eve4")
    path = paths.messages(team.space)

    outside = message(team.space, al, bea, eve)
    borrowed = msgspec.structs.replace(
        message(team.space, al), envelopes=(envelope(team.space, bea, bea),)
    )

    assert refused(al.ask("POST", path, outside)) == (409, "recipients-changed")
    assert refused(al.ask("POST", path, borrowed)) == (403, "forged")
    assert refused(eve.ask("POST", path, message(team.space, eve, bea))) == (404, "not-found")
    assert waiting(bea).deliveries == ()


def test_pages_follow_each_other(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al5", "bea5")
    for _ in range(5):
        al.ask("POST", paths.messages(team.space), message(team.space, al, bea))

    first = waiting(bea, limit=2)
    rest = waiting(bea, after=first.deliveries[-1].index)

    assert (len(first.deliveries), first.waiting) == (2, 3)
    assert (len(rest.deliveries), rest.waiting) == (3, 0)


def test_a_page_of_a_long_queue_costs_no_count_of_all_of_it(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al22", "bea22")
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    _prolong(store, bea, MAX_WAITING_COUNTED + 10)

    first = waiting(bea, limit=1)
    last = waiting(bea, after=MAX_WAITING_COUNTED, limit=10)

    assert first.waiting == MAX_WAITING_COUNTED  # and not how many there are
    assert (len(last.deliveries), last.waiting) == (10, 0)


def _prolong(store: StoreHandle, device: Device, length: int) -> None:
    """Past the store: its only delivery, at so many positions."""
    engine = store.engine()
    with engine.begin() as conn:
        mine = DELIVERY.c.device_id == device.person.device
        first = conn.execute(select(DELIVERY).where(mine)).one()._asdict()
        more = [{**first, "position": place} for place in range(2, length + 1)]
        conn.execute(insert(DELIVERY), more)
    engine.dispose()


@pytest.mark.embedded
def test_a_body_is_deleted_with_its_last_acknowledgement(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al6", "bea6", "cy6")
    marker = b"BODY-THAT-MUST-GO-" * 3
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea, cy, body=marker))

    for device in (bea, cy):
        index = waiting(device).deliveries[0].index
        assert waiting(device).deliveries[0].body == marker
        assert device.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=(index,))).is_success
        assert device.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=(index, 999))).is_success
        assert waiting(device).deliveries == ()

    store.stop()
    try:
        assert marker not in (store.data_dir / "store.db").read_bytes()
    finally:
        store.start()


def test_nobody_acknowledges_for_another_device(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al7", "bea7")
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    index = waiting(bea).deliveries[0].index

    al.ask("POST", paths.MAILBOX_ACK, AckRequest(indexes=(index,)))

    assert len(waiting(bea).deliveries) == 1


def test_a_removal_empties_the_mailbox_and_ends_the_talk(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al8", "bea8", "cy8")
    path = paths.messages(team.space)
    al.ask("POST", path, message(team.space, al, bea, cy))
    team.remove(bea)

    assert waiting(bea).deliveries == ()
    assert len(waiting(cy).deliveries) == 1
    assert refused(bea.ask("POST", path, message(team.space, bea, cy))) == (404, "not-found")
    late = al.ask("POST", path, message(team.space, al, bea, cy))
    assert refused(late) == (409, "recipients-changed")


def test_a_closed_space_takes_nothing_and_holds_nothing(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al9", "bea9")
    path = paths.messages(team.space)
    al.ask("POST", path, message(team.space, al, bea))
    team.close()

    assert refused(al.ask("POST", path, message(team.space, al, bea))) == (409, "space-closed")
    assert waiting(bea).deliveries == ()


def test_what_nobody_fetches_in_90_days_is_dropped_and_leaves_a_gap(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al10", "bea10")
    path = paths.messages(team.space)
    al.ask("POST", path, message(team.space, al, bea))
    assert own_store.clock is not None
    own_store.clock.advance(QUEUE_SECONDS + 1)
    own_store.restart()
    for device in (al, bea):
        device.sign_in()

    al.ask("POST", path, message(team.space, al, bea))

    assert [d.index for d in waiting(bea, wait=5).deliveries] == [2]


def test_a_waiting_request_is_answered_by_the_message_it_waits_for(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al11", "bea11")
    found: list[MailboxReply] = []
    waiter = threading.Thread(target=lambda: found.append(waiting(bea, wait=25)))
    waiter.start()

    al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    waiter.join(120)

    assert len(found[0].deliveries) == 1


def test_the_stream_is_one_of_server_sent_events(store: StoreHandle) -> None:
    _, (al, _) = team_of(store, "al12", "bea12")
    headers = {"Authorization": f"Bearer {al.token}"}
    with al.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        assert next(stream.iter_lines()) == ": listening"

    assert stream.headers["content-type"].startswith("text/event-stream")


def test_a_stream_needs_a_session(store: StoreHandle) -> None:
    with wire(store) as http:
        assert refused(http.get(paths.EVENTS)) == (401, "not-signed-in")
