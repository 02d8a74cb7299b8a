"""Facts on the command line: the options that state them, and where hashes are read from."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jitclient import acquisition
from jitclient.cli.output import Output, size, table
from jitclient.desk import Desk
from jitclient.foundation.text import visible
from jitclient.views import ListRow
from protocol.errors import BadInputError, UsageError
from protocol.facts import BY_NAME, FIELDS, Group


def options(add: argparse.ArgumentParser) -> None:
    """One option for each fact an exhibit can state."""
    add.add_argument(
        "--hash",
        action="append",
        default=[],
        metavar="HASH",
        help="hash at acquisition, as sha256:9f86…; compared before anything leaves",
    )
    add.add_argument(
        "--report", type=Path, metavar="FILE", help="acquisition report to read such hashes from"
    )
    headed: dict[Group, Any] = {}
    for field in FIELDS:
        group = headed.get(field.group) or add.add_argument_group(field.group.value.lower())
        headed[field.group] = group
        form = ", ".join(field.choices) or field.example or field.form.value
        group.add_argument(
            f"--{field.name}", metavar="…", dest=f"fact_{field.name}", help=f"{field.label}: {form}"
        )


async def items_of(desk: Desk, args: argparse.Namespace, out: Output) -> list[ListRow]:
    """What is to be handed over: the files on the command line, or those of a list.

    Each with its facts: of the command line, of its row, and the hashes of the report.

    Raises:
        UsageError: files and a list, or neither; one hash for several files.
        BadInputError: the report says nothing of a file, or another hash than was typed.
    """
    if bool(args.paths) == (args.list is not None) or (args.preview and args.list is None):
        raise UsageError("Give files, or --list with a list of them, which --preview shows.")
    given = {one.name: getattr(args, f"fact_{one.name}") for one in FIELDS}
    given = {name: value for name, value in given.items() if value}
    for value in args.hash:
        given = _together(given, acquisition.typed(value))
    if args.list is not None:
        rows = list(await desk.read_list(args.list))
    else:
        rows = [
            ListRow(line=0, path=path, number=args.exhibit, facts={}, problem="")
            for path in args.paths
        ]
    if args.hash and len(rows) > 1:
        raise UsageError("One --hash cannot be that of several files. Use --report.")
    read = await _reported(desk, args.report, rows, out)
    return [
        replace(row, facts=_together({**given, **row.facts}, found))
        for row, found in zip(rows, read, strict=True)
    ]


async def _reported(
    desk: Desk, report: Path | None, rows: Sequence[ListRow], out: Output
) -> Sequence[Mapping[str, str]]:
    """The hashes an acquisition report states of each file."""
    if report is None:
        return [{} for _ in rows]
    names = [row.path.name for row in rows]
    read = await desk.read_report(report, names)
    for name, found in zip(names, read, strict=True):
        if not found:
            raise BadInputError(f"The report states no hash of {visible(name)}.")
        if "source-hash" in found:
            out.talk(f"{visible(name)}: the report's hash is that of the data inside; stated.")
    return read


def listed(rows: Sequence[ListRow]) -> list[str]:
    """A list as it was read, row by row, with what is wrong with each."""
    return table(
        [
            (
                str(row.line),
                visible(row.number) or "—",
                visible(row.path.name),
                str(len(row.facts)),
                row.problem or "may go",
            )
            for row in rows
        ],
        ("LINE", "EXHIBIT", "FILE", "FACTS", "STANDS"),
    )


def _together(given: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    for name, value in found.items():
        if given.get(name, value).lower() != value:
            raise BadInputError(f"{BY_NAME[name].label} is given twice, and differs.")
    return {**given, **found}


def comparing(out: Output) -> Callable[[int, int], None]:
    """A progress line while a file is compared with its acquisition."""

    def tell(done: int, total: int) -> None:
        share = 100 * done // max(1, total)
        out.progress(f"{share:3d} %  {size(done)} of {size(total)} compared")

    return tell
