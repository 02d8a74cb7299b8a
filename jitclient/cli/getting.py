"""`evidence get`: one exhibit to a file, or several to a folder, where each lay in its own."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from jitclient.cli import resolve, shapes
from jitclient.cli.carrying import carry
from jitclient.cli.output import Output
from jitclient.desk import Desk
from jitclient.foundation.safenames import Places
from jitclient.foundation.text import visible
from jitclient.views import ExhibitRow, ExhibitState, Purpose
from protocol.errors import (
    EXIT_PARTLY,
    EXIT_UNREACHABLE,
    EXIT_VERIFICATION,
    CannotCreateError,
    JitError,
    NotFoundError,
    UsageError,
)
from protocol.ids import FileId, SpaceId

STANDING = frozenset({ExhibitState.PAUSED, ExhibitState.FAILED, ExhibitState.CORRUPTED})


async def get(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence get SPACE (ID... | --folder NAME) --out PATH [--for work|court]`."""
    space = await resolve.space(desk, args.space)
    if bool(args.exhibit_ids) == (args.folder is not None):
        raise UsageError("Give exhibits, or --folder with the name of one that was handed over.")
    if args.folder is None and len(args.exhibit_ids) == 1:
        file = await resolve.exhibit(desk, space, args.exhibit_ids[0])
        return await _one(desk, space, file, args, out)
    files = await _wanted(desk, space, args)
    online = await _fetch(desk, space, files, out)
    return await _all(desk, space, files, args, out, online=online)


async def _one(
    desk: Desk, space: SpaceId, file: FileId, args: argparse.Namespace, out: Output
) -> int:
    online = await _fetch(desk, space, [file], out)
    row = await desk.exhibit(space, file)
    if _missing(row) and not online:
        out.error("The store cannot be reached and this exhibit is not here yet.", "offline")
        return EXIT_UNREACHABLE
    if row.state is ExhibitState.CORRUPTED and not row.mine:
        out.error(row.problem, "part-corrupted")
        out.result({"exhibit": shapes.exhibit(row)})
        return EXIT_VERIFICATION
    path = await desk.export(space, file, args.out, Purpose(args.purpose))
    await desk.sync_now(transfers=False)
    row = await desk.exhibit(space, file)
    out.result(
        {"exhibit": shapes.exhibit(row), "path": str(path), "sha256": row.sha256},
        [f"{path}", f"sha256 {row.sha256}"],
    )
    return 0


async def _wanted(desk: Desk, space: SpaceId, args: argparse.Namespace) -> list[FileId]:
    if args.folder is None:
        return [await resolve.exhibit(desk, space, given) for given in args.exhibit_ids]
    begins = args.folder.rstrip("/") + "/"
    rows = await desk.exhibits(space)
    found = [one for one in rows if inside(one).startswith(begins) and not one.mine]
    if not found:
        raise NotFoundError("No exhibit that came to you lay in such a folder.")
    return [one.file for one in found]


async def _fetch(desk: Desk, space: SpaceId, files: list[FileId], out: Output) -> bool:
    """Bring what is not here yet; False when the store is out of reach."""
    rows = [await desk.exhibit(space, file) for file in files]
    wanted = [row for row in rows if _missing(row)]
    for row in wanted:
        if row.state in STANDING:
            await desk.resume(space, row.file)
    return not wanted or await carry(desk, out)


def _missing(row: ExhibitRow) -> bool:
    return not row.mine and row.state is not ExhibitState.VERIFIED


async def _all(
    desk: Desk,
    space: SpaceId,
    files: list[FileId],
    args: argparse.Namespace,
    out: Output,
    *,
    online: bool,
) -> int:
    """Write each to its place; one that cannot be written stops no other."""
    places, written, failures = Places(), list[shapes.Shape](), list[JitError]()
    lines = []
    for file in files:
        row = await desk.exhibit(space, file)
        try:
            target = await asyncio.to_thread(prepared, args.out, places.take(inside(row)))
            path = await desk.export(space, file, target, Purpose(args.purpose))
        except JitError as error:
            out.error(f"{visible(row.name)}: {error.sentence}", error.reason)
            failures.append(error)
            continue
        written.append({"id": file.hex(), "path": str(path), "sha256": row.sha256})
        lines.append(f"{row.sha256}  {path}")
    await desk.sync_now(transfers=False)
    if not written:
        raise failures[0]
    out.result({"written": written}, lines)
    return 0 if not failures else EXIT_PARTLY if online else EXIT_UNREACHABLE


def inside(row: ExhibitRow) -> str:
    """Where an exhibit lay in the folder it was handed over with; its name, if in none."""
    return dict(row.facts).get("folder-path", row.name)


def prepared(out: Path, place: tuple[str, ...]) -> Path:
    """The file `place` below the folder `out`, whose folders are made.

    Raises:
        CannotCreateError: a folder cannot be made, or a link leads out of `out`.
    """
    root = out.expanduser().absolute()
    target = root.joinpath(*place)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        leads_out = not target.parent.resolve().is_relative_to(root.resolve())
    except OSError as error:
        raise CannotCreateError(f"{target.parent} cannot be made: {error.strerror}.") from error
    if leads_out:
        raise CannotCreateError(f"{target.parent} leads out of {root}. Nothing was written.")
    return target
