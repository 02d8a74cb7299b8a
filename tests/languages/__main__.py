"""`make languages`: every catalogue gets the messages of the sources, and what is missing is told.

`python -m tests.languages [--missing LANG]` - with a language, its missing messages one by one.
"""

from __future__ import annotations

import argparse
import sys

from tests.languages.catalogues import load, path_of, updated
from ui.language.known import NAMES


def missing(code: str) -> list[str]:
    """Sources without a translation, or without one of its forms."""
    return [
        one.id[0] if isinstance(one.id, tuple | list) else one.id
        for one in load(code)
        if one.id and not (all(one.string) if isinstance(one.string, tuple | list) else one.string)
    ]


def main() -> None:
    """Update, then count."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--missing", choices=sorted(NAMES), help="list what a language lacks")
    given = asked.parse_args()
    if given.missing:
        sys.stdout.write("".join(f"{one!r}\n" for one in missing(given.missing)))
        return
    for code in sorted(set(NAMES) - {"en"}):
        path_of(code).write_bytes(updated(code))
        sys.stdout.write(f"{code}: {len(missing(code))} missing\n")


if __name__ == "__main__":
    main()
