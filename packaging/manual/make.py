"""Manual pages and shell completions, made from the parsers that read the words.

`python packaging/manual/make.py ROOT PROGRAM...` writes them below ROOT/usr/share, for the programs
that are named. Run from the root of the project, with the project's environment.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import os
import re
import sys
import time
from pathlib import Path
from typing import Final

import shtab
from argparse_manpage.manpage import Manpage

_TITLE: Final = "JIT Client"
_PLACES: Final = {
    "bash": "bash-completion/completions/{0}",
    "zsh": "zsh/vendor-completions/_{0}",
    "fish": "fish/vendor_completions.d/{0}.fish",
}
_EXITS: Final = """\
Done: 0. Failed: 1. The words are wrong: 2. Nothing was found: 3. Partly done: 4. Something must be
typed and there is no terminal: 5. Bad data: 65. No input: 66. The store cannot be reached, and what
was done is queued: 69. A fault of the program: 70. Cannot be created: 73. Disk full or unreadable:
74. Try later: 75. A hash, signature or key is wrong: 76. Not permitted: 77. Wrongly configured: 78.
Interrupted: 130."""
_ENVIRONMENT: Final = {
    "jitclient": "JIT_PROFILE names the profile's folder, JIT_PASSPHRASE_FILE a file whose first "
    "line is the passphrase. Options win over both.",
    "jitstore": "JITSTORE_DATA names the data folder; every key of the configuration can be given "
    "as JITSTORE_KEY.",
}


def parser_of(program: str) -> argparse.ArgumentParser:
    """The parser of jitclient or jitstore."""
    if program == "jitstore":
        from centralstore.operator import commands  # noqa: PLC0415 - one of the two

        found: argparse.ArgumentParser = commands._parser()  # noqa: SLF001
        found.prog = program
        return found
    from jitclient.cli.parser import build  # noqa: PLC0415 - one of the two

    return build()


def page(program: str, at: int) -> str:
    """The manual page; `at`: its date, seconds since 1970."""
    parser = parser_of(program)
    parser._manpage = []  # type: ignore[attr-defined]  # noqa: SLF001 - the library's own place
    told = {
        "project_name": f"{program} {importlib.metadata.version('jitclient')}",
        "manual_title": _TITLE,
        "date": time.strftime("%Y-%m-%d", time.gmtime(at)),
    }
    examples, parser.epilog = parser.epilog or "", None
    made = Manpage(parser, _data=told)
    if examples:
        made.add_section("EXAMPLES", "=", _as_typed(examples.removeprefix("examples:\n")))
    for heading, text in (("ENVIRONMENT", _ENVIRONMENT[program]), ("EXIT STATUS", _EXITS)):
        made.add_section(heading, "=", text)
    # The library's footer speaks of where to download the project; what is here is installed.
    text = re.sub(r"\n\.SH DISTRIBUTION\n.*", "\n", str(made), flags=re.DOTALL)
    what = (parser.description or "").split(". ")[0].rstrip(".")
    return text.replace(f".SH NAME\n{program}\n", f".SH NAME\n{program} \\- {what}\n", 1)


def _as_typed(text: str) -> str:
    """Lines that a person types, broken where they are broken."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join([".nf", *(line.removeprefix("  ") for line in lines), ".fi"])


def completion(program: str, shell: str) -> str:
    """What makes a shell complete commands, options, choices and paths."""
    parser = parser_of(program)
    _complete_paths(parser)
    return str(shtab.complete(parser, shell=shell))


def _complete_paths(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:  # noqa: SLF001 - shtab itself reads them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in action.choices.values():
                _complete_paths(below)
        elif action.type is Path:
            folder = action.metavar == "DIR"
            action.complete = shtab.DIRECTORY if folder else shtab.FILE  # type: ignore[attr-defined]


def write(share: Path, program: str, at: int) -> None:
    """All of it for one program."""
    path = share / f"man/man1/{program}.1.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(page(program, at).encode(), mtime=0))
    for shell, place in _PLACES.items():
        path = share / place.format(program)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(completion(program, shell), encoding="utf-8", newline="\n")


def main() -> int:
    """Write them below the folder that the first argument names."""
    at = int(os.environ.get("SOURCE_DATE_EPOCH", Path(__file__).stat().st_mtime))
    for program in sys.argv[2:]:
        write(Path(sys.argv[1]) / "usr/share", program, at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
