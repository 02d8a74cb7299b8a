"""What a person types is understood, or refused with a sentence that says what to change."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.searchquery import FILTERS, MAX_QUERY_CHARS, MAX_WORDS, Query, parse
from protocol.errors import BadInputError


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("red van", Query(words=("red", "van"))),
        ('"red van" blue', Query(words=("red van", "blue"))),
        ("„rotes Auto“ «une voiture»", Query(words=("rotes Auto", "une voiture"))),
        ('"never closed', Query(words=("never closed",))),
        ('"from:moreau"', Query(words=("from:moreau",))),
        ("FROM:Moreau from:me", Query(authors=("Moreau", "me"))),
        ('from:"Anne Moreau" van', Query(authors=("Anne Moreau",), words=("van",))),
        ("in:albatross type:.PDF", Query(spaces=("albatross",), types=("pdf",))),
        ("exhibit:E-17", Query(numbers=("E-17",))),
        ("12:30 https://a.eu/b re:x a:b", Query(words=("12:30", "https://a.eu/b", "re:x", "a:b"))),
        ('tag:"Blue car" tag:none', Query(tags=("Blue car", "none"))),
        ("REVIEW:In-Review review:flag", Query(reviews=("in-review", "flag"))),
        ("before:2026", Query(before=date(2026, 1, 1))),
        ("after:2026-11", Query(after=date(2026, 11, 1))),
        ("after:2.11.2026", Query(after=date(2026, 11, 2))),
        (
            "before:2026-12-01 before:2026-11-05 after:2026-11-04",
            Query(before=date(2026, 11, 5), after=date(2026, 11, 4)),
        ),
    ],
)
def test_a_query_is_understood(typed: str, understood: Query) -> None:
    assert parse(typed) == understood


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type what"),
        ('  ""  ', "Type what"),
        ("van from:", "from: needs a name"),
        ('van type:""', "type: needs a type"),
        ("type:a/b", "extension such as pdf"),
        ("review:done", "review: is one of new, in-review, reviewed, flagged"),
        ("tag:", "tag: needs a tag"),
        ("before:yesterday", "before: needs a date as 2026-11-02"),
        ("before:2026-02-30", "no such day"),
        ("after:0000-01-01", "no such day"),
        ("after:2026-11-02 before:2026-11-02", "nothing can be found"),
        ("x" * (MAX_QUERY_CHARS + 1), f"at most {MAX_QUERY_CHARS}"),
        ("x " * (MAX_WORDS + 1), f"At most {MAX_WORDS}"),
    ],
)
def test_what_cannot_be_understood_is_said(typed: str, told: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse(typed)

    assert told in refused.value.sentence


@given(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from('":fromintypebefore 2026-')))
    | st.builds(lambda name, rest: f"{name}:{rest}", st.sampled_from(FILTERS), st.text())
)
def test_anything_is_understood_or_refused(typed: str) -> None:
    try:
        found = parse(typed)
    except BadInputError:
        return

    assert found != Query()
    assert all(word.strip('" ') for word in (*found.words, *found.authors, *found.types))
