"""A translator's file: what is missing is in it, and nothing wrong gets into a catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from tests.languages.catalogues import FOLDER, HELP, forms, path_of, said, wanted
from tests.languages.message import Message
from tests.languages.put import put
from tests.languages.rules import places, wrong
from tests.languages.todo import todo
from ui.language.po import read
from ui.shortcuts import key

CODE = "de"


def _filled(english: str, translation: object, part: str = "messages") -> dict[str, Any]:
    return {"language": CODE, part: [{"english": english, "translation": translation}]}


def test_what_the_file_asks_for_is_exactly_what_the_catalogues_lack() -> None:
    found = todo(CODE)

    for part, folder in (("messages", FOLDER), ("help", HELP)):
        asked = {(one.get("context", ""), one["english"]) for one in found[part]}
        assert asked == set(wanted(folder)) - set(said(CODE, folder))


def test_a_translation_is_put_where_the_window_reads_it_and_nothing_else_changes() -> None:
    made = put(CODE, _filled("Type what to look for.", "Suchen Sie nach etwas."))

    assert (made.taken, made.told) == (1, [])
    after = read(made.catalogues[path_of(CODE)].decode()).forms
    assert after.pop(("", "Type what to look for.")) == ("Suchen Sie nach etwas.",)
    before = said(CODE)
    del before["", "Type what to look for."]
    assert after == {key: form for key, form in before.items() if key in wanted(FOLDER)}


def test_a_paragraph_of_the_help_is_put_into_the_catalogue_of_the_help() -> None:
    made = put(CODE, _filled("First steps", "Erste Schritte", "help"))

    assert made.told == []
    after = read(made.catalogues[path_of(CODE, HELP)].decode()).forms
    assert after["", "First steps"] == ("Erste Schritte",)


def test_a_translation_of_english_that_has_changed_since_is_told_and_left_out() -> None:
    made = put(CODE, _filled("Type what to look for!", "Suchen Sie nach etwas!"))

    assert made.catalogues == {}
    assert "not wanted" in made.told[0]


def test_what_is_still_empty_is_left_for_later_without_a_word() -> None:
    made = put(CODE, _filled("Type what to look for.", ""))

    assert (made.catalogues, made.taken, made.told) == ({}, 0, [])


def test_a_file_for_another_language_is_refused() -> None:
    made = put("fr", _filled("Type what to look for.", "Suchen Sie nach etwas."))

    assert (made.catalogues, made.taken) == ({}, 0)
    assert "'de'" in made.told[0]


@pytest.mark.parametrize(
    ("source", "translation", "why"),
    [
        ("{name} has no rows.", "{Name} hat keine Zeilen.", "places that the source has not"),
        ("{name} has no rows.", "Das hat keine Zeilen.", "places are lost"),
        ("{name} has no rows.", "{name hat keine Zeilen.", "brace"),
        ("{name} has no rows.", "{name} hat keine Zeilen", "ends otherwise"),
        ("Open", "Öffnen…", "ends otherwise"),
        ("Copy…", "Kopieren", "ends otherwise"),
        ("Failed:: It stopped.", "Fehlgeschlagen: Es hielt an.", ":: "),
        ("It stopped.", "Es <b>hielt</b> an.", "markup"),
        ("It stopped.", "Es hielt\nan.", "markup"),
        ("It stopped.", " Es hielt an.", "blank"),
        ("It stopped.", ["Es hielt an.", "Sie hielten an."], "list"),
        ("It stopped here and now.", "It stopped here and now.", "same as the source"),
    ],
)
def test_a_translation_that_loses_or_adds_something_is_refused(
    source: str, translation: object, why: str
) -> None:
    assert why in wrong(Message(source), translation, CODE, 2)


def test_a_counted_sentence_needs_every_form_and_may_leave_out_the_number_one() -> None:
    one = Message("{count} file in {name}", "{count} files in {name}")

    assert wrong(one, ["eine Datei in {name}", "{count} Dateien in {name}"], CODE, 2) == ""
    assert "forms" in wrong(one, ["{count} Dateien in {name}"], CODE, 2)
    assert "lost" in wrong(one, ["eine Datei", "{count} Dateien in {name}"], CODE, 2)


def test_greek_and_bulgarian_are_written_in_their_own_letters() -> None:
    assert "letters" in wrong(Message("It stopped there and then."), "Das blieb stehen.", "el", 2)
    assert wrong(Message("SHA-256 (report)"), "SHA-256 (report)", "el", 2) == ""


@pytest.mark.parametrize("code", ["de", "bg", "mt", "ga", "sl"])
def test_the_checks_take_what_the_catalogues_hold(code: str) -> None:
    """What translators wrote before is measured with the same rules: few may stand out."""
    known = said(code)
    odd = {
        key[1]: why
        for key, one in wanted(FOLDER).items()
        if key in known
        and not key[0]
        and (
            why := wrong(one, list(known[key]) if one.plural else known[key][0], code, forms(code))
        )
    }

    assert len(odd) <= len(known) // 100, odd


def test_places_of_the_help_are_names_of_keys() -> None:
    for _, text in wanted(HELP):
        for name in places(text):
            assert key(name).label
