"""Words are exact where a court reads them."""

from __future__ import annotations

import pytest

from jitclient.views import MessageState
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from ui import words
from ui.language import trn


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (268_435_456, "256 MiB"),
        (1_503_238_554, "1.4 GiB"),
    ],
)
def test_sizes_are_binary_and_short(count: int, shown: str) -> None:
    assert words.size(count) == shown


def test_a_transfer_shows_a_hundred_percent_only_when_everything_is_done() -> None:
    assert words.percent(999_999, 1_000_000) == 99
    assert words.percent(1_000_000, 1_000_000) == 100
    assert words.percent(0, 0) == 0


def test_a_day_is_headed_with_its_time_zone() -> None:
    assert words.day(NOW, words.fixed(1)) == "Sunday 22 November 2026  ·  UTC+01:00"


def test_exact_times_carry_their_offset() -> None:
    assert words.iso(NOW, words.fixed(2)) == "2026-11-22T16:00:00+02:00"


def test_a_message_is_never_called_received_before_every_member_has_it() -> None:
    desk = DeskDouble()
    saved = desk.say(desk.space_a, 0, "x")
    there = desk.say(desk.space_a, 0, "x", state=MessageState.ON_SERVER)
    some = desk.say(desk.space_a, 0, "x", state=MessageState.ON_SERVER, have=2)
    everyone = desk.say(desk.space_a, 0, "x", state=MessageState.RECEIVED, have=3)

    shown = [words.message_badge(one).word for one in (saved, there, some, everyone)]

    assert shown == ["Saved here", "On the server", "Received by 2 of 3", "Received by 3 of 3"]


def test_the_true_extension_is_split_from_the_name() -> None:
    assert words.extension("report.pdf.exe") == ("report.pdf", "EXE")
    assert words.extension("README") == ("README", "")
    assert words.extension(".bashrc") == (".bashrc", "")


def test_a_name_cannot_change_the_direction_of_reading() -> None:
    assert words.plain("exe.\u202egpj") == "exe.\ufffdgpj"
    assert words.plain("a\x1b[31m\n") == "a\ufffd[31m\ufffd"


def test_digits_are_grouped_in_fives() -> None:
    assert words.grouped("1234567890") == ("12345", "67890")


def test_counts_agree_with_their_noun() -> None:
    assert trn("{count} item", "{count} items", 1) == "1 item"
    assert trn("{count} item", "{count} items", 3) == "3 items"
    assert trn("{count} try", "{count} tries", 12_345) == "12,345 tries"


def test_a_stated_date_reads_like_a_date() -> None:
    assert words.written_date("2026-09-14") == "14 September 2026"
    assert words.written_date("soon") == "soon"
