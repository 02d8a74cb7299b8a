"""Sessions are bounded, replays are remembered, the log never changes what it has."""

from __future__ import annotations

import pytest

from localstore import sessions, spacelog
from localstore.connection import Connection, transaction
from protocol.errors import BugError, LogForkError, NotFoundError
from tests.localstore.samples import ALICE, BOB, LAPTOP, PHONE


def save(sp: Connection, number: int | None, now: int, *, received: bool) -> int:
    with transaction(sp):
        return sessions.save_session(sp, PHONE, number, b"s%d" % now, now, received=received)


def test_the_session_whose_turn_it_is_comes_first_whatever_the_clock_says(sp: Connection) -> None:
    first = save(sp, None, 10, received=True)
    second = save(sp, None, 5, received=True)

    assert [row.number for row in sessions.sessions(sp, PHONE)] == [second, first]
    save(sp, first, 30, received=True)
    sessions.prefer(sp, PHONE, first)

    assert [row.number for row in sessions.sessions(sp, PHONE)] == [first, second]
    assert sessions.sessions(sp, LAPTOP) == []


def test_sending_counts_until_something_is_received(sp: Connection) -> None:
    number = save(sp, None, 10, received=False)
    save(sp, number, 20, received=False)
    row = sessions.sessions(sp, PHONE)[0]
    assert (row.sent, row.sealed, row.last_received, row.created) == (2, 2, 0, 10)
    assert row.state == b"s20"

    save(sp, number, 30, received=True)

    row = sessions.sessions(sp, PHONE)[0]
    assert (row.sent, row.sealed, row.last_received, row.created) == (0, 2, 30, 10)


def test_a_sixth_session_pushes_out_the_least_used_one_never_itself(sp: Connection) -> None:
    numbers = [save(sp, None, now, received=True) for now in range(100, 105)]
    sessions.prefer(sp, PHONE, numbers[0])

    fresh = save(sp, None, 50, received=False)

    kept = {row.number for row in sessions.sessions(sp, PHONE)}
    assert kept == {numbers[0], *numbers[2:], fresh}
    assert len(kept) == sessions.MAX_SESSIONS


def test_session_numbers_are_not_used_twice(sp: Connection) -> None:
    first = save(sp, None, 1, received=True)
    sessions.drop_sessions(sp, PHONE)
    assert sessions.sessions(sp, PHONE) == []

    assert save(sp, None, 1, received=True) > first
    with pytest.raises(NotFoundError):
        save(sp, first, 2, received=True)


def test_a_session_is_stepped_within_an_act(sp: Connection) -> None:
    with pytest.raises(BugError):
        sessions.save_session(sp, PHONE, None, b"", 1, received=True)


def test_a_bundle_serves_once(sp: Connection) -> None:
    sessions.save_bundle(sp, PHONE, b"old", 1)
    sessions.save_bundle(sp, PHONE, b"new", 2)
    assert sessions.has_bundle(sp, PHONE)

    assert sessions.take_bundle(sp, PHONE) == b"new"
    assert sessions.take_bundle(sp, PHONE) is None
    assert not sessions.has_bundle(sp, PHONE)


def test_a_replayed_session_start_is_recognised(sp: Connection) -> None:
    assert sessions.remember_init(sp, b"t" * 32, 1, PHONE)
    assert not sessions.remember_init(sp, b"t" * 32, 2, PHONE)
    assert sessions.remember_init(sp, b"u" * 32, 2, PHONE)


def test_an_envelope_seen_before_is_recognised_with_its_place(sp: Connection) -> None:
    assert sessions.seen_envelope(sp, b"e" * 16) is None

    sessions.remember_envelope(sp, b"e" * 16, 1, 0)
    sessions.remember_envelope(sp, b"e" * 16, 2, 9)

    assert sessions.seen_envelope(sp, b"e" * 16) == 0


def test_what_was_seen_is_forgotten_by_age_only(sp: Connection) -> None:
    for at, tag in ((10, b"o"), (20, b"n")):
        sessions.remember_init(sp, tag * 32, at, PHONE)
        sessions.remember_envelope(sp, tag * 16, at, at)

    with transaction(sp):
        sessions.forget_seen(sp, 20)

    assert sessions.seen_envelope(sp, b"o" * 16) is None
    assert sessions.seen_envelope(sp, b"n" * 16) == 20
    assert not sessions.remember_init(sp, b"n" * 32, 30, PHONE)


def test_a_spent_prekey_is_remembered_until_it_is_deleted(sp: Connection) -> None:
    sessions.note_used_prekey(sp, "opk", 4)
    sessions.note_used_prekey(sp, "opk", 4)
    sessions.note_used_prekey(sp, "kem_once", 4)
    assert sessions.used_prekeys(sp) == [("kem_once", 4), ("opk", 4)]

    sessions.clear_used_prekey(sp, "opk", 4)

    assert sessions.used_prekeys(sp) == [("kem_once", 4)]


