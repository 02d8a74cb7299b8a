"""What an exhibit is, by its first bytes; its name is never asked."""

from __future__ import annotations

from typing import Final

from jitclient.viewing.wire import Kind

HEAD_BYTES: Final = 64 * 1024
_PDF_WITHIN: Final = 1024
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"BM", Kind.BMP),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
)
_BINARY: Final = frozenset(range(32)) - {7, 8, 9, 10, 12, 13, 27}
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def kind_of(head: bytes) -> Kind | None:
    """The kind of what begins with `head`; None: none that is shown."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    for signature, kind in _SIGNATURES:
        if head.startswith(signature) and not (kind is Kind.BMP and _reads_as_text(head)):
            return kind
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind.PDF
    return Kind.TEXT if _reads_as_text(head) else None


def _reads_as_text(head: bytes) -> bool:
    """Text has no control characters but those of lines; UTF-16 says by its mark that it is."""
    if head.startswith(_WIDE_MARKS):
        return len(head) % 2 == 0 or len(head) == HEAD_BYTES
    return bool(head) and _BINARY.isdisjoint(head)
