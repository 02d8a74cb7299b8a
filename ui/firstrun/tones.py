"""Colours of the strength of a passphrase, weakest first."""

from __future__ import annotations

from typing import Final

from ui.theme.tokens import Tone

STRENGTH_TONES: Final = (Tone.NEUTRAL, Tone.DANGER, Tone.WARN, Tone.OK, Tone.OK)
