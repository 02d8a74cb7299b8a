"""What is inside: names, versions and licences, the same in every language."""

from __future__ import annotations

from importlib import metadata
from typing import Final

from PySide6.QtCore import qVersion

from jitclient.foundation.programs import beside

_MADE_OF: Final = (
    "PySide6-Essentials", "qasync", "cryptography", "pynacl", "blake3", "sqlcipher3", "msgspec",
    "httpx", "keyring", "jeepney", "platformdirs", "pillow", "pypdfium2", "segno", "zxing-cpp",
)  # fmt: skip
_DRAWN: Final = (
    "Inter — SIL Open Font License 1.1",
    "Noto Sans Mono — SIL Open Font License 1.1",
    "Lucide — ISC",
)
_UNSTATED: Final = {"sqlcipher3": "zlib; SQLCipher: BSD-3-Clause", "segno": "BSD-3-Clause"}
_LONGEST: Final = 60
_NOTICES: Final = "NOTICES.txt"


def version() -> str:
    """The version of this program; empty where it was not installed."""
    try:
        return metadata.version("jitclient")
    except metadata.PackageNotFoundError:
        return ""


def licences() -> str:
    """One line for each thing inside: its name, its version, its licence.

    A bundle brings a file of them with their texts (packaging/bundle/notices.py), half a megabyte.
    """
    texts = beside(_NOTICES)
    if texts is not None:
        return texts.read_text("utf-8")
    return "\n".join([*(line for name in _MADE_OF if (line := _line(name))), *_DRAWN])


def _line(name: str) -> str:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    stated = [
        *(said.get_all("License-Expression") or ()),
        *(said.get_all("License") or ()),
        _UNSTATED.get(name, ""),
    ]
    licence = next((one.strip() for one in stated if one.strip()), "")
    return f"{name} {said['Version']} — {licence[:_LONGEST]}"


def here() -> str:
    """This program and what draws it, for a report of a fault."""
    return f"JIT Client {version()}, Qt {qVersion()}"
