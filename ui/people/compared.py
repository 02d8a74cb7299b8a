"""How somebody was verified, in words: what was compared, when, and at which own device."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from jitclient.deviceviews import Comparison
from ui import words
from ui.language import mark, tr

_HOW: Final = {"number": mark("60 digits compared"), "code": mark("Code compared")}


def compared(one: Comparison | None, zone: tzinfo | None = None) -> str:
    """`60 digits compared · 18 Nov 2026, 14:05 · Office laptop`; empty where nothing was."""
    if one is None:
        return ""
    device = words.plain(one.device) or (tr("this computer") if one.here else "")
    how = tr(_HOW[one.how]) if one.how in _HOW else ""
    return "  ·  ".join(part for part in (how, words.stamp(one.at, zone), device) if part)
