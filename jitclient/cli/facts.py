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
from protocol.errors import BadInputError, NotFoundError, UsageError
from protocol.facts import BY_NAME, FIELDS, Form, Group

HEADS = ("TEMPLATE", "FACTS")


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
    add.add_argument("--template", metavar="NAME", help="facts of this template, where not given")
    stated(add)


def stated(command: argparse.ArgumentParser) -> None:
    """An option for each fact but the path, which the program finds out."""
    headed: dict[Group, Any] = {}
    for field in (one for one in FIELDS if one.form is not Form.PATH):
        group = headed.get(field.group) or command.add_argument_group(field.group.value.lower())
        headed[field.group] = group
        form = ", ".join(field.choices) or field.example or field.form.value
        group.add_argument(
            f"--{field.name}", metavar="…", dest=f"fact_{field.name}", help=f"{field.label}: {form}"
        )


async def items_of(
    desk: Desk, args: argparse.Namespace, out: Output, found: list[ListRow]
) -> list[ListRow]:
    """What is to be handed over: the files `found` for the command line, or those of a list.

    Each with its facts: of the command line, of its row, and the hashes of the report.

    Raises:
        UsageError: files and a list, or neither; one hash for several files.
        BadInputError: the report says nothing of a file, or another hash than was typed.
    """
    if bool(args.paths) == (args.list is not None) or (args.preview and args.list is None):
        raise UsageError("Give files, or --list with a list of them, which --preview shows.")
    given = await given_once(desk, args)
    for value in args.hash:
        given = _together(given, acquisition.typed(value))
    rows = list(await desk.read_list(args.list)) if args.list is not None else found
    if args.hash and len(rows) > 1:
        raise UsageError("One --hash cannot be that of several files. Use --report.")
    read = await _reported(desk, args.report, rows, out)
    return [
        replace(row, facts=_together({**given, **row.facts}, hashes))
        for row, hashes in zip(rows, read, strict=True)
    ]


async def given_once(desk: Desk, args: argparse.Namespace) -> dict[str, str]:
    """The facts stated of every file: those of the template, and before them those typed."""
    return {**await _template(desk, args.template), **given_facts(args)}


def given_facts(args: argparse.Namespace) -> dict[str, str]:
    """The facts that stand on the command line."""
    given = {one.name: getattr(args, f"fact_{one.name}", "") for one in FIELDS}
    return {name: value for name, value in given.items() if value}


async def _template(desk: Desk, name: str | None) -> Mapping[str, str]:
    known = await desk.templates() if name is not None else {}
    if name is not None and name not in known:
        raise NotFoundError("There is no such template here.")
    return dict(known[name]) if name is not None else {}


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


async def template_list(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`template list`."""
    known = await desk.templates()
    lines = table([(visible(name), str(len(facts))) for name, facts in known.items()], HEADS)
    rows = [{"id": name, "facts": dict(facts)} for name, facts in known.items()]
    out.result({"templates": rows}, lines)
    return 0


async def template_save(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`template save NAME --FACT VALUE...`."""
    await desk.save_template(args.name, given_facts(args))
    return await template_list(desk, args, out)


async def template_drop(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`template drop NAME`."""
    await desk.drop_template(args.name)
    return await template_list(desk, args, out)
