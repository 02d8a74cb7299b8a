"""Commands about exhibits."""

from __future__ import annotations

import argparse

from jitclient import factviews
from jitclient.cli import resolve, shapes
from jitclient.cli.facts import comparing, items_of, listed
from jitclient.cli.output import Output, size, table
from jitclient.desk import Desk
from jitclient.events import Event, TransferMoved
from jitclient.foundation.text import visible
from jitclient.views import ExhibitRow, ExhibitState, ListRow, Purpose
from protocol.errors import (
    EXIT_BAD_DATA,
    EXIT_FAILURE,
    EXIT_PARTLY,
    EXIT_UNREACHABLE,
    EXIT_VERIFICATION,
    BadInputError,
    JitError,
)
from protocol.ids import FileId, SpaceId, UserId

TRAVELLING = frozenset({ExhibitState.SEALING, ExhibitState.UPLOADING, ExhibitState.DOWNLOADING})


async def add(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence add SPACE (PATH... | --list CSV [--preview]) --to USER... [--FACT VALUE]...`."""
    space = await resolve.space(desk, args.space)
    items = await items_of(desk, args, out)
    to: list[UserId] = [await resolve.member(desk, space, given) for given in args.to]
    wrong = [one for one in items if one.problem]
    if args.preview:
        out.result({"rows": [shapes.list_row(one) for one in items]}, listed(items))
        return EXIT_BAD_DATA if wrong else 0
    for one in wrong:
        out.error(f"Line {one.line}, {visible(one.path.name)}: {one.problem}", "bad-input")
    if wrong:
        raise BadInputError(
            f"{len(wrong)} of {len(items)} rows cannot go. Nothing was handed over."
        )
    added, failures = await _register(desk, space, items, to, out)
    if not added and failures:
        raise failures[0]
    report = await _carry(desk, out)
    rows = [await desk.exhibit(space, file) for file in added]
    out.result({"exhibits": [shapes.exhibit(r) for r in rows]}, _lines(rows))
    return _status(rows, failed=bool(failures), online=report)


async def _register(
    desk: Desk, space: SpaceId, items: list[ListRow], to: list[UserId], out: Output
) -> tuple[list[FileId], list[JitError]]:
    """Register each; one that fails does not hold up the others."""
    added: list[FileId] = []
    failures: list[JitError] = []
    tell = comparing(out)
    for one in items:
        try:
            row = await desk.add_evidence(
                space, one.path, to=to, exhibit=one.number, facts=one.facts, tell=tell
            )
            added.append(row.file)
        except JitError as error:
            if len(items) == 1:
                raise
            out.error(f"{visible(str(one.path))}: {error.sentence}", error.reason)
            failures.append(error)
        finally:
            out.end_progress()
    return added, failures


def _status(rows: list[ExhibitRow], *, failed: bool, online: bool) -> int:
    broken = [r for r in rows if r.state in {ExhibitState.FAILED, ExhibitState.CORRUPTED}]
    if broken and len(broken) == len(rows):
        return EXIT_FAILURE
    if failed or broken:
        return EXIT_PARTLY
    if any(r.state in TRAVELLING for r in rows) and not online:
        return EXIT_UNREACHABLE
    return 0


async def _carry(desk: Desk, out: Output) -> bool:
    """Run all due transfers with a progress line; False when the store is out of reach."""

    def tell(event: Event) -> None:
        if isinstance(event, TransferMoved):
            share = 100 * event.done // max(1, event.total)
            out.progress(
                f"{share:3d} %  {size(event.done)} of {size(event.total)}  {size(event.rate)}/s"
            )

    unsubscribe = desk.events.subscribe(tell)
    try:
        return (await desk.sync_now(transfers=True)).online
    finally:
        unsubscribe()
        out.end_progress()


async def listing(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence list SPACE`."""
    space = await resolve.space(desk, args.space)
    rows = list(await desk.exhibits(space))
    out.result({"exhibits": [shapes.exhibit(r) for r in rows]}, _lines(rows))
    return 0


def _lines(rows: list[ExhibitRow]) -> list[str]:
    lines = table(
        [
            (
                r.file.hex(),
                r.exhibit or "—",
                r.state.value,
                size(r.size),
                f"{sum(1 for p in r.recipients if p.at)} of {len(r.recipients)}",
                " ".join(factviews.marks(r.facts)) or "—",
                r.name,
            )
            for r in rows
        ],
        ("ID", "EXHIBIT", "STATE", "SIZE", "VERIFIED BY", "MARKS", "NAME"),
    )
    return lines + [f"{r.name}: {r.problem}" for r in rows if r.problem]


async def show(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence show SPACE ID`."""
    space, file = await _find(desk, args)
    row = await desk.exhibit(space, file)
    known = [("ID", row.file.hex()), ("Name", row.name), ("Exhibit number", row.exhibit or "—")]
    known += [("SHA-256", row.sha256 or "—"), ("Size", f"{row.size} bytes")]
    known += [("Handed over by", row.author_name)]
    known += [(one.label, one.value) for one in factviews.rows(row.facts)]
    known += [
        (f"{one.code} permitted by", f"{one.given_by}, {one.reference}") for one in row.permissions
    ]
    wide = max(len(label) for label, _ in known)
    lines = []
    for label, value in known:
        first, *more = value.split("\n")
        lines.append(f"{label:{wide}}  {first}")
        lines += [f"{'':{wide}}  {line}" for line in more]
    out.result({"exhibit": shapes.exhibit(row)}, lines)
    return 0


async def get(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence get SPACE ID --out PATH [--for work|court]`."""
    space, file = await _find(desk, args)
    row = await desk.exhibit(space, file)
    if not row.mine and row.state is not ExhibitState.VERIFIED:
        if row.state in {ExhibitState.PAUSED, ExhibitState.FAILED, ExhibitState.CORRUPTED}:
            await desk.resume(space, file)
        online = await _carry(desk, out)
        row = await desk.exhibit(space, file)
        if row.state is not ExhibitState.VERIFIED and not online:
            out.error("The store cannot be reached and this exhibit is not here yet.", "offline")
            return EXIT_UNREACHABLE
        if row.state is ExhibitState.CORRUPTED:
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


async def permit(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence permit SPACE ID --code H1|H2 --by WHO --reference REF`."""
    space, file = await _find(desk, args)
    await desk.record_permission(space, file, args.code, given_by=args.by, reference=args.reference)
    return await _print(desk, space, file, out)


async def verify(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence verify SPACE ID`."""
    space, file = await _find(desk, args)
    row = await desk.verify_exhibit(space, file)
    out.result(
        {**shapes.exhibit(row), "exhibit_number": row.exhibit, "verified": True},
        [f"{row.name} is whole: sha256 {row.sha256}"],
    )
    return 0


async def pause(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence pause SPACE ID`."""
    space, file = await _find(desk, args)
    await desk.pause(space, file)
    return await _print(desk, space, file, out)


async def resume(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence resume SPACE ID`."""
    space, file = await _find(desk, args)
    await desk.resume(space, file)
    await _carry(desk, out)
    return await _print(desk, space, file, out)


async def cancel(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence cancel SPACE ID`."""
    space, file = await _find(desk, args)
    await desk.cancel(space, file)
    await desk.sync_now(transfers=False)
    return await _print(desk, space, file, out)


async def _print(desk: Desk, space: SpaceId, file: FileId, out: Output) -> int:
    row = await desk.exhibit(space, file)
    out.result({"exhibit": shapes.exhibit(row)}, _lines([row]))
    return 0


async def _find(desk: Desk, args: argparse.Namespace) -> tuple[SpaceId, FileId]:
    space = await resolve.space(desk, args.space)
    return space, await resolve.exhibit(desk, space, args.exhibit_id)