def test_the_numbers_of_a_pair_only_grow(sp: Connection) -> None:
    assert [sessions.next_pair_out(sp, PHONE) for _ in range(3)] == [1, 2, 3]
    assert sessions.next_pair_out(sp, LAPTOP) == 1
    assert sessions.pair_in(sp, PHONE) == 0

    sessions.set_pair_in(sp, PHONE, 5)
    sessions.set_pair_in(sp, PHONE, 3)

    assert sessions.pair_in(sp, PHONE) == 5
    assert sessions.next_pair_out(sp, PHONE) == 4


def test_an_entry_of_the_log_is_never_replaced(sp: Connection) -> None:
    spacelog.save_entry(sp, 0, b"genesis")
    spacelog.save_entry(sp, 1, b"one")
    spacelog.save_entry(sp, 1, b"one")

    with pytest.raises(LogForkError):
        spacelog.save_entry(sp, 1, b"another one")

    assert spacelog.entries(sp) == [b"genesis", b"one"]
    assert spacelog.entries(sp, 1) == [b"one"]


def test_device_lists_and_card_come_back(sp: Connection) -> None:
    assert spacelog.card(sp) is None

    first, second = bytes(32), bytes(range(32))
    spacelog.save_device_list(sp, ALICE, first, b"v1")
    spacelog.save_device_list(sp, ALICE, second, b"v2")
    spacelog.save_device_list(sp, BOB, first, b"v1")
    spacelog.save_card(sp, bytes(32), "Title", "JIT-1")

    assert sorted(spacelog.device_lists(sp)) == [(ALICE, b"v1"), (ALICE, b"v2"), (BOB, b"v1")]
    assert spacelog.device_list(sp, ALICE, first) == b"v1"
    assert spacelog.device_list(sp, BOB, second) is None
    assert spacelog.card(sp) == (bytes(32), "Title", "JIT-1")


def test_a_claim_that_failed_is_told_once_and_not_repeated_for_an_hour(sp: Connection) -> None:
    hour = sessions.CLAIM_AGAIN_SECONDS
    assert sessions.may_claim(sp, PHONE, 100)

    assert sessions.note_failed_claim(sp, PHONE, 100, "prekeys-expired")

    assert [sessions.may_claim(sp, PHONE, now) for now in (100, 99 + hour)] == [False, False]
    assert sessions.may_claim(sp, PHONE, 100 + hour)
    assert sessions.may_claim(sp, PHONE, 99), "a clock set back makes nobody wait for years"
    assert sessions.may_claim(sp, LAPTOP, 100)
    assert not sessions.note_failed_claim(sp, PHONE, 100 + hour, "prekeys-expired")
    assert not sessions.may_claim(sp, PHONE, 101 + hour)
    assert sessions.note_failed_claim(sp, PHONE, 200 + hour, "forged")


def test_a_session_ends_what_failed_before_it(sp: Connection) -> None:
    sessions.note_failed_claim(sp, PHONE, 100, "prekeys-expired")

    with transaction(sp):
        sessions.save_session(sp, PHONE, None, b"state", 101, received=True)

    assert sessions.may_claim(sp, PHONE, 101)
    assert sessions.note_failed_claim(sp, PHONE, 102, "prekeys-expired")


def test_a_device_that_starts_sessions_all_the_time_is_noticed(sp: Connection) -> None:
    day = 86_400
    sessions.remember_init(sp, b"a" * 32, 10 * day, PHONE)
    for number in range(sessions.MAX_STARTS):
        sessions.remember_init(sp, bytes([number]) * 32, 11 * day, PHONE)

    assert not sessions.too_many_starts(sp, PHONE, 11 * day), "and one was saved in that day"
    sessions.remember_init(sp, b"x" * 32, 11 * day, PHONE)
    assert sessions.too_many_starts(sp, PHONE, 11 * day)
    assert not sessions.too_many_starts(sp, LAPTOP, 11 * day)
    assert not sessions.too_many_starts(sp, PHONE, 11 * day + sessions.STARTS_SECONDS)


def test_weeks_of_renewals_may_wait_for_who_was_away(sp: Connection) -> None:
    sessions.remember_init(sp, b"a" * 32, 0, PHONE)
    for number in range(12):
        sessions.remember_init(sp, bytes([number]) * 32, 60 * 86_400, PHONE)

    assert not sessions.too_many_starts(sp, PHONE, 60 * 86_400)


def test_claims_without_one_time_keys_are_counted(sp: Connection) -> None:
    assert sessions.drained(sp, PHONE) == 0

    sessions.count_drained(sp, PHONE)
    sessions.count_drained(sp, PHONE)

    assert (sessions.drained(sp, PHONE), sessions.drained(sp, LAPTOP)) == (2, 0)
