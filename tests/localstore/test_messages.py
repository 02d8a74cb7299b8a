"""Conversations are ordered by log and counters; chains, gaps and deliveries keep their word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstore import chains, messages
from localstore.connection import Connection, open_database, transaction
from protocol.errors import BugError, NotFoundError
from tests.localstore.samples import ALICE, BOB, KEY, LAPTOP, PHONE, number_id, put, text


def test_a_message_comes_back_as_it_was(sp: Connection) -> None:
    record = text(1, reply_to=number_id(9), file=number_id(8), unread=True, on_server_at=5)

    put(sp, record)

    assert messages.message(sp, record.message) == record
    assert messages.message(sp, number_id(2)) is None


def test_the_order_is_log_then_counter_then_arrival_and_never_a_clock(sp: Connection) -> None:
    places = [(2, 1), (1, 9), (1, 3), (1, 3), (3, 1)]
    for number, (log_seq, lamport) in enumerate(places, start=1):
        put(sp, text(number, log_seq=log_seq, lamport=lamport, claimed_at=100 - number))

    shown = [int.from_bytes(m.message, "big") for m in messages.messages(sp, 10)]

    assert shown == [3, 4, 2, 1, 5]


def test_simultaneous_messages_stand_in_the_same_order_on_every_device(sp: Connection) -> None:
    for number, device in ((1, b"b" * 16), (2, b"a" * 16)):  # arrived in this order here
        put(sp, text(number, lamport=5, author_device=device))

    assert [m.message for m in messages.messages(sp, 10)] == [number_id(2), number_id(1)]


def test_pages_meet_without_gap_or_repetition(sp: Connection) -> None:
    for number in range(1, 26):
        put(sp, text(number, lamport=number // 3))

    pages, before = [], None
    while page := messages.messages(sp, 7, before):
        pages.append(page)
        before = page[0].message

    joined = [m.message for page in reversed(pages) for m in page]
    assert joined == [number_id(n) for n in range(1, 26)]
    assert [len(page) for page in pages] == [7, 7, 7, 4]


def test_pages_forwards_follow_a_message_without_gap_or_repetition(sp: Connection) -> None:
    put(sp, *(text(number, lamport=number // 3) for number in range(1, 26)))

    found, after = [number_id(3)], number_id(3)
    while page := messages.messages_after(sp, 7, after):
        found += [m.message for m in page]
        after = page[-1].message

    assert found == [number_id(n) for n in range(3, 26)]


def test_what_is_not_for_reading_is_not_shown(sp: Connection) -> None:
    kinds = ["text", "exhibit", "receipts", "welcome", "withdrawn", "event"]
    for number, kind in enumerate(kinds, start=1):
        put(sp, text(number, kind=kind))

    assert [m.kind for m in messages.messages(sp, 10)] == ["text", "exhibit", "withdrawn", "event"]


def test_a_page_of_a_long_conversation_comes_from_the_index_without_sorting(
    sp: Connection,
) -> None:
    put(sp, text(1))
    beside = {"limit": 5, "before": number_id(1), "after": number_id(1)}
    for sql in (messages._NEWEST, messages._BEFORE, messages._AFTER):
        plan = sp.execute(f"EXPLAIN QUERY PLAN {sql}", beside)
        steps = " / ".join(str(row[3]) for row in plan.fetchall())

        assert "USING INDEX message_timeline" in steps
        assert "TEMP B-TREE" not in steps


def test_columns_change_by_name(sp: Connection) -> None:
    put(sp, text(1))

    messages.update_message(sp, number_id(1), state="on-server", audience=(BOB,))

    assert messages.message(sp, number_id(1)) == text(1, state="on-server", audience=(BOB,))
    with pytest.raises(NotFoundError):
        messages.update_message(sp, number_id(2), state="received")
    with pytest.raises(BugError):
        messages.update_message(sp, number_id(1), position=7)


def test_unread_messages_are_counted_until_read(sp: Connection) -> None:
    for number in (1, 2, 3):
        put(sp, text(number, unread=number > 1))

    assert messages.unread(sp) == 2
    messages.mark_read(sp)

    assert messages.unread(sp) == 0
    assert messages.message(sp, number_id(2)) == replace(text(2), unread=False)


def test_a_message_is_complete_when_everybody_has_it(sp: Connection) -> None:
    messages.expect(sp, number_id(1), [ALICE, BOB])

    assert not messages.mark_delivered(sp, number_id(1), BOB, 5, b"r1")
    assert not messages.mark_delivered(sp, number_id(1), BOB, 6, b"r2")
    assert not messages.mark_delivered(sp, number_id(1), PHONE, 6, b"of a stranger")
    assert messages.deliveries(sp, number_id(1)) == [(ALICE, None), (BOB, 5)]
    assert messages.mark_delivered(sp, number_id(1), ALICE, 7, b"r3")
    assert not messages.mark_delivered(sp, number_id(2), ALICE, 7, b"of nothing")


def test_a_removed_member_is_not_waited_for_and_a_receipt_stays(sp: Connection) -> None:
    messages.expect(sp, number_id(1), [ALICE, BOB])
    messages.mark_delivered(sp, number_id(1), ALICE, 5, b"r")

    messages.forget_expected(sp, number_id(1), BOB)
    messages.forget_expected(sp, number_id(1), ALICE)

    assert messages.deliveries(sp, number_id(1)) == [(ALICE, 5)]
    assert messages.mark_delivered(sp, number_id(1), ALICE, 6, b"r")


def test_own_numbers_follow_without_gap_or_repetition(sp: Connection) -> None:
    assert messages.next_own(sp) == (1, bytes(32))
    messages.advance_own(sp, 1, b"h" * 32)
    assert messages.next_own(sp) == (2, b"h" * 32)

    for wrong in (1, 3):
        with pytest.raises(BugError):
            messages.advance_own(sp, wrong, b"x" * 32)

    assert messages.next_receipt(sp) == (1, bytes(32))
    messages.advance_receipt(sp, 1, b"r" * 32)
    assert messages.next_receipt(sp) == (2, b"r" * 32)
    with pytest.raises(BugError):
        messages.advance_receipt(sp, 1, b"r" * 32)


def test_another_devices_chain_never_goes_back(sp: Connection) -> None:
    assert messages.peer_chain(sp, PHONE) is None
    messages.advance_peer(sp, PHONE, 5, b"5" * 32)
    messages.advance_peer(sp, LAPTOP, 1, b"1" * 32)

    for back in (5, 4):
        with pytest.raises(BugError):
            messages.advance_peer(sp, PHONE, back, b"4" * 32)

    messages.advance_own(sp, 1, b"o" * 32)
    assert messages.last_sender_seqs(sp) == {PHONE: (5, b"5" * 32), LAPTOP: (1, b"1" * 32)}


def test_the_logical_clock_passes_what_it_saw_but_follows_no_absurd_value(sp: Connection) -> None:
    assert [messages.next_lamport(sp), messages.next_lamport(sp)] == [1, 2]

    messages.witness_lamport(sp, 40)
    messages.witness_lamport(sp, 7)
    messages.witness_lamport(sp, 2**63 - 1)

    assert messages.next_lamport(sp) == 41


@settings(max_examples=20)
@given(missing=st.sets(st.integers(1, 40), min_size=1), data=st.data())
def test_gaps_are_exactly_what_is_missing_in_whatever_order_it_arrives(
    missing: set[int], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    arriving = data.draw(st.permutations(sorted(missing)))
    sp = open_database(tmp_path_factory.mktemp("g") / "x.db", KEY, migrations="space")
    messages.note_gap(sp, PHONE, 1, 40)
    left = set(range(1, 41))

    for number in arriving:
        with transaction(sp):
            assert messages.close_gap(sp, PHONE, number)
        with transaction(sp):
            assert not messages.close_gap(sp, PHONE, number)
        left.discard(number)
        spans = messages.gaps(sp, PHONE)
        assert {n for first, last in spans for n in range(first, last + 1)} == left

    assert chains.gaps(sp, LAPTOP) == []
    sp.close()
