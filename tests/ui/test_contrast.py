"""Contrast of every pair in use, computed from the tokens (WCAG 2.2: AA, and AAA where asked for).

The usual schemes hold 4.5:1 for words and 3:1 for what is no word (1.4.3, 1.4.11). High contrast
holds 7:1 for words (1.4.6) and 4.5:1 for every line, also for those that are ornament otherwise.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from ui.theme.highcontrast import HIGH_DARK, HIGH_LIGHT, scheme
from ui.theme.tokens import DARK, LIGHT, Palette, Tone, contrast

ALL = (LIGHT, DARK, HIGH_LIGHT, HIGH_DARK)
SCHEMES = pytest.mark.parametrize("p", ALL, ids=lambda p: p.name)
HIGH = pytest.mark.parametrize("p", [HIGH_LIGHT, HIGH_DARK], ids=lambda p: p.name)
INKS = ("text", "secondary", "muted", "accent", "ok", "warn", "danger", "verified")
LINES = ("border", "ring", "hairline", "edge")
GROUNDS = ("window", "sidebar", "surface", "raised", "selection", "own", "hover")
SOFT = ("ok_soft", "warn_soft", "danger_soft", "verified_soft")
ON = {
    "on_accent": ("accent", "accent_hover", "accent_press"),
    "on_danger": ("danger_fill", "danger_hover", "danger_press"),
    "on_tile": ("tiles",),
}
ORNAMENT = {"skeleton"}  # grey bars in the shape of what comes; the words below them say it


def _words(p: Palette) -> float:
    return 7 if p.edge else 4.5


def _lines(p: Palette) -> float:
    return 4.5 if p.edge else 3


def _all(p: Palette, names: tuple[str, ...]) -> list[str]:
    return [getattr(p, name) for name in names]


@SCHEMES
def test_text_reads_on_every_ground(p: Palette) -> None:
    grounds = _all(p, GROUNDS)

    assert min(contrast(p.text, one) for one in grounds) >= 7
    assert min(contrast(p.secondary, one) for one in grounds) >= _words(p)
    assert min(contrast(p.muted, one) for one in grounds) >= _words(p)


@SCHEMES
def test_the_accent_reads_and_is_read_on(p: Palette) -> None:
    grounds = (p.window, p.sidebar, p.surface, p.selection, p.hover)

    assert min(contrast(p.accent, one) for one in grounds) >= _words(p)
    for ink in ("on_accent", "on_danger"):
        assert min(contrast(getattr(p, ink), one) for one in _all(p, ON[ink])) >= _words(p)


@SCHEMES
@pytest.mark.parametrize("tone", Tone)
def test_a_chip_reads_on_its_soft_ground(p: Palette, tone: Tone) -> None:
    ink, soft = p.tone(tone)

    assert contrast(ink, soft) >= _words(p)
    assert contrast(ink, p.surface) >= _words(p)
    assert contrast(ink, p.window) >= _words(p)


@SCHEMES
def test_borders_and_the_focus_ring_are_seen(p: Palette) -> None:
    grounds = (p.window, p.sidebar, p.surface, p.selection, p.hover)

    assert min(contrast(p.border, one) for one in grounds) >= _lines(p)
    assert min(contrast(p.ring, one) for one in grounds) >= _lines(p)


@SCHEMES
def test_letters_read_on_every_tile(p: Palette) -> None:
    assert min(contrast(p.on_tile, one) for one in p.tiles) >= _words(p)


@SCHEMES
def test_what_a_card_says_reads_on_its_soft_ground(p: Palette) -> None:
    """Notices and alarms set text, secondary and muted on the ground of their tone."""
    inks = (p.text, p.secondary, p.muted)

    assert min(contrast(ink, one) for ink in inks for one in _all(p, SOFT)) >= _words(p)


@HIGH
def test_in_high_contrast_every_ink_reads_on_every_ground(p: Palette) -> None:
    """No pair is left to luck: also those that no screen shows today."""
    grounds = _all(p, GROUNDS + SOFT)

    assert min(contrast(ink, one) for ink in _all(p, INKS) for one in grounds) >= 7
    assert min(contrast(line, one) for line in _all(p, LINES) for one in grounds) >= 4.5


@HIGH
def test_in_high_contrast_no_ground_alone_says_anything(p: Palette) -> None:
    """What a soft ground tells apart has a line around it; the line is seen from both sides."""
    assert p.edge
    assert min(contrast(p.edge, one) for one in _all(p, GROUNDS + SOFT)) >= 4.5


def test_every_token_is_measured() -> None:
    """A new colour must say which pairs it stands in."""
    known = {*INKS, *LINES, *GROUNDS, *SOFT, *ON, *ORNAMENT}
    known |= {ground for grounds in ON.values() for ground in grounds}

    assert {one.name for one in fields(Palette)} - {"name"} == known


def test_there_is_one_whole_scheme_for_each_wish() -> None:
    wishes = [(dark, high) for high in (False, True) for dark in (False, True)]

    assert [scheme(dark=dark, high=high) for dark, high in wishes] == list(ALL)


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
