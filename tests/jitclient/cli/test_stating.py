"""What must be stated of every exhibit is asked for by name, counted on, or taken from the file."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from jitclient.cli.stating import Stating, demand, judged, stating
from jitclient.factviews import STARRED, following, lacking
from jitclient.views import ListRow
from protocol.errors import BadInputError, UsageError
from protocol.facts import BY_NAME

WHOLE = dict.fromkeys(STARRED, "x")


def row(name: str = "a.img", number: str = "", problem: str = "", **facts: str) -> ListRow:
    return ListRow(line=2, path=Path(name), number=number, facts=facts, problem=problem)


@pytest.mark.parametrize("name", STARRED)
def test_each_starred_fact_that_is_not_stated_is_named_with_its_option(name: str) -> None:
    facts = {**WHOLE, name: " "}

    with pytest.raises(BadInputError) as refused:
        demand("E-1", facts)

    assert BY_NAME[name].label.lower() in refused.value.sentence
    assert f"--{name} " in refused.value.sentence


def test_a_number_is_asked_for_and_nothing_when_all_is_stated() -> None:
    with pytest.raises(BadInputError, match="--number-from"):
        demand("", WHOLE)

    demand("E-1", WHOLE)
    assert lacking("E-1", WHOLE) == ()


def test_a_row_says_what_it_lacks_and_keeps_what_was_wrong_with_it_already() -> None:
    assert judged(row(number="E-1")).problem.startswith("Still to state: case number, title")
    assert judged(row(problem="Its file is not there.")).problem == "Its file is not there."


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("E-9", "E-10"),
        ("E-09", "E-10"),
        ("007", "008"),
        ("PT/2026/99", "PT/2026/100"),
        ("E-17b", ""),
        ("", ""),
        ("x" * 74 + "9", ""),
        ("Ε-٣", ""),
    ],
)
def test_numbers_are_counted_on_as_they_are_written(given: str, after: str) -> None:
    assert following(given) == after


def test_files_without_a_number_or_title_get_the_next_and_their_name() -> None:
    state = Stating("E-9", counting=True, titled=True)

    done = [state(one) for one in (row(), row(number="X-1"), row("b.tar.gz", title="Kept"))]

    assert [(one.number, one.facts["title"]) for one in done] == [
        ("E-9", "a"),
        ("X-1", "a"),
        ("E-10", "Kept"),
    ]


def test_one_number_is_given_to_every_file_unless_counted() -> None:
    state = Stating("E-9", counting=False, titled=False)

    assert [state(row()).number for _ in range(2)] == ["E-9", "E-9"]
    assert "title" not in state(row()).facts


def test_nothing_is_counted_on_from_what_ends_in_no_number() -> None:
    with pytest.raises(UsageError):
        stating(argparse.Namespace(number_from="E-x", exhibit="", title_from_name=False))
