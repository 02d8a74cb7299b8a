"""What is searched for is found in nine languages, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from localstore import search, searchindex
from localstore.connection import Connection, transaction
from localstore.folding import fold
from localstore.search import Finder, Wanted
from localstore.searchindex import EXHIBITS, MESSAGES, Subject
from tests.localstore.samples import BOB, exhibit, number_id, put, text

PROBES: Final = (
    ("αθηνα", "Συνάντηση στην Αθήνα το πρωί"),
    ("οδοσ", "Η νέα οδός Ερμού"),
    ("ΕΡΜΟΥ", "Η νέα οδός Ερμού"),
    ("софия", "Претърсване в СОФИЯ утре"),
    ("търс", "Претърсване в СОФИЯ утре"),
    ("strasse", "Durchsuchung in der Straße des 17. Juni"),
    ("STRAẞE", "Durchsuchung in der Straße des 17. Juni"),
    ("suchung", "Durchsuchung in der Straße des 17. Juni"),
    ("munchen", "Übergabe in München"),
    ("lodz", "Kontener stoi w Łódź, magazyn 3"),
    ("LODZ, MAG", "Kontener stoi w Łódź, magazyn 3"),
    ("hal", "Laqgħa f’Ħal Qormi"),
    ("f'hal q", "Laqgħa f’Ħal Qormi"),
    ("enquete", "L’enquête et l’œuvre de Noël"),
    ("oeuvre", "L’enquête et l’œuvre de Noël"),
    ("smorrebrod", "Smørrebrød på Ærø"),
    ("aero", "Smørrebrød på Ærø"),
    ("zluta", "Žlutá dodávka, čtvrtek"),
    ("stefan", "Ștefan a plecat la Iași"),
    ("iasi", "Ștefan a plecat la Iași"),
)
"""The probe queries of the design in nine languages: what is typed, what it must find."""
TEXTS: Final = tuple(dict.fromkeys(written for _, written in PROBES))


def found(
    sp: Connection,
    subject: Subject,
    *terms: str,
    limit: int = 50,
    wanted: Mapping[str, Any] | None = None,
) -> list[int]:
    """What is found before everything is indexed; the same must be found afterwards."""
    before = look(sp, subject, *terms, limit=limit, wanted=wanted)
    settle(sp)
    assert look(sp, subject, *terms, limit=limit, wanted=wanted) == before
    return before


def settle(sp: Connection, limit: int = 1_000) -> bool:
    """Index what is fresh; whether something is left."""
    with transaction(sp):
        return any(searchindex.settle(sp, subject, limit) for subject in (MESSAGES, EXHIBITS))


def look(
    sp: Connection,
    subject: Subject,
    *terms: str,
    limit: int = 50,
    wanted: Mapping[str, Any] | None = None,
) -> list[int]:
    """The positions of everything that is found, in the order of finding."""
    key = "message" if subject is MESSAGES else "file"
    asked = Wanted(terms=tuple(map(fold, terms)), **(wanted or {}))
    finder = Finder(sp, subject, asked, key=key)
    every: list[int] = []
    while not finder.done and len(every) < limit:
        every += [position for position, _ in finder.step(sp, limit - len(every))]
    return every


@pytest.mark.parametrize(("typed", "written"), PROBES)
def test_a_message_is_found_however_it_is_typed(sp: Connection, typed: str, written: str) -> None:
    put(sp, *(text(number, text=one) for number, one in enumerate(TEXTS, start=1)))

    assert found(sp, MESSAGES, typed) == [TEXTS.index(written) + 1]


@pytest.mark.parametrize(("typed", "written"), PROBES)
@pytest.mark.parametrize("where", ["name", "title"])
def test_an_exhibit_is_found_by_its_file_name_and_its_title(
    sp: Connection, typed: str, written: str, where: str
) -> None:
    for number, one in enumerate(TEXTS, start=1):
        changes: dict[str, Any] = {"name": f"{one}.pdf"}
        if where == "title":
            changes = {"name": "x.pdf", "facts": (("title", one), ("place", "?"))}
        put(sp, exhibit(file=number_id(number), **changes))

    assert found(sp, EXHIBITS, typed) == [TEXTS.index(written) + 1]


def test_an_exhibit_is_found_by_its_number_and_by_every_fact(sp: Connection) -> None:
    put(sp, exhibit(exhibit="KA-17/b", facts=(("place", "Gdańsk"), ("remarks", "one\ntwo"))))

    assert [found(sp, EXHIBITS, one) for one in ("ka-17", "gdansk", "one two")] == [[1]] * 3
    assert found(sp, EXHIBITS, "gdansk", "ka-17") == [1]
    assert found(sp, EXHIBITS, "gdansk one") == []  # one fact ends where another begins


@pytest.mark.parametrize("typed", ["k", "ok", "o", "щ", "щр"])
def test_one_and_two_letters_are_found_among_the_newest_and_far_behind_them(
    sp: Connection, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 5)
    monkeypatch.setattr(search, "_SCANNED", 10)
    words = {3: "ok", 4: "щр", 27: "o, k"}
    put(sp, *(text(number, text=words.get(number, "xyz")) for number in range(1, 31)))

    here = [n for n in range(30, 0, -1) if fold(typed) in words.get(n, "")]
    assert found(sp, MESSAGES, typed) == here


def test_the_newest_come_first_and_the_rest_when_asked(
    sp: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 7)
    put(sp, *(text(number, text="Ladung" if number % 2 else "leer") for number in range(1, 41)))

    first = Finder(sp, MESSAGES, Wanted(terms=("ladung",)), key="message")
    page = [position for position, _ in first.step(sp, 3)]
    rest = Finder(sp, MESSAGES, Wanted(terms=("ladung",)), key="message", below=first.below)
    every: list[int] = []
    while not rest.done:
        every += [position for position, _ in rest.step(sp, 50)]

    assert page == [39, 37, 35]
    assert page + every == list(range(39, 0, -2))


def test_a_rare_word_is_found_in_one_step_however_far_behind_it_stands(
    sp: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 5)
    put(sp, *(text(number, text="Łódź" if number == 1 else "van") for number in range(1, 101)))
    settle(sp)

    finder = Finder(sp, MESSAGES, Wanted(terms=("lodz",)), key="message")

    assert finder.step(sp, 50) == [(1, number_id(1))]
    assert finder.done


def test_every_word_must_stand_in_the_row_and_a_phrase_as_it_is(sp: Connection) -> None:
    put(sp, text(1, text="red van, blue car"), text(2, text="blue van"), text(3, text="van\nblue"))

    assert found(sp, MESSAGES, "van", "blue") == [3, 2, 1]
    assert found(sp, MESSAGES, "van blue") == [3]  # over the end of a line, too
    assert found(sp, MESSAGES, "red", "blue van") == []


def test_a_filter_keeps_out_what_it_does_not_want(sp: Connection) -> None:
    put(sp, text(1, text="van"), text(2, text="van", author_user=BOB), text(3, text="car"))
    of_bob = {"columns": ("author_user",), "keep": lambda row: bytes(row["author_user"]) == BOB}

    assert found(sp, MESSAGES, "van", wanted=of_bob) == [2]
    assert found(sp, MESSAGES, wanted=of_bob) == [2]  # nothing typed but the filter
    assert found(sp, MESSAGES, "v", wanted=of_bob) == [2]


def test_what_is_not_a_message_of_a_person_is_not_found(sp: Connection) -> None:
    kinds = ("exhibit", "receipts", "welcome", "withdrawn", "event", "text")
    put(sp, *(text(n, kind=kind, text="van") for n, kind in enumerate(kinds, start=1)))

    assert found(sp, MESSAGES, "van") == [6]
    assert found(sp, MESSAGES, "v") == [6]


@pytest.mark.parametrize(
    "typed",
    [
        '"', '""', "'", "*", "abc*", "a OR b", "NOT van", "van AND", "NEAR(a b)", "folded:van",
        "-van", "^van", "(", ")", "van)", '" OR "', "%", "_", "a%b", "\\", "); DROP TABLE message",
        "\x00\x00\x00van", "\ud800van", "\u202evan", "🚚", "x" * 5000, "v" * 200, "ＶＡＮ",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_obeyed(sp: Connection, typed: str) -> None:
    put(sp, text(1, text="van"), text(2, text='say "NEAR" (50 %) a OR b'), text(3, text="c_d\\"))

    written = {1: "van", 2: 'say "near" (50 %) a or b', 3: "c_d\\"}
    wanted = fold(typed)
    assert found(sp, MESSAGES, typed) == [n for n in (3, 2, 1) if wanted in written[n]]


def test_the_index_may_name_too_much_and_never_decides_alone(sp: Connection) -> None:
    put(sp, text(1, text="xabcy bcd"), text(2, text="abcd"))

    assert found(sp, MESSAGES, "abcd") == [2]  # both have its triples
    assert searchindex.folded(MESSAGES, {"kind": "text", "text": "ABCD"}) == "abcd\n\n"


def looked_at(sp: Connection, term: str) -> tuple[list[int], int]:
    """What is found, and how many rows were looked at for it."""
    looked: list[int] = []

    def keep(row: Mapping[str, Any]) -> bool:
        looked.append(row["position"])
        return True

    return look(sp, MESSAGES, term, wanted={"keep": keep}), len(looked)


def test_a_phrase_looks_at_no_more_rows_than_have_all_of_its_words(sp: Connection) -> None:
    """Letters that touch go together: all triples of one word say no more than one of them."""
    words = {0: "the dachshund", 5: "a machine"}
    texts = (words.get(number % 10, "nothing") for number in range(1, 1_200))
    put(sp, *(text(number, text=one) for number, one in enumerate(texts, start=1)))
    put(sp, text(1_200, text="machine and dachshund"), text(1_201, text="machine dachshund"))
    settle(sp, 2_000)

    assert looked_at(sp, "machine dachshund") == ([1_201], 1)


def test_a_row_without_the_letters_of_the_word_is_not_folded(
    sp: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sp, *(text(number, text="Ärger, sexy") for number in range(1, 60)))
    put(sp, text(60, text="Kýxerg"))
    settle(sp)
    folded: list[int] = []

    def note(subject: Subject, row: Mapping[str, Any]) -> str:
        folded.append(row["position"])
        return searchindex.folded(subject, row)

    monkeypatch.setattr(search, "folded", note)

    assert look(sp, MESSAGES, "yx") == [60]
    assert folded == [60]
