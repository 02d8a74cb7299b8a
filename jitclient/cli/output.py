"""Printing: one JSON object, or lines for people. Data goes to stdout, talk to stderr."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

SCHEMA: Final = "jit.cli/1"
JsonValue = object


class Output:
    """Where a command's result goes.

    Args:
        as_json: print one JSON object instead of lines.
        quiet: no talk on stderr except errors.
    """

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self.as_json = as_json
        self._quiet = quiet
        self._bar = False

    def result(self, data: Mapping[str, JsonValue], lines: Sequence[str] = ()) -> None:
        """Print the result: `data` with the schema as JSON, or `lines`."""
        self.end_progress()
        if self.as_json:
            text = json.dumps({"schema": SCHEMA, **data}, ensure_ascii=False, indent=2)
            sys.stdout.write(text + "\n")
        else:
            sys.stdout.writelines(line + "\n" for line in lines)
        sys.stdout.flush()

    async def stream(
        self,
        noun: str,
        rows: AsyncIterator[tuple[Sequence[JsonValue], Sequence[str]]],
        more: Mapping[str, JsonValue],
    ) -> None:
        """Print a result whose rows come some at a time, and need not be in memory together."""
        self.end_progress()
        between = ""
        if self.as_json:
            sys.stdout.write(f'{{"schema": "{SCHEMA}", "{noun}": [')
        async for shapes, lines in rows:
            if not self.as_json:
                sys.stdout.writelines(line + "\n" for line in lines)
                continue
            for shape in shapes:
                sys.stdout.write(between + json.dumps(shape, ensure_ascii=False))
                between = ",\n"
        if self.as_json:
            told = (
                f', "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in more.items()
            )
            sys.stdout.write("]" + "".join(told) + "}\n")
        sys.stdout.flush()

    def talk(self, sentence: str) -> None:
        """Say something to the person at the terminal."""
        if not self._quiet:
            self.end_progress()
            sys.stderr.write(sentence + "\n")
            sys.stderr.flush()

    def error(self, sentence: str, code: str) -> None:
        """Say what went wrong; with `--json` also as an object on stdout."""
        self.end_progress()
        sys.stderr.write(f"jitclient: {sentence} [{code}]\n")
        sys.stderr.flush()

    def progress(self, text: str) -> None:
        """A line that is written over, only where there is a terminal."""
        if self._quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return
        sys.stderr.write("\r\x1b[K" + text)
        sys.stderr.flush()
        self._bar = True

    def end_progress(self) -> None:
        """Leave the progress line behind."""
        if self._bar:
            sys.stderr.write("\n")
            self._bar = False


def when(at: int | None) -> str | None:
    """ISO 8601 in UTC with offset, or None."""
    if at is None:
        return None
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


def local(at: int | None) -> str:
    """Date and time in the machine's zone, for people."""
    if at is None:
        return "—"
    return dt.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def size(count: float) -> str:
    """Bytes in the unit a person reads."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def span(seconds: float) -> str:
    """How long, in the two units a person reads."""
    whole = max(0, round(seconds))
    for unit, count, below, part in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60)):
        if whole >= count:
            return f"{whole // count} {unit} {whole % count // part} {below}"
    return f"{whole // 60} min" if whole >= 60 else f"{whole} s"


def noted(people: Iterable[tuple[str, bytes, str]]) -> list[str]:
    """A line for everybody about whose name there is something to say: name, id, what."""
    return [f"! {name} ({user.hex()}): {note}" for name, user, note in people if note]


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
    """Columns padded with spaces."""
    if not rows:
        return []
    every = [list(heads), *[list(r) for r in rows]]
    widths = [max(len(r[i]) for r in every) for i in range(len(heads))]
    return ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in every]
