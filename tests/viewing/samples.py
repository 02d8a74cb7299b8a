"""Exhibits to look at, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red, with a blue field in its upper left quarter."""
    made = Image.new("RGB", size, (255, 0, 0))
    ImageDraw.Draw(made).rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill=(0, 0, 255))
    return made.convert(mode)


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has 3.6 billion points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(pages: int = 3, *, encrypted: bool = False, padding: int = 0) -> bytes:
    """Pages of 200 x 100 points, the first 40 of them black; a script that is to run at opening."""
    content = b"0 0 40 100 re f"
    script = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 3 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (pages, b" ".join(b"%d 0 R" % (5 + at) for at in range(pages))),
        script,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"] * pages
    if encrypted:
        lock = b"<%s>" % (b"ab" * 32)
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O %s /U %s >>" % (lock, lock))
    if padding:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (padding, b"x" * padding))
    return _pdf_file(objects, b" /Encrypt %d 0 R" % (5 + pages) if encrypted else b"")


def _pdf_file(objects: list[bytes], extra: bytes) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    ident = b"<%s>" % (b"00" * 16)
    out += b"trailer\n<< /Size %d /Root 1 0 R /ID [%s %s]%s >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        ident,
        ident,
        extra,
        start,
    )
    return bytes(out)
