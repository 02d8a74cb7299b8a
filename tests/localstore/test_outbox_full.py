"""What found no room at the store waits alone: for its time, in its order, and in nobody's way."""

from __future__ import annotations

import pytest

from localstore import outbox
from localstore.connection import Connection, transaction
from tests.localstore.samples import BOB, PHONE, number_id, outgoing
from tests.localstore.test_outbox import add, conclude, ready

TO_PHONE, TO_LAPTOP = b"to phone", b"to laptop"


def no_room(sp: Connection, number: int, until: int = 100, tries: int = 1) -> None:
    """As when the store took a message for the laptop and had no room for the phone."""
    with transaction(sp):
        outbox.keep_full(sp, number_id(number), TO_PHONE, until, tries)
        outbox.conclude(sp, number_id(number), [TO_LAPTOP])


def offered(sp: Connection, now: int) -> list[tuple[int, list[bytes]]]:
    return [
        (int.from_bytes(record.message, "big"), [envelope for _, _, envelope in envelopes])
        for record, envelopes in outbox.ready(sp, now)
    ]


def test_it_is_offered_again_when_its_time_has_come(sp: Connection) -> None:
    add(sp, 1)
    no_room(sp, 1)

    assert offered(sp, 99) == []
    ((record, _),) = outbox.ready(sp, 100)
    assert record.state == "late"
    assert offered(sp, 100) == [(1, [TO_PHONE])]
    assert outbox.full(sp) == {PHONE: 1}
    assert outbox.waiting(sp) == 0


def test_everybody_else_gets_what_is_written_meanwhile(sp: Connection) -> None:
    add(sp, 1)
    no_room(sp, 1)
    add(sp, 2)
    add(sp, 3)

    assert offered(sp, 50) == [(2, [TO_LAPTOP]), (3, [TO_LAPTOP])]


def test_nothing_for_the_same_device_overtakes_it(sp: Connection) -> None:
    add(sp, 1)
    add(sp, 2)
    no_room(sp, 1)
    conclude(sp, 2, TO_LAPTOP)
    add(sp, 3)

    assert offered(sp, 100) == [(1, [TO_PHONE]), (3, [TO_LAPTOP])]

    conclude(sp, 1, TO_PHONE)
    assert outbox.full(sp) == {}
    assert offered(sp, 0) == [(2, [TO_PHONE]), (3, [TO_PHONE, TO_LAPTOP])]


def test_a_message_that_nobody_had_room_for_was_not_sent_and_holds_up_nothing(
    sp: Connection,
) -> None:
    with transaction(sp):
        outbox.add_outgoing(sp, outgoing(1), [(BOB, PHONE)])
        outbox.save_envelope(sp, number_id(1), PHONE, TO_PHONE)
        outbox.keep_full(sp, number_id(1), TO_PHONE, 100, 1)
    add(sp, 2)

    assert offered(sp, 50) == [(2, [TO_LAPTOP])]
    assert outbox.unsent(sp) == [number_id(1), number_id(2)]
    assert offered(sp, 100)[0] == (1, [TO_PHONE])


def test_two_full_mailboxes_wait_each_for_its_own_time(sp: Connection) -> None:
    add(sp, 1)
    add(sp, 2)
    with transaction(sp):
        outbox.keep_full(sp, number_id(1), TO_PHONE, 100, 1)
        outbox.keep_full(sp, number_id(1), TO_LAPTOP, 200, 1)

    assert offered(sp, 99) == []
    assert offered(sp, 100) == [(1, [TO_PHONE])]
    conclude(sp, 1, TO_PHONE)
    assert offered(sp, 100) == [(2, [TO_PHONE])]
    assert offered(sp, 200) == [(1, [TO_LAPTOP]), (2, [TO_PHONE])]


def test_only_the_first_for_a_device_is_offered_whatever_the_store_said_of_others(
    sp: Connection,
) -> None:
    add(sp, 1)
    add(sp, 2)
    no_room(sp, 1)

    no_room(sp, 2, until=0)

    assert outbox.full(sp) == {PHONE: 1}
    assert offered(sp, 50) == []
    assert offered(sp, 100) == [(1, [TO_PHONE])]


@pytest.mark.parametrize("end", ["refused", "dropped", "sealed anew", "removed"])
def test_nothing_waits_behind_one_that_is_gone(sp: Connection, end: str) -> None:
    add(sp, 1)
    add(sp, 2)
    with transaction(sp):
        outbox.keep_full(sp, number_id(1), TO_PHONE, 10**9, 9)
        match end:
            case "refused":
                outbox.refuse_outgoing(sp, number_id(1))
            case "dropped":
                outbox.drop_recipient(sp, number_id(1), PHONE)
            case "sealed anew":
                outbox.send_again(sp, outgoing(1), BOB, PHONE)
            case _:
                outbox.remove_outgoing(sp, number_id(1))

    assert outbox.full(sp) == {}
    if end == "sealed anew":
        outbox.save_envelope(sp, number_id(1), PHONE, b"sealed anew")
    later = [envelopes for number, envelopes in offered(sp, 0) if number == 2]
    assert later == [[TO_PHONE, TO_LAPTOP]]


def test_another_envelope_than_the_one_posted_is_not_put_off(sp: Connection) -> None:
    add(sp, 1)
    with transaction(sp):
        outbox.send_again(sp, outgoing(1), BOB, PHONE)
        outbox.save_envelope(sp, number_id(1), PHONE, b"sealed anew")

    no_room(sp, 1)

    assert offered(sp, 0) == [(1, [b"sealed anew"])]


def test_the_order_of_a_space_is_that_of_its_messages(sp: Connection) -> None:
    for number in (5, 1, 3):
        add(sp, number)
    no_room(sp, 5)
    outbox.postpone(sp, number_id(3), 70, 1)

    assert ready(sp, 60) == [1]
    assert ready(sp, 100) == [5, 1, 3]
    assert offered(sp, 100)[1:] == [(1, [TO_LAPTOP]), (3, [TO_LAPTOP])]
