"""Every attack of the list has a test of its name, and most a check whose absence is noticed."""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.tree import ROOT
from tests.mutants import page
from tests.mutants.hook import wound

ATTACKS = {f"A{number:02}" for number in range(1, 35)}
STRUCTURAL = {"A11", "A13", "A15", "A26", "A27", "A28", "A31", "A34"}
"""No check could be taken out: docs/protocol/90-checks.md §2 says of each what holds instead."""

WOUNDS = json.loads((ROOT / "tests/mutants/wounds.json").read_text("utf-8"))


def _named() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text("utf-8")
        found |= {f"A{n}" for n in re.findall(r"def test_a(\d\d)_", text)}
        found |= {f"A{n}" for n in re.findall(r"id=\"a(\d\d)-", text)}
    return found


def test_every_attack_is_played_by_a_test_of_its_name() -> None:
    assert ATTACKS - _named() == set()


def test_every_attack_has_a_check_that_can_be_taken_out_or_a_reason_why_not() -> None:
    wounded = {wound["attack"] for wound in WOUNDS}
    page = (ROOT / "docs/protocol/90-checks.md").read_text("utf-8")

    assert ATTACKS - wounded == STRUCTURAL
    assert {attack for attack in STRUCTURAL if attack not in page} == set()


def test_what_is_taken_out_and_who_misses_it_exist() -> None:
    lost = []
    for one in WOUNDS:
        file, _, test = one["test"].partition("::")
        if f"def {test}(" not in (ROOT / "tests" / file).read_text("utf-8"):
            lost.append(one["test"])
        if not (ROOT / one["path"]).is_file():
            lost.append(one["path"])

    assert lost == []


@pytest.mark.parametrize("name", [one["name"] for one in WOUNDS])
def test_a_check_that_is_taken_out_stands_in_the_source(name: str) -> None:
    path, code = wound.changed(f"text:{name}")

    assert code.co_filename.endswith(path)


def test_the_page_lists_what_is_taken_out() -> None:
    text = page.PAGE.read_text("utf-8")

    assert page.page(text) == text, "python -m tests.mutants.page"
