"""At every scale lines lie on whole pixels and icons are drawn, not stretched; 100 to 300 %."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from math import floor
from typing import Any, Final

import pytest

from tests.architecture.tree import ROOT
from ui.theme.tokens import LIGHT

SCALES: Final = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_ROUNDING: Final = (
    4  # steps of 255: Qt places edges to a 64th of a pixel. A shared one is off by tens
)
_TOKENS: Final = {
    LIGHT.window, LIGHT.surface, LIGHT.hairline, LIGHT.border, LIGHT.accent, LIGHT.ring,
    LIGHT.warn, LIGHT.warn_soft,
}  # fmt: skip


@cache
def _seen(scale: float) -> dict[str, Any]:
    """What tests/ui/scaling.py reports, from a process of that scale."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    env |= {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.scaling"],
        cwd=ROOT,
        env=env,
        check=True,
        capture_output=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _is(colour: str, token: str) -> bool:
    pairs = zip(_channels(colour), _channels(token), strict=True)
    return all(abs(one - other) <= _ROUNDING for one, other in pairs)


@pytest.mark.parametrize("scale", SCALES)
def test_no_line_is_shared_between_two_pixels(scale: float) -> None:
    """Every pixel across an edge is a colour of the scheme, none a mixture of two."""
    mixed = {
        name: colour
        for name, found in _seen(scale)["slices"].items()
        for colour, _ in found
        if not any(_is(colour, token) for token in _TOKENS)
    }

    assert _seen(scale)["ratio"] == scale
    assert mixed == {}


@pytest.mark.parametrize("scale", SCALES)
def test_lines_are_as_many_pixels_thick_as_fit(scale: float) -> None:
    one, two = max(1, floor(scale)), floor(2 * scale)
    thick = {"card": LIGHT.hairline, "button": LIGHT.border, "notice": LIGHT.warn}

    for name, token in thick.items():
        found = _seen(scale)["slices"][name]
        assert [count for colour, count in found if _is(colour, token)] == [one, one], name
    ring = _seen(scale)["slices"]["ring"]
    assert [count for colour, count in ring if _is(colour, LIGHT.ring)] == [two, two]
    gaps = [count for colour, count in ring[2:-2] if _is(colour, LIGHT.window)]
    assert min(gaps) >= two


@pytest.mark.parametrize("scale", SCALES)
def test_an_icon_is_drawn_for_the_pixels_of_the_screen(scale: float) -> None:
    """On a button and alone it is its own rendering, pixel for pixel; nothing stretches it."""
    assert _seen(scale)["crisp"] == {"glyph": True, "icon": True}
