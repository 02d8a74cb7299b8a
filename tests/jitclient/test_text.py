"""Text from people: what could disguise itself is refused in names and shown in the rest."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from jitclient.foundation.text import check_line, check_message, file_name, visible
from protocol.errors import BadInputError

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HIDDEN = BIDI + "\x00\x07\x1b\x7f\x85\u00ad\u2028\u2029\ufeff\ue000\U000e0041\ud800"


@pytest.mark.parametrize("char", HIDDEN)
def test_a_hidden_character_is_shown_and_never_obeyed(char: str) -> None:
    assert visible(f"a{char}b") == "a\ufffdb"
    assert visible(f"a{char}b", lines=True) == "a\ufffdb"


@pytest.mark.parametrize("char", HIDDEN + "\n\t\r")
def test_a_name_with_a_hidden_character_is_refused(char: str) -> None:
    with pytest.raises(BadInputError):
        check_line(f"a{char}b", "The title")
    with pytest.raises(BadInputError):
        file_name(f"a{char}b.pdf")


def test_lines_and_tabs_survive_only_where_lines_are_meant() -> None:
    assert visible("a\n\tb", lines=True) == "a\n\tb"
    assert visible("a\n\tb") == "a\ufffd\ufffdb"
    assert visible("a\r\nb", lines=True) == "a\ufffd\nb"


@pytest.mark.parametrize(
    "text", ["naïve Straße", "Ελληνικά", "שלום", "العربية", "हिन्दी", "日本語", "👩‍👧", "می‌خواهم"]
)
def test_the_scripts_of_the_union_and_beyond_pass(text: str) -> None:
    assert visible(text) == text
    assert check_line(text, "The title") == text


def test_twins_of_one_name_become_one() -> None:
    assert check_line("  Cafe\u0301 ", "The title") == "Caf\u00e9"
    assert check_message("Cafe\u0301", limit_bytes=100) == "Caf\u00e9"


def test_a_line_is_neither_empty_nor_longer_than_allowed() -> None:
    assert check_line("x" * 10, "The title", limit=10) == "x" * 10
    for text in ("", "   ", "\u3000", "x" * 11):
        with pytest.raises(BadInputError):
            check_line(text, "The title", limit=10)


def test_a_message_counts_in_bytes_and_keeps_its_lines() -> None:
    assert check_message("\na\r\nb\n", limit_bytes=10) == "a\nb"
    assert check_message("é" * 5, limit_bytes=10) == "é" * 5
    for text in ("é" * 6, "", " \n ", "\ud800"):
        with pytest.raises(BadInputError):
            check_message(text, limit_bytes=10)


@pytest.mark.parametrize("name", [".", "..", "a/b", "a\\b", "../a", ""])
def test_a_file_name_is_never_a_path(name: str) -> None:
    with pytest.raises(BadInputError):
        file_name(name)


def test_a_file_name_keeps_what_is_strange_but_harmless() -> None:
    for name in ("...", "CON", "a:b", ".hidden", "=cmd()", "<b>.html"):
        assert file_name(name) == name


def test_no_character_that_hides_passes_for_printable() -> None:
    """Of every character there is, the same as by its category; what is printable is not read."""
    for point in range(sys.maxunicode + 1):
        char = chr(point)
        hides = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        expected = "\ufffd" if hides and char not in "\u200c\u200d" else char
        assert visible(char) == expected, hex(point)
