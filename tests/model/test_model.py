"""The models hold, and fail where they must (docs/protocol/92-model.md)."""

from __future__ import annotations

import re

import pytest

from tests.model import maude
from tests.model.checks import CHECKS, Check, Expected

SECONDS = 300.0
pytestmark = pytest.mark.skipif(
    maude.program() is None, reason="Maude is not installed here: apt-get install maude"
)


@pytest.mark.parametrize(
    "check",
    [check for check in CHECKS if check.quick],
    ids=lambda check: re.sub(r"\W+", "-", f"{check.model} {check.law} {check.variant}")[:110],
)
def test_a_search_says_what_the_protocol_promises(check: Check) -> None:
    answer = maude.search(check, timeout=SECONDS)

    assert answer.found is check.expected, answer.printed


def test_every_law_can_fail() -> None:
    """A property that no broken variant breaks may be one that says nothing."""
    broken = {check.law for check in CHECKS if check.expected is Expected.FOUND}
    alone = {c.law for c in CHECKS if c.expected is Expected.NONE and not c.law.startswith("...")}

    assert {law for law in alone - broken if "two starts" not in law} == set()
