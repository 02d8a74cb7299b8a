"""Commands about exhibits."""

from __future__ import annotations

import argparse

from jitclient import factviews
from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output
from jitclient.cli.tables import exhibit_lines
from jitclient.desk import Desk
from jitclient.foundation.links import Link
from jitclient.reviewviews import keeps
from protocol.errors import NotFoundError
from protocol.ids import FileId, SpaceId


async def listing(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence list SPACE [--tag TAG]... [--review STATE]... [--filter F] [--view NAME]`."""
    space = await resolve.space(desk, args.space)
    kept = await _filters(desk, space, args)
    rows = [row for row in await desk.exhibits(space) if all(keeps(row, one) for one in kept)]
    out.result({"exhibits": [shapes.exhibit(r) for r in rows]}, exhibit_lines(rows))
    return 0


async def _filters(desk: Desk, space: SpaceId, args: argparse.Namespace) -> list[str]:
    """Every filter that was given; each of them must keep a row."""
    kept = [args.filter, " ".join(f'tag:"{one}"' for one in args.tag)]
    kept.append(" ".join(f'review:"{one}"' for one in args.review))
    if args.view is not None:
        views = await desk.reviewing.views(space)
        if args.view not in views:
            raise NotFoundError("There is no view of that name in this space.")
        kept.append(views[args.view])
    return kept


async def show(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence show SPACE ID`."""
    space, file = await find(desk, args)
    row = await desk.exhibit(space, file)
    known = [("ID", row.file.hex()), ("Name", row.name), ("Exhibit number", row.exhibit or "—")]
    known += [("SHA-256", row.sha256 or "—"), ("Size", f"{row.size} bytes")]
    known += [("Handed over by", row.author_name)]
    known += [(one.label, one.value) for one in factviews.rows(row.facts)]
    known += [("Review", row.review), ("Tags", ", ".join(row.tags)), ("Note", row.note)]
    known += [
        (f"{one.code} permitted by", f"{one.given_by}, {one.reference}") for one in row.permissions
    ]
    link = str(Link(space, row.file))
    known += [("Link", link)]
    wide = max(len(label) for label, _ in known)
    lines = []
    for label, value in known:
        first, *more = value.split("\n")
        lines.append(f"{label:{wide}}  {first}")
        lines += [f"{'':{wide}}  {line}" for line in more]
    out.result({"exhibit": {**shapes.exhibit(row), "link": link}}, lines)
    return 0


async def permit(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence permit SPACE ID --code H1|H2 --by WHO --reference REF`."""
    space, file = await find(desk, args)
    await desk.record_permission(space, file, args.code, given_by=args.by, reference=args.reference)
    return await show_one(desk, space, file, out)


async def verify(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence verify SPACE ID`."""
    space, file = await find(desk, args)
    row = await desk.verify_exhibit(space, file)
    out.result(
        {**shapes.exhibit(row), "exhibit_number": row.exhibit, "verified": True},
        [f"{row.name} is whole: sha256 {row.sha256}"],
    )
    return 0


async def show_one(desk: Desk, space: SpaceId, file: FileId, out: Output) -> int:
    """Print one exhibit as it stands now."""
    row = await desk.exhibit(space, file)
    out.result({"exhibit": shapes.exhibit(row)}, exhibit_lines([row]))
    return 0


async def find(desk: Desk, args: argparse.Namespace) -> tuple[SpaceId, FileId]:
    """The space and the exhibit that were named."""
    space = await resolve.space(desk, args.space)
    return space, await resolve.exhibit(desk, space, args.exhibit_id)
