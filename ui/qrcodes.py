"""Text as the dark and light squares of a QR code. Pure."""

from __future__ import annotations

from typing import Final

_MASK: Final = 3

Modules = tuple[tuple[bool, ...], ...]


def modules(text: str) -> Modules:
    """The rows of a QR code, true for dark.

    The mask is fixed: keys and checksums look random under any, and judging all eight takes the
    window's thread five times as long.
    """
    import segno  # noqa: PLC0415 - only the sheets that show a code need it

    code = segno.make(text, error="m", micro=False, mask=_MASK)
    return tuple(tuple(bool(cell) for cell in line) for line in code.matrix)
