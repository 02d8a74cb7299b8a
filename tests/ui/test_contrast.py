"""Contrast of every pair in use, computed from the tokens (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest

from ui.theme.tokens import DARK, LIGHT, Palette, Tone, contrast

SCHEMES = pytest.mark.parametrize("p", [LIGHT, DARK], ids=["light", "dark"])


@SCHEMES
def test_text_reads_on_every_ground(p: Palette) -> None:
    grounds = (p.window, p.sidebar, p.surface, p.raised, p.selection, p.own, p.hover)

    assert min(contrast(p.text, one) for one in grounds) >= 7
    assert min(contrast(p.secondary, one) for one in grounds) >= 4.5
    assert min(contrast(p.muted, one) for one in grounds) >= 4.5


@SCHEMES
def test_the_accent_reads_and_is_read_on(p: Palette) -> None:
    grounds = (p.window, p.sidebar, p.surface, p.selection)

    assert min(contrast(p.accent, one) for one in grounds) >= 4.5
    assert contrast(p.on_accent, p.accent) >= 4.5
    assert contrast(p.on_accent, p.accent_hover) >= 4.5
    assert contrast(p.on_danger, p.danger_fill) >= 4.5


@SCHEMES
@pytest.mark.parametrize("tone", Tone)
def test_a_chip_reads_on_its_soft_ground(p: Palette, tone: Tone) -> None:
    ink, soft = p.tone(tone)

    assert contrast(ink, soft) >= 4.5
    assert contrast(ink, p.surface) >= 4.5
    assert contrast(ink, p.window) >= 4.5


@SCHEMES
def test_borders_and_the_focus_ring_are_seen(p: Palette) -> None:
    grounds = (p.window, p.sidebar, p.surface)

    assert min(contrast(p.border, one) for one in grounds) >= 3
    assert min(contrast(p.ring, one) for one in grounds) >= 3


@SCHEMES
def test_letters_read_on_every_tile(p: Palette) -> None:
    assert min(contrast(p.on_tile, one) for one in p.tiles) >= 4.5


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@SCHEMES
def test_what_a_card_says_reads_on_its_soft_ground(p: Palette) -> None:
    """Notices and alarms set text, secondary and muted on the ground of their tone."""
    soft = (p.ok_soft, p.warn_soft, p.danger_soft, p.verified_soft)

    assert min(contrast(ink, one) for ink in (p.text, p.secondary, p.muted) for one in soft) >= 4.5
