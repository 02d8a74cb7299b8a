"""What waits is posted with the same bytes, oldest first, when every envelope is sealed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from localstore import migrate, outbox, sessions
from localstore.connection import Connection, open_database, transaction
from protocol.errors import BugError
from tests.localstore.samples import ALICE, BOB, KEY, LAPTOP, PHONE, number_id, outgoing


def add(sp: Connection, number: int, *, sealed: bool = True) -> None:
    with transaction(sp):
        outbox.add_outgoing(sp, outgoing(number), [(BOB, PHONE), (ALICE, LAPTOP)])
        if sealed:
            outbox.save_envelope(sp, number_id(number), PHONE, b"to phone")
            outbox.save_envelope(sp, number_id(number), LAPTOP, b"to laptop")


def ready(sp: Connection, now: int = 0) -> list[int]:
    return [int.from_bytes(record.message, "big") for record, _ in outbox.ready(sp, now)]


def test_a_message_is_ready_when_its_last_envelope_is_sealed(sp: Connection) -> None:
    add(sp, 1, sealed=False)
    assert outbox.unsealed(sp) == [(number_id(1), BOB, PHONE), (number_id(1), ALICE, LAPTOP)]
    outbox.save_envelope(sp, number_id(1), PHONE, b"to phone")
    assert outbox.ready(sp, 0) == []

    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")

    assert outbox.unsealed(sp) == []
    assert outbox.ready(sp, 0) == [
        (outgoing(1), [(BOB, PHONE, b"to phone"), (ALICE, LAPTOP, b"to laptop")])
    ]


def fail(sp: Connection, device: bytes = PHONE, now: int = 1) -> None:
    sessions.note_failed_claim(sp, device, now, "prekeys-expired")


def conclude(sp: Connection, number: int, *envelopes: bytes) -> None:
    with transaction(sp):
        outbox.conclude(sp, number_id(number), envelopes)


def test_an_envelope_whose_try_has_failed_holds_up_no_other_and_follows_late(
    sp: Connection,
) -> None:
    add(sp, 1, sealed=False)
    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")
    assert ready(sp) == []

    fail(sp)

    assert outbox.ready(sp, 0) == [(outgoing(1), [(ALICE, LAPTOP, b"to laptop")])]
    conclude(sp, 1, b"to laptop")
    assert (ready(sp), outbox.waiting(sp), outbox.unsent(sp)) == ([], 0, [])
    assert outbox.unsealed(sp) == [(number_id(1), BOB, PHONE)]
    assert outbox.waiting_for(sp, PHONE) == [number_id(1)]

    outbox.save_envelope(sp, number_id(1), PHONE, b"to phone")
    ((record, envelopes),) = outbox.ready(sp, 0)
    assert (record.state, envelopes) == ("late", [(BOB, PHONE, b"to phone")])
    conclude(sp, 1, b"to phone")
    assert outbox.outgoing(sp, number_id(1)) is None


def test_a_message_for_a_device_without_keys_alone_waits_and_holds_up_nothing(
    sp: Connection,
) -> None:
    with transaction(sp):
        outbox.add_outgoing(sp, outgoing(1), [(BOB, PHONE)])
    add(sp, 2)
    assert ready(sp) == [], "the first try decides; until then nothing overtakes"

    fail(sp)

    assert ready(sp) == [2]
    assert outbox.waiting(sp) == 2


def test_what_was_sealed_after_a_lost_answer_does_not_end_with_it(sp: Connection) -> None:
    add(sp, 1, sealed=False)
    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")
    fail(sp)
    outbox.save_envelope(sp, number_id(1), PHONE, b"to phone")

    conclude(sp, 1, b"to laptop")

    assert outbox.ready(sp, 0)[0][1] == [(BOB, PHONE, b"to phone")]


def test_a_late_message_that_is_postponed_is_not_overtaken(sp: Connection) -> None:
    fail(sp)
    add(sp, 1, sealed=False)
    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")
    conclude(sp, 1, b"to laptop")
    outbox.save_envelope(sp, number_id(1), PHONE, b"to phone")
    add(sp, 2)

    outbox.postpone(sp, number_id(1), 50, 1)

    assert (ready(sp, 49), ready(sp, 50)) == ([], [1, 2])


def test_late_envelopes_are_given_up_without_touching_what_was_not_posted(sp: Connection) -> None:
    fail(sp)
    add(sp, 1, sealed=False)
    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")
    conclude(sp, 1, b"to laptop")
    add(sp, 2, sealed=False)
    assert outbox.awaits(sp, PHONE)

    outbox.give_up_late(sp)

    assert outbox.outgoing(sp, number_id(1)) is None
    assert outbox.unsent(sp) == [number_id(2)]
    assert outbox.unsealed(sp) == [(number_id(2), BOB, PHONE), (number_id(2), ALICE, LAPTOP)]


def test_an_envelope_is_sealed_once(sp: Connection) -> None:
    add(sp, 1)

    outbox.save_envelope(sp, number_id(1), PHONE, b"other bytes")

    assert outbox.ready(sp, 0)[0][1][0] == (BOB, PHONE, b"to phone")


def test_messages_go_in_the_order_they_were_written(sp: Connection) -> None:
    for number in (7, 3, 5):
        add(sp, number)

    assert ready(sp) == [7, 3, 5]
    assert len(outbox.ready(sp, 0, limit=2)) == 2


def test_a_postponed_message_waits_for_its_time_and_is_not_overtaken(sp: Connection) -> None:
    add(sp, 1)
    add(sp, 2)

    outbox.postpone(sp, number_id(1), 50, 3)

    assert ready(sp, 49) == []
    assert ready(sp, 50) == [1, 2]
    known = outbox.outgoing(sp, number_id(1))
    assert known is not None
    assert (known.next_try, known.tries) == (50, 3)
    assert outbox.waiting(sp) == 2


def test_a_refused_message_is_kept_and_never_posted(sp: Connection) -> None:
    add(sp, 1)
    add(sp, 2, sealed=False)

    outbox.refuse_outgoing(sp, number_id(1))
    outbox.refuse_outgoing(sp, number_id(2))

    assert (ready(sp), outbox.waiting(sp), outbox.unsealed(sp)) == ([], 0, [])
    assert outbox.waiting_for(sp, PHONE) == []
    assert outbox.outgoing(sp, number_id(1)) is not None


def test_a_removed_member_receives_nothing_and_holds_nothing_up(sp: Connection) -> None:
    add(sp, 1, sealed=False)
    outbox.save_envelope(sp, number_id(1), LAPTOP, b"to laptop")
    assert outbox.waiting_for(sp, PHONE) == [number_id(1)]

    outbox.drop_recipient(sp, number_id(1), PHONE)

    assert outbox.ready(sp, 0)[0][1] == [(ALICE, LAPTOP, b"to laptop")]
    assert outbox.waiting_for(sp, PHONE) == []


def test_a_posted_message_takes_its_envelopes_with_it(sp: Connection) -> None:
    add(sp, 1)

    outbox.remove_outgoing(sp, number_id(1))
    outbox.remove_outgoing(sp, number_id(1))

    assert outbox.outgoing(sp, number_id(1)) is None
    assert sp.execute("SELECT count(*) FROM outgoing_envelope").fetchall() == [(0,)]


def test_a_message_enters_the_outbox_within_an_act(sp: Connection) -> None:
    with pytest.raises(BugError):
        outbox.add_outgoing(sp, outgoing(1), [])


def test_receipts_owed_are_kept_by_person_in_order(sp: Connection) -> None:
    for user, body in ((BOB, b"1"), (ALICE, b"2"), (BOB, b"3")):
        outbox.queue_receipt(sp, user, body)

    owed = outbox.queued_receipts(sp)
    outbox.drop_receipts(sp, [one.id for one in owed[BOB]])

    assert {user: [one.data for one in rows] for user, rows in owed.items()} == {
        BOB: [b"1", b"3"],
        ALICE: [b"2"],
    }
    assert list(outbox.queued_receipts(sp)) == [ALICE]


def test_receipts_an_older_build_had_signed_are_known_from_those_still_to_sign(
    tmp_path: Path,
) -> None:
    path, before = tmp_path / "space.db", tmp_path / "before"
    before.mkdir()
    for step in sorted((Path(migrate.__file__).parent / "migrations/space").iterdir())[:4]:
        shutil.copy(step, before)
    old = open_database(path, KEY, migrations=before)
    old.execute("INSERT INTO pending_receipt (to_user, signed) VALUES (:u, x'01')", {"u": BOB})
    old.close()

    sp = open_database(path, KEY, migrations="space")
    with transaction(sp):
        outbox.queue_receipt(sp, BOB, b"y")
    assert [one.signed for one in outbox.queued_receipts(sp)[BOB]] == [True, False]
    sp.close()
