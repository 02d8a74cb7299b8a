"""Opens SQLCipher's pages by hand, to look at what is left in them.

A page of 4096 bytes ends in a 16-byte IV and a 64-byte tag; what stands before is AES-256-CBC.
The first page begins with the salt in the clear. A write-ahead log has a 32-byte head, and a
24-byte head before each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096
TAIL = 80


def plain_pages(database: Path, key: bytes) -> Iterator[bytes]:
    """Every page of a database and of its log, decrypted with the first 32 bytes of `key`."""
    data = database.read_bytes()
    for at in range(0, len(data), PAGE):
        yield _plain(data[at : at + PAGE], key, first=at == 0)
    log = database.with_name(database.name + "-wal")
    logged = log.read_bytes() if log.exists() else b""
    for at in range(32, len(logged), PAGE + 24):
        number = int.from_bytes(logged[at : at + 4], "big")
        yield _plain(logged[at + 24 : at + 24 + PAGE], key, first=number == 1)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    start = 16 if first else 0
    iv = page[PAGE - TAIL : PAGE - TAIL + 16]
    opening = Cipher(algorithms.AES256(key[:32]), modes.CBC(iv)).decryptor()
    return opening.update(page[start : PAGE - TAIL]) + opening.finalize()
