"""`make languages`: every catalogue gets the messages of the sources, and what is missing is told.

`python -m tests.languages [--missing LANG]` - with a language, its missing messages one by one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.languages import lower
from tests.languages.catalogues import FOLDER, HELP, path_of, said, updated, wanted
from ui.language.known import NAMES


def missing(code: str, folder: Path) -> list[str]:
    """Sources without a translation, or without one of its forms."""
    known = said(code, folder)
    return [key[1] for key in wanted(folder) if key not in known]


def main() -> None:
    """Update, then count."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--missing", choices=sorted(NAMES), help="list what a language lacks")
    given = asked.parse_args()
    if given.missing:
        every = missing(given.missing, FOLDER) + missing(given.missing, HELP)
        sys.stdout.write("".join(f"{one!r}\n" for one in every))
        return
    lower.write()
    for code in sorted(set(NAMES) - {"en"}):
        path_of(code).write_bytes(updated(code))
        if path_of(code, HELP).exists():
            path_of(code, HELP).write_bytes(updated(code, HELP))
        window, pages = (len(missing(code, folder)) for folder in (FOLDER, HELP))
        sys.stdout.write(f"{code}: {window} missing, and {pages} of the help\n")


if __name__ == "__main__":
    main()
