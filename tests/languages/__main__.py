"""`make languages`: every catalogue gets the messages of the sources, and what is missing is told.

`python -m tests.languages [--missing LANG | --whole]` - with a language, its missing messages one
by one; with `--whole` nothing is written, and 1 is the status unless every language says
everything: `make bundle` asks so, because a language that is shipped is whole.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.languages import lower
from tests.languages.catalogues import FOLDER, HELP, path_of, said, updated, wanted
from ui.language.known import COMPLETE, NAMES


def missing(code: str, folder: Path) -> list[str]:
    """Sources without a translation, or without one of its forms."""
    known = said(code, folder)
    return [key[1] for key in wanted(folder) if key not in known]


def lacking(code: str) -> str:
    """What an offered language lacks, in one line; nothing where it says everything."""
    window, pages = (len(missing(code, folder)) for folder in (FOLDER, HELP))
    return f"{code}: {window} missing, and {pages} of the help\n" if window or pages else ""


def main() -> int:
    """Update, then count; returns the exit status."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--missing", choices=sorted(NAMES), help="list what a language lacks")
    asked.add_argument("--whole", action="store_true", help="only say what is not whole")
    given = asked.parse_args()
    if given.whole:
        told = "".join(lacking(code) for code in sorted(set(COMPLETE) - {"en"}))
        unlisted = set(lower.lower()) - set(lower.listed())
        told += f"{len(unlisted)} sentences are not in {lower.FILE.name}\n" if unlisted else ""
        sys.stdout.write(told)
        return 1 if told else 0
    if given.missing:
        every = missing(given.missing, FOLDER) + missing(given.missing, HELP)
        sys.stdout.write("".join(f"{one!r}\n" for one in every))
        return 0
    lower.write()
    for code in sorted(set(NAMES) - {"en"}):
        path_of(code).write_bytes(updated(code))
        if path_of(code, HELP).exists():
            path_of(code, HELP).write_bytes(updated(code, HELP))
        sys.stdout.write(lacking(code) or f"{code}: 0 missing, and 0 of the help\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
