"""Text as the dark and light squares of a QR code. Pure."""

from __future__ import annotations

Modules = tuple[tuple[bool, ...], ...]


def modules(text: str) -> Modules:
    """The rows of a QR code, true for dark; some 10 ms for a code of a safety number."""
    import segno  # noqa: PLC0415 - only the sheets that show a code need it

    code = segno.make(text, error="m", micro=False)
    return tuple(tuple(bool(cell) for cell in line) for line in code.matrix)
