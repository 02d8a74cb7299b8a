"""A list of exhibits as a spreadsheet writes it (CSV): which files, their numbers and facts.

The first line names the columns: `file`, `number`, and facts by name or label. Separators are a
comma, a semicolon or a tab. Files lie in the folder of the list or below it; a list that came from
somebody else cannot name any other file of this computer.
Spec: docs/protocol/51-facts.md §6.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jitclient import describing
from jitclient.foundation.text import check_line
from jitclient.views import ListRow
from protocol.errors import BadInputError, NoInputError
from protocol.facts import FIELDS
from protocol.limits import MAX_EXHIBIT_CHARS, MIB

MAX_LIST_BYTES: Final = 4 * MIB
MAX_LIST_ROWS: Final = 2_000
_FILE: Final = "file"
_NUMBER: Final = "number"
_COLUMNS: Final[Mapping[str, str]] = {
    **{one.label.casefold(): one.name for one in FIELDS},
    **{one.name: one.name for one in FIELDS},
    "file": _FILE,
    "file name": _FILE,
    "number": _NUMBER,
    "exhibit": _NUMBER,
    "exhibit number": _NUMBER,
}


def read_list(path: Path, now: int) -> tuple[ListRow, ...]:
    """Every row of a list, with what is wrong with it; nothing is opened but the list.

    `now` is in Unix seconds.

    Raises:
        NoInputError: the list cannot be read.
        BadInputError: it is no such list: too long, not UTF-8, columns unknown or missing.
    """
    lines = _text(path).splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_separator(lines), strict=True)
    rows: list[ListRow] = []
    seen: set[Path] = set()
    try:
        columns = _columns(next(reader, []))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MAX_LIST_ROWS:
                raise BadInputError(f"{path.name} has more than {MAX_LIST_ROWS} rows.")
            rows.append(_row(path.parent.resolve(), columns, cells, (reader.line_num, now, seen)))
    except csv.Error as error:
        raise BadInputError(f"{path.name}, line {reader.line_num}: {error}.") from error
    if not rows:
        raise BadInputError(f"{path.name} has no rows.")
    return tuple(rows)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_LIST_BYTES:
        raise BadInputError(f"{path.name} is longer than {MAX_LIST_BYTES // MIB} MiB.")
    try:
        utf16 = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
        return data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path.name} is not UTF-8. Save it as “CSV UTF-8”.") from error


def _separator(lines: list[str]) -> str:
    first = lines[0] if lines else ""
    return max(",;\t", key=first.count)


def _columns(header: list[str]) -> list[str]:
    found = []
    for cell in header:
        name = _COLUMNS.get(cell.strip().casefold())
        if name is None:
            raise BadInputError(f"“{cell.strip()[:40]}” is no column such a list has.")
        if name in found:
            raise BadInputError(f"The column “{cell.strip()}” stands there twice.")
        found.append(name)
    if _FILE not in found:
        raise BadInputError("The first line must name the columns; one of them is “file”.")
    return found


def _row(
    folder: Path, columns: list[str], cells: list[str], place: tuple[int, int, set[Path]]
) -> ListRow:
    line, now, seen = place
    values = dict(zip(columns, cells, strict=False))
    named, number = values.pop(_FILE, "").strip(), values.pop(_NUMBER, "").strip()
    facts = {name: value for name, value in values.items() if value.strip()}
    file = folder / named
    problem = _wrong(folder, file, named, seen)
    if not problem and len(cells) > len(columns) and any(cells[len(columns) :]):
        problem = "It has more cells than there are columns."
    try:
        if number:
            number = check_line(number, "The exhibit number", limit=MAX_EXHIBIT_CHARS)
        facts = dict(describing.described(facts, now))
    except BadInputError as error:
        problem = problem or error.sentence
    return ListRow(line=line, path=file, number=number, facts=facts, problem=problem)


def _wrong(folder: Path, file: Path, named: str, seen: set[Path]) -> str:
    if not named:
        return "It names no file."
    try:
        inside = file.resolve().is_relative_to(folder)
    except (OSError, ValueError, RuntimeError):
        return "Its file cannot be named like that."
    if not inside:
        return "Its file does not lie in the folder of the list."
    if file.resolve() in seen:
        return "Its file stands in the list already."
    seen.add(file.resolve())
    return "" if file.is_file() else "Its file is not there."
