"""The design tokens: the usual two palettes, the type scale, the 4 px grid.

Colours are sRGB hex; sizes are pixels at 100 %. No other file of the window names a colour but
highcontrast.py.
Contrast of every pair in use is computed by tests/ui/test_contrast.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

CAPTION: Final = 12
DENSE: Final = 13
BODY: Final = 14
LEAD: Final = 16
TITLE: Final = 20
PAGE: Final = 26
WALL: Final = 34

REGULAR: Final = 400
MEDIUM: Final = 500
STRONG: Final = 600

S1: Final = 4
S2: Final = 8
S3: Final = 12
S4: Final = 16
S5: Final = 24
S6: Final = 32
S7: Final = 48

CONTROL_HEIGHT: Final = 32
TARGET_MIN: Final = 24
RADIUS_CONTROL: Final = 6
RADIUS_CARD: Final = 10
RING_WIDTH: Final = 2
RING_GAP: Final = 2
ICON: Final = 20
ICON_SMALL: Final = 16
ICON_STROKE: Final = "1.75"

SIDEBAR_WIDTH: Final = 272
RAIL_WIDTH: Final = 64
INSPECTOR_WIDTH: Final = 336
STRIP_HEIGHT: Final = 30
MEASURE: Final = 680


class Tone(Enum):
    """What a chip, a state or a banner means; colour never says it alone."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    DANGER = "danger"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One complete scheme; it is always applied as a whole."""

    name: str
    window: str
    sidebar: str
    surface: str
    raised: str
    selection: str
    own: str
    hover: str
    hairline: str
    skeleton: str
    text: str
    secondary: str
    muted: str
    accent: str
    accent_hover: str
    accent_press: str
    on_accent: str
    border: str
    ring: str
    edge: str  # a line around what a soft ground tells apart; empty: the ground is enough
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str
    danger_fill: str
    danger_hover: str
    danger_press: str
    on_danger: str
    verified: str
    verified_soft: str
    tiles: tuple[str, ...]
    on_tile: str

    def tone(self, tone: Tone) -> tuple[str, str]:
        """Foreground and soft background of a tone."""
        return {
            Tone.NEUTRAL: (self.secondary, self.sidebar),
            Tone.ACCENT: (self.accent, self.selection),
            Tone.OK: (self.ok, self.ok_soft),
            Tone.WARN: (self.warn, self.warn_soft),
            Tone.DANGER: (self.danger, self.danger_soft),
            Tone.VERIFIED: (self.verified, self.verified_soft),
        }[tone]


LIGHT: Final = Palette(
    name="light",
    window="#F6F7F9",
    sidebar="#ECEFF3",
    surface="#FFFFFF",
    raised="#FFFFFF",
    selection="#DFE9F6",
    own="#E4EDF8",
    hover="#E3E7ED",
    hairline="#DCE1E8",
    skeleton="#E3E7ED",
    text="#16202C",
    secondary="#465262",
    muted="#5B6776",
    accent="#1C5296",
    accent_hover="#174680",
    accent_press="#123866",
    on_accent="#FFFFFF",
    border="#76828F",
    ring="#0B57D0",
    edge="",
    ok="#17683A",
    ok_soft="#E2F3E8",
    warn="#7F4700",
    warn_soft="#FCEFD9",
    danger="#AE231B",
    danger_soft="#FBE8E6",
    danger_fill="#AE231B",
    danger_hover="#941C15",
    danger_press="#7A1610",
    on_danger="#FFFFFF",
    verified="#0A6259",
    verified_soft="#DBF1ED",
    tiles=("#1C5296", "#0A6259", "#6A3D8F", "#3F6420", "#8A2F52", "#35506B"),
    on_tile="#FFFFFF",
)

DARK: Final = Palette(
    name="dark",
    window="#10151B",
    sidebar="#141A22",
    surface="#1A212A",
    raised="#202833",
    selection="#21344D",
    own="#1D2E45",
    hover="#222B36",
    hairline="#2A3440",
    skeleton="#242D38",
    text="#E9EEF4",
    secondary="#B7C2CF",
    muted="#97A4B4",
    accent="#86B4F3",
    accent_hover="#A3C6F7",
    accent_press="#C0D8FA",
    on_accent="#0A1A2E",
    border="#718093",
    ring="#A9CBFF",
    edge="",
    ok="#72CF94",
    ok_soft="#16301F",
    warn="#F1BC6D",
    warn_soft="#34270F",
    danger="#FF9088",
    danger_soft="#3B1B19",
    danger_fill="#FF9088",
    danger_hover="#FFABA5",
    danger_press="#FFC4C0",
    on_danger="#2A0907",
    verified="#62D2C2",
    verified_soft="#0F302C",
    tiles=("#2B5C9E", "#12675E", "#704796", "#4A6B2C", "#8A3A5B", "#45607B"),
    on_tile="#FFFFFF",
)


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
