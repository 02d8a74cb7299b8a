"""The order and the marks of the timeline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitclient.views import ExhibitState, MessageKind, MessageState, Missing
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from ui import words
from ui.conversation import rows
from ui.conversation.state import DayRow, EventRow, MessageItem, MissingRow, UnreadRow

ZONE = words.fixed(1)


def _build(desk: DeskDouble, unread: str | None = None) -> list[object]:
    have = desk.rows[desk.space_a]
    files = {one.file: one for one in desk.files[desk.space_a]}
    first = next((one.message for one in have if one.text == unread), None)
    return list(rows.build(have, files, unread_from=first, zone=ZONE))


def test_every_day_has_one_heading_in_the_viewers_zone() -> None:
    desk = DeskDouble()
    late = NOW - NOW % DAY + 23 * 3600 + 1800  # 23:30 UTC is the next day at UTC+1
    desk.say(desk.space_a, 1, "a", at=late - 3600)
    desk.say(desk.space_a, 1, "b", at=late)
    desk.say(desk.space_a, 1, "c", at=late + 60)

    shown = _build(desk)

    assert [type(one) for one in shown] == [DayRow, MessageItem, DayRow, MessageItem, MessageItem]


def test_a_run_of_one_author_names_him_once() -> None:
    desk = DeskDouble()
    for at in (0, 60, 120):
        desk.say(desk.space_a, 1, "x", at=NOW + at)
    desk.say(desk.space_a, 2, "y", at=NOW + 130)
    desk.say(desk.space_a, 2, "z", at=NOW + 130 + 301)

    heads = [one.heads for one in _build(desk) if isinstance(one, MessageItem)]

    assert heads == [True, False, False, True, True]


def test_the_unread_line_stands_above_the_first_unread_message() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "read")
    desk.say(desk.space_a, 1, "new 1")
    desk.say(desk.space_a, 0, "mine")
    desk.say(desk.space_a, 2, "new 2")

    shown = _build(desk, unread="new 1")

    at = next(i for i, one in enumerate(shown) if isinstance(one, UnreadRow))
    after = shown[at + 1]
    assert isinstance(after, MessageItem)
    assert after.text == "new 1"


def test_a_gap_in_a_senders_chain_is_named_where_it_is() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "before")
    desk.say(desk.space_a, 1, "after", missing=1)

    shown = _build(desk)

    at = next(i for i, one in enumerate(shown) if isinstance(one, MissingRow))
    missing = shown[at]
    assert isinstance(missing, MissingRow)
    assert missing.badge.word == "1 message of Jan de Vries missing here"
    assert isinstance(shown[at + 1], MessageItem)


def test_an_author_stands_with_authority_country_and_role_as_long_as_he_is_a_member() -> None:
    desk = DeskDouble()
    row = desk.say(desk.space_a, 1, "hello")
    gone = desk.say(desk.space_a, 2, "hello")
    desk.rows[desk.space_a] = [row, replace(gone, author_role=None)]

    places = [one.place for one in _build(desk) if isinstance(one, MessageItem)]

    assert places == ["FIOD · NL · Investigator", "Europol, EC3 · EU"]


def test_a_message_knows_what_is_missing_before_it_and_no_other_does() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "before")
    after = desk.say(desk.space_a, 1, "after", missing=1)
    desk.say(desk.space_a, 1, "later")

    shown = [one for one in _build(desk) if isinstance(one, MessageItem)]

    assert [one.lacks is not None for one in shown] == [False, True, False]
    lacks = shown[1].lacks
    assert lacks is not None
    assert lacks.message == after.message
    assert lacks.device == f"Device {after.author_device.hex()[:8]}"


@pytest.mark.parametrize(
    ("state", "words_"),
    [(Missing.ASKED, "asked for again"), (Missing.LOST, "could not be had")],
)
def test_what_is_done_about_a_gap_stands_in_it(state: Missing, words_: str) -> None:
    desk = DeskDouble()
    row = desk.say(desk.space_a, 1, "after", missing=2)
    desk.rows[desk.space_a] = [replace(row, missing=state)]

    missing = _build(desk)[1]

    assert isinstance(missing, MissingRow)
    assert missing.badge.word == f"2 messages of Jan de Vries missing here, {words_}"
    assert missing.hint


def test_a_message_that_came_late_says_so_and_starts_no_day_of_its_own() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 1, "first", at=NOW)
    desk.say(desk.space_a, 1, "lost, and sent again", at=NOW + DAY + 3600)
    desk.say(desk.space_a, 2, "crossed on its way", at=NOW + 90)
    desk.say(desk.space_a, 2, "below", at=NOW + 60)

    shown = _build(desk)

    assert [type(one) for one in shown] == [DayRow, *[MessageItem] * 4]
    late = [one.badge.word for one in shown if isinstance(one, MessageItem)]
    assert late == ["", "Came late, 23 Nov 2026, 16:00", "", ""]


def test_events_and_exhibits_are_rows_of_their_own_kind() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 0, "Jan de Vries was added", kind=MessageKind.EVENT)
    file = desk.exhibit(
        desk.space_a, "a.tar.gz", "A-1", 1000, ExhibitState.UPLOADING, done=0.5, rate=10
    )
    desk.say(desk.space_a, 0, "", kind=MessageKind.EXHIBIT, file=file.file)

    shown = _build(desk)

    assert isinstance(shown[1], EventRow)
    item = shown[2]
    assert isinstance(item, MessageItem)
    assert item.exhibit is not None
    assert (item.exhibit.number, item.exhibit.stem, item.exhibit.extension) == (
        "A-1",
        "a.tar",
        "GZ",
    )
    assert item.exhibit.percent == 50


def test_a_reply_quotes_what_it_answers_in_one_line() -> None:
    desk = DeskDouble()
    asked = desk.say(desk.space_a, 1, "line one\nline two " + "x" * 300)
    desk.say(desk.space_a, 0, "answer", reply_to=asked.message)

    item = _build(desk)[-1]

    assert isinstance(item, MessageItem)
    assert item.reply is not None
    assert item.reply.author == "Jan de Vries"
    assert item.reply.text.startswith("line one line two")
    assert len(item.reply.text) <= 120


def test_a_refused_message_says_why() -> None:
    desk = DeskDouble()
    desk.say(desk.space_a, 0, "x", state=MessageState.REFUSED, problem="The space is closed.")

    item = _build(desk)[-1]

    assert isinstance(item, MessageItem)
    assert item.problem == "The space is closed."
    assert item.badge.word == "Refused"


def test_what_somebody_shared_of_the_past_stands_on_its_day_and_names_who_shared_it() -> None:
    desk = DeskDouble()
    row = desk.say(desk.space_a, 2, "before your time", at=NOW)
    shared = replace(row, received_at=NOW + 5 * DAY, told_by="Clara Weiss")
    desk.rows[desk.space_a] = [shared]
    desk.say(desk.space_a, 1, "today", at=NOW + DAY)

    shown = _build(desk)

    assert [type(one) for one in shown] == [DayRow, MessageItem, DayRow, MessageItem]
    told = shown[1]
    assert isinstance(told, MessageItem)
    assert told.badge.word == "Shared by Clara Weiss"


def test_a_name_that_could_be_taken_for_anothers_is_said_where_a_run_begins() -> None:
    desk = DeskDouble()
    note = "This name looks like that of Inés Salgado (Europol, EC3, EU)."
    for at in (0, 60):
        desk.say(desk.space_a, 1, "x", at=NOW + at)
    desk.rows[desk.space_a] = [replace(r, author_note=note) for r in desk.rows[desk.space_a]]

    first, second = (one for one in _build(desk) if isinstance(one, MessageItem))

    assert (first.note, first.place, first.heads) == (note, "FIOD · NL · Investigator", True)
    assert not second.heads
