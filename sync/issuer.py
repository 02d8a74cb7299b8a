"""Who issued a certificate, in words: so that an intercepting proxy can be named. Pure.

A reader of a stranger's bytes: every length is checked before anything is taken, and what comes out
is at most one short printable line. RFC 5280 §4.1.
"""

from __future__ import annotations

from typing import Final

_SEQUENCE, _SET, _OID, _VERSION = 0x30, 0x31, 0x06, 0xA0
_COMMON, _ORGANISATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_TEXTS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}
_MAX_CERTIFICATE_BYTES: Final = 64 * 1024
_MAX_CHARS: Final = 80


class _Unreadable(Exception):  # noqa: N818 - never leaves this file
    pass


def issuer_of(certificate: bytes) -> str:
    """The common name of the issuer, else its organisation; empty where neither can be read."""
    try:
        names = _names(certificate)
    except (_Unreadable, UnicodeError):
        return ""
    found = names.get(_COMMON) or names.get(_ORGANISATION) or ""
    shown = "".join(one for one in found if one.isprintable()).strip()
    return shown if len(shown) <= _MAX_CHARS else f"{shown[: _MAX_CHARS - 1]}…"


def _names(certificate: bytes) -> dict[bytes, str]:
    if len(certificate) > _MAX_CERTIFICATE_BYTES:
        raise _Unreadable
    whole, _ = _take(certificate, _SEQUENCE)
    rest, _ = _take(whole, _SEQUENCE)
    if rest[:1] == bytes([_VERSION]):
        _, rest = _any(rest)
    for _ in range(2):  # serial number, algorithm
        _, rest = _any(rest)
    issuer, _ = _take(rest, _SEQUENCE)
    found: dict[bytes, str] = {}
    while issuer:
        relative, issuer = _take(issuer, _SET)
        pair, _ = _take(relative, _SEQUENCE)
        kind, value = _take(pair, _OID)
        encoding = _TEXTS.get(value[0]) if value else None
        if encoding is not None:
            text, _ = _any(value)
            found.setdefault(kind, text.decode(encoding))
    return found


def _take(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the element with this tag, and what follows it."""
    if data[:1] != bytes([tag]):
        raise _Unreadable
    return _any(data)


def _any(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 2:
        raise _Unreadable
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 3 or len(data) < 2 + count:
            raise _Unreadable
        start += count
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise _Unreadable
    return data[start : start + length], data[start + length :]
