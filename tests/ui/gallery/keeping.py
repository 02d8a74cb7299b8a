"""Where the references lie, and what is said of a rendering that is not like its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image

from tests.ui.gallery.comparing import distance

FOLDER: Final = Path(__file__).with_name("pictures")
DISTANCES: Final = FOLDER / "distances.json"


def distances() -> dict[str, int]:
    """How far each reference was from its own rendering when it was made."""
    known: dict[str, int] = {}
    if DISTANCES.exists():
        known = json.loads(DISTANCES.read_text(encoding="utf-8"))
    return known


def verdict(name: str, drawn: Image.Image, known: Mapping[str, int]) -> str:
    """What is wrong with a rendering, in words; empty where it is like its reference."""
    file = FOLDER / f"{name}.png"
    if not file.exists() or name not in known:
        return f"{name} has no reference"
    with Image.open(file) as reference:
        apart = distance(drawn, reference)
        size = reference.size
    if apart is None:
        return f"{name} is {drawn.size} instead of {size}"
    beyond = apart.apart - known[name]
    return f"{name}: {beyond} pixels differ, {apart.room} may" if abs(beyond) > apart.room else ""


def strays(names: Iterable[str]) -> list[Path]:
    """References of pages that are gone."""
    wanted = set(names)
    return [one for one in sorted(FOLDER.glob("*.png")) if one.stem not in wanted]
