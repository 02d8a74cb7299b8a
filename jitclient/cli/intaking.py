"""`evidence intake`: a customs detection, filled in on the command line, becomes an exhibit."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jitclient.cli import resolve, shapes
from jitclient.cli.carrying import carry
from jitclient.cli.output import Output
from jitclient.cli.tables import exhibit_lines
from jitclient.cli.words import command
from jitclient.desk import Desk
from jitclient.foundation.text import visible
from jitclient.intakeviews import FIELDS, SECTIONS, STARRED, Intake, Taken
from jitclient.views import ExhibitState
from protocol.errors import EXIT_PARTLY, EXIT_UNREACHABLE, UsageError


def words(acts: Any) -> None:
    """The options of `evidence intake`."""
    intake = command(acts, "intake", "hand over a customs detection: a form and its images")
    intake.add_argument("space")
    intake.add_argument("--to", nargs="+", default=[], action="extend", metavar="USER")
    intake.add_argument(
        "--image", nargs="+", type=Path, default=[], action="extend", metavar="FILE",
        help="images of it; each becomes an exhibit of its own",
    )  # fmt: skip
    intake.add_argument("--draft", action="store_true", help="go on from the draft of the space")
    instead = intake.add_mutually_exclusive_group()
    instead.add_argument("--keep", action="store_true", help="keep it as the draft; nothing goes")
    instead.add_argument("--preview", action="store_true", help="print the document; nothing goes")
    for heading, fields in SECTIONS:
        group = intake.add_argument_group(heading.lower())
        for field in fields:
            form = ", ".join(field.choices) or field.example or field.form.value
            star = " (must be stated)" if field.name in STARRED else ""
            group.add_argument(
                f"--{field.name}", metavar="…", dest=f"intake_{field.name}",
                help=f"{field.label}: {form}{star}",
            )  # fmt: skip


async def take(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence intake SPACE --to USER... --FIELD VALUE... [--image FILE...]`."""
    space = await resolve.space(desk, args.space)
    given = await _given(desk, args)
    if args.keep:
        await desk.detecting.keep(space, given)
        out.result({"form": dict(given.form), "images": [str(one) for one in given.images]})
        return 0
    if args.preview:
        text = await desk.detecting.preview(given)
        out.result({"document": text}, text.splitlines())
        out.talk("The window writes it as PDF: Customs detection, Save as PDF.")
        return 0
    if not args.to:
        raise UsageError("Name who receives it with --to.")
    to = [await resolve.member(desk, space, one) for one in args.to]
    taken = await desk.detecting.take(space, given, to=to)
    online = await carry(desk, out)
    return await _told(desk, taken, out, online=online)


async def _given(desk: Desk, args: argparse.Namespace) -> Intake:
    kept = Intake()
    if args.draft:
        kept = await desk.detecting.draft(await resolve.space(desk, args.space))
    typed = {one.name: getattr(args, f"intake_{one.name}") for one in FIELDS}
    form = dict(kept.form) | {name: value for name, value in typed.items() if value is not None}
    return Intake(form=tuple(form.items()), images=tuple(args.image) or kept.images)


async def _told(desk: Desk, taken: Taken, out: Output, *, online: bool) -> int:
    space = taken.form.space
    rows = [await desk.exhibit(space, one.file) for one in (taken.form, *taken.images)]
    refused: list[shapes.Shape] = []
    for path, error in taken.refused:
        shown = visible(str(path))
        out.error(f"{shown}: {error.sentence}", error.reason)
        refused.append({"id": shown, "code": error.reason, "sentence": error.sentence})
    exhibits = [shapes.exhibit(one) for one in rows]
    out.result({"exhibits": exhibits, "refused": refused}, exhibit_lines(rows))
    if refused:
        return EXIT_PARTLY
    waiting = any(one.state in {ExhibitState.SEALING, ExhibitState.UPLOADING} for one in rows)
    return EXIT_UNREACHABLE if waiting and not online else 0
