"""Looks for secrets in every byte under a folder: file contents and names, in several spellings."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path


def traces(folder: Path, secrets: Mapping[str, bytes], *, since: float = 0.0) -> list[str]:
    """Where any of `secrets` (label: bytes) stands, as "label in file".

    `since` (a file time) leaves out the contents of files that are older.
    """
    spelt = [(label, form) for label, secret in secrets.items() for form in _spellings(secret)]
    found: list[str] = []
    looked = 0
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder)).encode()
        newer = path.is_file() and path.stat().st_mtime >= since
        data = path.read_bytes() if newer else b""
        looked += len(data)
        found += [f"{label} in {path}" for label, form in spelt if form in data or form in name]
    assert looked, f"{folder} is empty: the search searched nothing"
    return found


def _spellings(secret: bytes) -> Iterator[bytes]:
    """As it is, in hex, in base64 at each offset, in UTF-16."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        # The groups of four that lie wholly inside the secret, whatever stands before it.
        whole = secret[(3 - shift) % 3 :]
        coded = base64.b64encode(whole[: len(whole) // 3 * 3])
        if len(coded) >= 8:
            yield coded
            yield coded.replace(b"+", b"-").replace(b"/", b"_")
    try:
        yield secret.decode().encode("utf-16-le")
    except UnicodeDecodeError:
        return
