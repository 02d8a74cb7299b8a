"""Facts on the command line: the options that state them, and where hashes are read from."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jitclient import acquisition
from jitclient.cli.output import Output, size
from jitclient.desk import Desk
from jitclient.foundation.text import visible
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


async def facts_of(desk: Desk, args: argparse.Namespace, out: Output) -> list[dict[str, str]]:
    """The facts of every file: those on the command line, and the hashes of the report.

    Raises:
        UsageError: one hash for several files; BadInputError: the report says nothing of a file,
            or another hash than was typed.
    """
    given = {one.name: getattr(args, f"fact_{one.name}") for one in FIELDS}
    given = {name: value for name, value in given.items() if value}
    for value in args.hash:
        given = _together(given, acquisition.typed(value))
    if args.hash and len(args.paths) > 1:
        raise UsageError("One --hash cannot be that of several files. Use --report.")
    names = [path.name for path in args.paths]
    read: Sequence[Mapping[str, str]] = [{} for _ in names]
    if args.report is not None:
        read = await desk.read_report(args.report, names)
        for name, found in zip(names, read, strict=True):
            if not found:
                raise BadInputError(f"The report states no hash of {visible(name)}.")
            if "source-hash" in found:
                out.talk(f"{visible(name)}: the report's hash is that of the data inside; stated.")
    return [_together(given, found) for found in read]


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
