"""What QPdfWriter leaves out: the language of a document, and that viewers show its title.

Appended as an update (ISO 32000-1, 7.5.6): what Qt wrote stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from typing import Final

from protocol.errors import BugError

_ROOT: Final = re.compile(rb"/Root (\d+) 0 R")
_SIZE: Final = re.compile(rb"/Size (\d+)")
_INFO: Final = re.compile(rb"/Info \d+ 0 R")
_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def told(pdf: bytes, language: str) -> bytes:
    """The document with its language (a BCP 47 tag) and with its title shown by viewers."""
    start = _START.search(pdf)
    trailer = pdf[int(start[1]) :] if start else b""
    root, size, info = (one.search(trailer) for one in (_ROOT, _SIZE, _INFO))
    if start is None or root is None or size is None or info is None:
        raise BugError("Qt writes documents in another way than it did.")
    catalogue = re.search(rb"\n%b 0 obj\s*<<(.*?)>>\s*endobj" % root[1], pdf, re.DOTALL)
    if catalogue is None:
        raise BugError("Qt writes documents in another way than it did.")
    more = b"/Lang (%b)\n/ViewerPreferences << /DisplayDocTitle true >>\n" % language.encode()
    made = b"%b 0 obj\n<<%b%b>>\nendobj\n" % (root[1], catalogue[1], more)
    at = len(pdf) + (not pdf.endswith(b"\n"))
    table = b"xref\n%b 1\n%010d 00000 n \n" % (root[1], at)
    end = b"trailer\n<<\n/Size %b\n/Root %b 0 R\n%b\n/Prev %b\n>>\n" % (
        size[1], root[1], info[0], start[1],
    )  # fmt: skip
    gap = b"" if pdf.endswith(b"\n") else b"\n"
    return pdf + gap + made + table + end + b"startxref\n%d\n%%%%EOF\n" % (at + len(made))
