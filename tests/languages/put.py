"""Puts translations into the catalogues: `python -m tests.languages.put de filled.json`.

What is wrong is told and left out; the rest is put in. Ends with 1 if anything was left out. An
entry whose `translation` is empty is left for later; one whose English is wanted no more is told.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.languages.catalogues import FOLDER, HELP, Key, Text, forms, path_of, updated, wanted
from tests.languages.rules import wrong
from ui.language.known import NAMES

PARTS: Final = {"messages": FOLDER, "help": HELP}


@dataclass(slots=True)
class Putting:
    """What the catalogues are to be, how many translations were taken, and what was wrong."""

    catalogues: dict[Path, bytes] = field(default_factory=dict)
    taken: int = 0
    told: list[str] = field(default_factory=list)


def put(code: str, filled: dict[str, Any]) -> Putting:
    """Take what is right; nothing is written yet."""
    made = Putting()
    if filled.get("language") != code:
        made.told.append(f"this file is for {filled.get('language')!r}")
        return made
    for part, folder in PARTS.items():
        good: dict[Key, Text] = {}
        for entry in filled.get(part, ()):
            made.told += _judged(entry, code, folder, good)
        if good:
            made.catalogues[path_of(code, folder)] = updated(code, folder, good)
        made.taken += len(good)
    return made


def _judged(entry: dict[str, Any], code: str, folder: Path, good: dict[Key, Text]) -> Iterator[str]:
    said = entry.get("translation", "")
    if not said or (isinstance(said, list) and not any(said)):
        return
    key = (entry.get("context", ""), entry.get("english", ""))
    one = wanted(folder).get(key)
    why = wrong(one, said, code, forms(code)) if one is not None else "its English is not wanted"
    if why:
        yield f"{key[1]!r}: {why}"
    else:
        good[key] = said


def main() -> None:
    """Read the file, put it in, tell what was left out."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("language", choices=sorted(set(NAMES) - {"en"}))
    asked.add_argument("filled", type=Path)
    given = asked.parse_args()
    made = put(given.language, json.loads(given.filled.read_text(encoding="utf-8")))
    for path, text in made.catalogues.items():
        path.write_bytes(text)
    sys.stdout.write("".join(f"{one}\n" for one in made.told))
    sys.stdout.write(f"{given.language}: {made.taken} put in, {len(made.told)} left out\n")
    sys.exit(1 if made.told else 0)


if __name__ == "__main__":
    main()
