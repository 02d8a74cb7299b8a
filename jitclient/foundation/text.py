"""Text from people: what is accepted, and how it is shown.

Names and messages from outside may hold control and bidirectional characters that make a file
name or a sentence read as something else. Input refuses them in names; display makes them
visible instead of obeying them.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from protocol.errors import BadInputError
from protocol.limits import MAX_NAME_CHARS, MAX_REASON_CHARS

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS: Final = frozenset("\u200c\u200d")  # needed by several scripts and by emoji


def _hidden(char: str) -> bool:
    if char in _JOINERS:
        return False
    return char in _BIDI or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str, *, lines: bool = False) -> str:
    """Replace every hidden character by U+FFFD; newlines and tabs survive if `lines`."""
    if text.isprintable():  # most text, and names are looked at for every row
        return text
    keep = "\n\t" if lines else ""
    return "".join(c if c in keep or not _hidden(c) else "\ufffd" for c in text)


def check_line(text: str, what: str, *, limit: int = MAX_NAME_CHARS) -> str:
    """Accept one line of plain text, trimmed and in NFC.

    Raises:
        BadInputError: empty, longer than `limit` characters, or with hidden characters.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if not line:
        raise BadInputError(f"{what} is empty.")
    if len(line) > limit:
        raise BadInputError(f"{what} has {len(line)} characters; at most {limit} are allowed.")
    if any(_hidden(c) for c in line):
        raise BadInputError(
            f"{what} contains control or direction characters, which could disguise it."
        )
    return line


def check_reason(text: str) -> str:
    """Accept why something is done that cannot be taken back, as `check_line`.

    Raises:
        BadInputError: it is no usable reason.
    """
    return check_line(text, "The reason", limit=MAX_REASON_CHARS)


def check_message(text: str, *, limit_bytes: int) -> str:
    """Accept a message of several lines, in NFC.

    Raises:
        BadInputError: empty, longer than `limit_bytes` in UTF-8, or not valid Unicode.
    """
    body = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip("\n")
    try:
        size = len(body.encode())
    except UnicodeEncodeError as error:
        raise BadInputError("The message is not valid Unicode text.") from error
    if not body.strip():
        raise BadInputError("The message is empty.")
    if size > limit_bytes:
        raise BadInputError(
            f"The message has {size} bytes; at most {limit_bytes} fit. Send it as a file."
        )
    return body


def file_name(name: str) -> str:
    """A file's name as it may stand in a manifest: the last component, checked.

    Raises:
        BadInputError: hidden characters, path separators, or too long.
    """
    line = check_line(name, "The file's name")
    if not is_file_name(line):
        raise BadInputError("The file's name contains a path separator.")
    return line


def is_file_name(name: str) -> bool:
    """Whether a name names something inside a folder, wherever it is put."""
    return name not in {"", ".", ".."} and not any(c in name for c in "/\\\0")
