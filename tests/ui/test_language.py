"""Sentences in another language: forms, values, switching."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.language import choose, tr, trc, trn
from ui.language.catalogue import SOURCE, Table
from ui.language.po import read
from ui.words import Badge

POLISH = """
msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

# a comment
#: somewhere.py
msgid "{count} message"
msgid_plural "{count} messages"
msgstr[0] "{count} wiadomość"
msgstr[1] "{count} wiadomości"
msgstr[2] "{count} wiadomości!"

msgctxt "a verb"
msgid "Open"
msgstr "Otwórz"

msgid "Say \\"{word}\\"\\n"
"and go"
msgstr "Powiedz „{word}”\\n"
"i idź"

#, fuzzy
msgid "Doubtful"
msgstr "Wątpliwe"

msgid "Missing"
msgstr ""
"""  # noqa: E501 - as the file has it


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    choose(SOURCE)


def test_a_catalogue_is_read_as_translators_write_it() -> None:
    found = read(POLISH)

    assert found.one("Open", "a verb") == "Otwórz"
    assert found.one("Open") == "Open"
    assert found.one('Say "{word}"\nand go') == "Powiedz „{word}”\ni idź"


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "{count} wiadomość"), (3, "{count} wiadomości"), (5, "{count} wiadomości!")],
)
def test_a_count_takes_the_form_that_its_language_asks_for(count: int, form: str) -> None:
    assert read(POLISH).many("{count} message", "{count} messages", count) == form


def test_what_is_doubtful_or_missing_stays_english() -> None:
    found = read(POLISH)

    assert found.one("Doubtful") == "Doubtful"
    assert found.one("Missing") == "Missing"


def test_english_counts_and_puts_values_in_their_places() -> None:
    assert trn("{count} device", "{count} devices", 1) == "1 device"
    assert trn("{count} device", "{count} devices", 12_000) == "12,000 devices"
    assert tr("{name} has a new key", name="{braces}") == "{braces} has a new key"
    assert trc("decimal", ".") == "."


def test_a_table_speaks_the_language_of_the_moment_it_is_looked_up() -> None:
    table = Table({1: "Open", 2: Badge("Open", "circle-dot")})

    choose(SOURCE, altered=str.upper)

    assert table[1] == "OPEN"
    assert table[2] == Badge("OPEN", "circle-dot")


def test_a_broken_catalogue_is_told_from_an_empty_one() -> None:
    with pytest.raises(ValueError, match="torn"):
        read('msgid "torn')
