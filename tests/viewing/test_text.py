"""Text is shown as it stands: nothing in it acts, hides or is lost."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import resources
from jitclient.viewing import text
from jitclient.viewing.wire import Encoding

text.load(resources.path("fonts/NotoSansMono-Regular.ttf").read_bytes())


def told(content: str) -> list[str]:
    """Rows, with marks as they are drawn."""
    return ["".join(piece for piece, _ in row) for row in text.laid_out(content)]


@pytest.mark.parametrize(
    ("letter", "mark"),
    [
        ("\u202e", "‹U+202E›"),
        ("\u200b", "‹U+200B›"),
        ("\x1b", "‹U+001B›"),
        ("\u2066", "‹U+2066›"),
        ("\xa0", "‹U+00A0›"),
        ("\ufeff", "‹U+FEFF›"),
        ("\r", "‹U+000D›"),
        ("\ue000", "‹U+E000›"),
        ("\U000e0041", "‹U+E0041›"),
        ("漢", "‹U+6F22›"),
    ],
)
def test_what_would_act_hide_or_be_a_box_is_named(letter: str, mark: str) -> None:
    assert text.laid_out(f"a{letter}b") == [(("a", False), (mark, True), ("b", False))]


def test_what_looks_like_a_mark_is_no_mark() -> None:
    assert text.laid_out("‹U+202E›") == [(("‹U+202E›", False),)]


def test_languages_of_the_union_stand_as_they_are() -> None:
    line = "Żółć ħġż Ñandú Ţară ſ € Αθήνα Софийски šķēršļi ŠČŘŽ ő ű ð þ"

    assert told(line) == [line]


def test_lines_of_every_system_end_where_they_do() -> None:
    assert told("a\r\nb\n\nc\n") == ["a", "b", "", "c"]


def test_a_tabulator_goes_to_the_next_column_of_eight() -> None:
    assert told("a\tb") == ["a       b"]


def test_bytes_that_are_no_text_are_named() -> None:
    encoding, read = text.decoded(b"a\x81\xffz", Encoding.OWN, cut=False)

    assert encoding is Encoding.WINDOWS_1252
    assert told(read) == ["a‹x81›ÿz"]


def test_utf_8_is_believed_only_when_all_of_it_is() -> None:
    assert text.decoded("Łódź".encode(), Encoding.OWN, cut=False) == (Encoding.UTF8, "Łódź")
    assert text.decoded("Łódź".encode()[:-1], Encoding.OWN, cut=False)[0] is Encoding.WINDOWS_1252


def test_a_letter_that_the_limit_cuts_through_spoils_nothing() -> None:
    assert text.decoded("Łódź".encode()[:-1], Encoding.OWN, cut=True) == (Encoding.UTF8, "Łód")


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-16-le", Encoding.UTF16_LE), ("utf-16-be", Encoding.UTF16_BE), ("utf-8", Encoding.UTF8)],
)
def test_the_mark_at_the_beginning_decides(codec: str, encoding: Encoding) -> None:
    assert text.decoded("\ufeffŁ".encode(codec), Encoding.OWN, cut=False) == (encoding, "Ł")


@given(st.text(max_size=400))
def test_no_row_is_wider_than_the_page_and_nothing_is_lost(content: str) -> None:
    rows = text.laid_out(content)
    seen = "".join(piece for row in rows for piece, marked in row if not marked)

    assert all(sum(len(piece) for piece, _ in row) <= text.COLUMNS for row in rows)
    assert [one for one in content if one.isascii() and one.isalnum()] == [
        one for one in seen if one.isascii() and one.isalnum()
    ]


@pytest.mark.parametrize("side", [60, 200, 503, 900, 2_000, 6_000])
def test_the_last_column_is_on_the_page_however_large_it_is(side: int) -> None:
    """At every size, the point that is darkest farthest right belongs to the hundredth column."""
    content = b"M" * text.COLUMNS
    one = text.PlainText(io.BytesIO(content), len(content), Encoding.OWN)

    made = one.page(0, side, 16_000)

    image = Image.frombytes("RGB", (made.width, made.height), made.points).convert("L")
    ink = image.point(lambda grey: 255 if grey < 200 else 0).getbbox()
    assert ink is not None
    left, _, right, _ = ink
    assert made.width <= side
    assert right < made.width
    assert abs(left - (made.width - right)) <= max(3, made.width // 100)
