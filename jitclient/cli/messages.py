"""Commands about messages."""

from __future__ import annotations

import argparse
import sys

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output, local, noted
from jitclient.desk import Desk
from jitclient.views import MessageKind, MessageRow, MessageState, Missing
from protocol.errors import EXIT_UNREACHABLE, BadInputError
from protocol.limits import MAX_BODY_BYTES

_MISSING = {
    Missing.NOTHING: "missing",
    Missing.ASKED: "missing, asked for again",
    Missing.LOST: "missing, could not be had",
}


async def send(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`msg send SPACE TEXT|-`."""
    space = await resolve.space(desk, args.space)
    row = await desk.send(space, _standard_input() if args.text == "-" else args.text)
    report = await desk.sync_now(transfers=False)
    row = await desk.message(space, row.message)
    out.result(
        {"message": row.message.hex(), **shapes.message(row)},
        [f"{row.message.hex()}  {describe(row)}"],
    )
    if row.state is MessageState.SAVED and not report.online:
        out.talk("The store cannot be reached. The message is saved and goes out when it is back.")
        return EXIT_UNREACHABLE
    return 0


def _standard_input() -> str:
    raw = sys.stdin.buffer.read(MAX_BODY_BYTES + 1)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadInputError("The message is not UTF-8 text.") from error


async def listing(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`msg list SPACE`."""
    space = await resolve.space(desk, args.space)
    rows = await desk.messages(space, limit=max(1, args.limit))
    await desk.mark_read(space)
    lines = []
    told: set[bytes] = set()
    for row in rows:
        if row.author_note and row.author not in told:
            told.add(row.author)
            lines += noted([(row.author_name, row.author, row.author_note)])
        if row.missing_before:
            done = _MISSING[row.missing]
            lines.append(f"      ({row.missing_before} message(s) of {row.author_name} {done})")
        lines.append(f"{local(row.claimed_at)}  {_line(row)}")
    out.result({"messages": [shapes.message(r) for r in rows]}, lines)
    return 0


def _line(row: MessageRow) -> str:
    text = row.text.replace("\n", "\n      ")
    if row.kind is MessageKind.EVENT:
        return f"— {text}"
    if row.kind is MessageKind.EXHIBIT:
        text = f"handed over “{text}”"
    told = f"shared by {row.told_by}, " if row.told_by else ""
    edited = f", edited {local(row.edited_at)}" if row.edited_at is not None else ""
    return f"{_author(row)}: {text}  [{told}{describe(row)}{edited}]"


def _author(row: MessageRow) -> str:
    """The author's name; where it could be taken for another's, with authority and country."""
    if not row.author_note:
        return row.author_name
    return f"{row.author_name} ({row.author_authority}, {row.author_country})"


def describe(row: MessageRow) -> str:
    """The state of a message in words."""
    have = sum(1 for r in row.received_by if r.at is not None)
    match row.state:
        case MessageState.SAVED:
            return "saved here"
        case MessageState.ON_SERVER if have:
            return f"received by {have} of {len(row.received_by)}"
        case MessageState.ON_SERVER:
            return "on the server"
        case MessageState.RECEIVED:
            return f"received by {have} of {len(row.received_by)}"
        case MessageState.REFUSED:
            return f"refused: {row.problem}"
        case MessageState.INCOMING:
            return "received"
