"""Commands about what a person makes of exhibits; all of it stays on this device."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output
from jitclient.cli.tables import exhibit_lines
from jitclient.cli.words import command
from jitclient.desk import Desk
from jitclient.reviewviews import WORDS, ReviewState
from jitclient.usecases.review_exhibit import MAX_NOTE_BYTES
from jitclient.views import ExhibitRow
from protocol.errors import EXIT_NOT_FOUND, BadInputError


def words(acts: Any) -> None:
    """The acts of `evidence` that are about reviewing."""
    state = command(acts, "review", "note how far you are with an exhibit")
    state.add_argument("space")
    state.add_argument("exhibit_id", metavar="ID")
    state.add_argument("state", choices=[one.value for one in ReviewState])
    tag = command(acts, "tag", "put tags on an exhibit")
    tag.add_argument("space")
    tag.add_argument("exhibit_id", metavar="ID")
    tag.add_argument("tags", nargs="*", metavar="TAG")
    tag.add_argument("--remove", nargs="+", default=[], metavar="TAG", help="take these off")
    note = command(acts, "note", "keep a note on an exhibit; an empty one takes it away")
    note.add_argument("space")
    note.add_argument("exhibit_id", metavar="ID")
    note.add_argument("text", help="the text, or - for standard input")
    queue = command(acts, "next", "the next exhibit that is new or in review")
    queue.add_argument("space")
    queue.add_argument("--after", metavar="ID", help="behind this one")
    views = command(acts, "views", "saved filters of the list, the tags, and how far you are")
    views.add_argument("space")
    kept = views.add_mutually_exclusive_group()
    kept.add_argument("--save", nargs=2, metavar=("NAME", "FILTER"), help="keep a filter")
    kept.add_argument("--drop", metavar="NAME", help="forget one")


async def review(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence review SPACE ID STATE`."""
    space = await resolve.space(desk, args.space)
    file = await resolve.exhibit(desk, space, args.exhibit_id)
    return _print(await desk.reviewing.mark(space, file, ReviewState(args.state)), out)


async def tag(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence tag SPACE ID TAG... [--remove TAG...]`."""
    if not args.tags and not args.remove:
        raise BadInputError("Name a tag, or one to --remove.")
    space = await resolve.space(desk, args.space)
    file = await resolve.exhibit(desk, space, args.exhibit_id)
    return _print(await desk.reviewing.tag(space, file, add=args.tags, remove=args.remove), out)


async def note(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence note SPACE ID TEXT|-`."""
    space = await resolve.space(desk, args.space)
    file = await resolve.exhibit(desk, space, args.exhibit_id)
    text = _standard_input() if args.text == "-" else args.text
    return _print(await desk.reviewing.note(space, file, text), out)


async def following(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence next SPACE [--after ID]`."""
    space = await resolve.space(desk, args.space)
    after = await resolve.exhibit(desk, space, args.after) if args.after else None
    row = await desk.reviewing.next(space, after)
    if row is None:
        out.result({"exhibit": None})
        out.talk("There is no exhibit that is new or in review.")
        return EXIT_NOT_FOUND
    return _print(row, out)


async def views(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence views SPACE [--save NAME FILTER | --drop NAME]`."""
    space = await resolve.space(desk, args.space)
    if args.save:
        await desk.reviewing.save_view(space, *args.save)
    if args.drop:
        await desk.reviewing.drop_view(space, args.drop)
    kept = await desk.reviewing.views(space)
    tags = await desk.reviewing.tags(space)
    progress = await desk.reviewing.progress(space)
    out.result(
        {
            "views": [{"id": name, "filter": one} for name, one in kept.items()],
            "tags": [{"id": name, "exhibits": count} for name, count in tags],
            "progress": {state.value: count for state, count in progress.items()},
        },
        [
            *(f"view  {name}: {one}" for name, one in kept.items()),
            *(f"tag   {name}: {count}" for name, count in tags),
            ", ".join(f"{WORDS[state]} {count}" for state, count in progress.items()),
        ],
    )
    return 0


def _print(row: ExhibitRow, out: Output) -> int:
    told = [f"Review: {WORDS[ReviewState(row.review)]}"]
    told += [f"Tags: {', '.join(row.tags)}"] if row.tags else []
    told += [f"Note: {row.note}"] if row.note else []
    out.result({"exhibit": shapes.exhibit(row)}, [*exhibit_lines([row]), *told])
    return 0


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read(MAX_NOTE_BYTES + 1).decode()
    except UnicodeDecodeError as error:
        raise BadInputError("The note is not UTF-8 text.") from error
