"""The passphrase: from a file or from the terminal, never from the command's words."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from protocol.errors import BadInputError, NoInputError, NoTerminalError

_MAX_BYTES = 4096


def existing(file: Path | None) -> str:
    """The passphrase of a profile.

    Raises:
        NoInputError, BadInputError: the file; NoTerminalError: nobody to ask.
    """
    given = _from_file(file)
    return given if given is not None else _ask("Passphrase: ")


def new_passphrase(file: Path | None, *, named: bool = True) -> str:
    """A new passphrase, asked twice at a terminal.

    Args:
        file: its first line is the passphrase; None to ask.
        named: whether the file that the environment names will do; not where that one holds the
            passphrase to be replaced.
    """
    given = _from_file(file) if file is not None or named else None
    if given is not None:
        return given
    first = _ask("New passphrase: ")
    if first != _ask("The same again: "):
        raise BadInputError("The two passphrases differ.")
    return first


def recovery_words(file: Path | None) -> str:
    """The words of a recovery sheet, from a file or typed row by row until an empty line."""
    if file is not None:
        return _read(file).decode(errors="replace")
    if not sys.stdin.isatty():
        raise NoTerminalError("The words are needed and there is no terminal to ask on.")
    rows: list[str] = []
    while row := getpass.getpass("Words (not shown; an empty line ends): "):
        rows.append(row)
    return " ".join(rows)


def _from_file(file: Path | None) -> str | None:
    named = file or (Path(os.environ["JIT_PASSPHRASE_FILE"]) if _named() else None)
    if named is None:
        return None
    try:
        line = _read(named).decode().splitlines()[:1]
    except UnicodeDecodeError as error:
        raise BadInputError("The passphrase file is not UTF-8 text.") from error
    if not line or not line[0]:
        raise BadInputError("The passphrase file is empty.")
    return line[0]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(_MAX_BYTES)
    except OSError as error:
        raise NoInputError(f"“{file.name}” cannot be read: {error.strerror}.") from error


def _named() -> bool:
    return bool(os.environ.get("JIT_PASSPHRASE_FILE"))


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise NoTerminalError(
            "A passphrase is needed and there is no terminal to ask on. Use --passphrase-file."
        )
    return getpass.getpass(prompt)
