"""Known answers out of the `cryptography-vectors` package."""

from __future__ import annotations

from pathlib import Path

import cryptography_vectors


def known_answers(folder: str, name: str, *, first: str) -> list[dict[str, bytes]]:
    """The cases of an asymmetric `.rsp` file: hex fields as bytes, a case begins at `first`."""
    root = Path(cryptography_vectors.__file__).parent / "asymmetric" / folder / name
    cases: list[dict[str, bytes]] = []
    for line in root.read_text().splitlines():
        key, _, value = line.partition(" = ")
        if key == first:
            cases.append({})
        elif value and cases and key not in {"mlen", "smlen"}:
            cases[-1][key] = bytes.fromhex(value)
    return cases
