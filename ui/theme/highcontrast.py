"""High contrast: two complete schemes for eyes that need more than the usual ratio.

Text has 7:1 and lines 4.5:1 on every ground; what is told apart by a soft ground in the usual
schemes gets a line around it as well (`edge`). Held by tests/ui/test_contrast.py. ADR 47.
"""

from __future__ import annotations

from typing import Final

from ui.theme.tokens import DARK, LIGHT, Palette

HIGH_LIGHT: Final = Palette(
    name="high-light",
    window="#FFFFFF",
    sidebar="#F2F4F7",
    surface="#FFFFFF",
    raised="#FFFFFF",
    selection="#D9E7FB",
    own="#E9F1FC",
    hover="#E4E8EE",
    hairline="#5A6470",
    skeleton="#C9D0D8",
    text="#000000",
    secondary="#1E2630",
    muted="#2E3945",
    accent="#07397A",
    accent_hover="#052C60",
    accent_press="#031F45",
    on_accent="#FFFFFF",
    border="#36414D",
    ring="#0A3FB0",
    edge="#36414D",
    ok="#064420",
    ok_soft="#EAF7EF",
    warn="#5C3100",
    warn_soft="#FDF3E2",
    danger="#82100A",
    danger_soft="#FDEFEE",
    danger_fill="#82100A",
    danger_hover="#690C07",
    danger_press="#4F0804",
    on_danger="#FFFFFF",
    verified="#03453E",
    verified_soft="#E6F6F3",
    tiles=("#123F78", "#07504A", "#512873", "#2F4C15", "#6C1F3D", "#27405A"),
    on_tile="#FFFFFF",
)

HIGH_DARK: Final = Palette(
    name="high-dark",
    window="#000000",
    sidebar="#0A0D11",
    surface="#000000",
    raised="#0C1014",
    selection="#0E2C4F",
    own="#0A2340",
    hover="#1B232C",
    hairline="#9AA6B3",
    skeleton="#39444F",
    text="#FFFFFF",
    secondary="#EDF1F5",
    muted="#D3DAE2",
    accent="#B5D4FF",
    accent_hover="#D2E5FF",
    accent_press="#E8F2FF",
    on_accent="#00101F",
    border="#BAC5D0",
    ring="#FFDF57",
    edge="#BAC5D0",
    ok="#93E8B2",
    ok_soft="#06210F",
    warn="#FFD58F",
    warn_soft="#251A05",
    danger="#FFB8B2",
    danger_soft="#2C0D0B",
    danger_fill="#FFB8B2",
    danger_hover="#FFD0CC",
    danger_press="#FFE4E2",
    on_danger="#1E0302",
    verified="#86EADB",
    verified_soft="#04211D",
    tiles=("#1B4C8A", "#0B574E", "#5D3585", "#3A5820", "#752A4A", "#354D66"),
    on_tile="#FFFFFF",
)


def scheme(*, dark: bool, high: bool) -> Palette:
    """The scheme for what is wanted; there is one for each case, and no mixture."""
    if high:
        return HIGH_DARK if dark else HIGH_LIGHT
    return DARK if dark else LIGHT
