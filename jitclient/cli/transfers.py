"""Commands about transfers: the queue, its order, pauses, limits."""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import replace

from jitclient import metering, networking
from jitclient.cli import resolve, shapes
from jitclient.cli.carrying import carry
from jitclient.cli.evidence import find, show_one
from jitclient.cli.output import Output, size, span, table
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.foundation import policy
from jitclient.views import QueueRow, QueueView
from localstore import limits
from localstore.limits import MAX_RATE, Limits
from protocol.errors import NotEnrolledError, UsageError
from sync.throttle import MIN_BYTES_PER_SECOND

UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
RATE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmg]?)(?:i?b)?(?:/s)?", re.IGNORECASE | re.ASCII)


async def queue(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`evidence queue`."""
    return _tell(await desk.queue(), out)


def _tell(view: QueueView, out: Output) -> int:
    lines = table([_line(number, row) for number, row in enumerate(view.rows, 1)], HEADS)
    if not view.rows:
        lines = ["Nothing waits and nothing travels."]
    if view.more:
        lines.append(f"… and {view.more} more.")
    held = Limits(view.up, view.down)
    lines += [f"{row.name}: {row.problem}" for row in view.rows if row.problem]
    lines += bounds(held)
    if view.unsent:
        lines.append(f"Messages that wait to leave: {view.unsent}.")
    data = {
        "transfers": [shapes.transfer(row) for row in view.rows],
        "more": view.more,
        "messages": [shapes.outgoing(row) for row in view.outbox],
        "messages_waiting": view.unsent,
    }
    out.result({**data, "limits": shapes.limits(held)}, lines)
    return 0


HEADS = ("", "ID", "WAY", "STANDS", "DONE", "OF", "RATE", "LEFT", "SPACE", "NAME")


def _line(number: int, row: QueueRow) -> tuple[str, ...]:
    return (
        str(number),
        row.file.hex()[:8],
        "up" if row.up else "down",
        row.going.value,
        size(row.done),
        size(row.total),
        f"{size(row.rate)}/s" if row.rate else "—",
        "—" if row.eta is None else span(row.eta),
        row.space_title,
        row.name,
    )


def bounds(held: Limits) -> list[str]:
    """What is bounded, in words; nothing where nothing is."""
    ways = (("Up", held.up), ("Down", held.down))
    return [f"{way}: at most {size(rate)}/s." for way, rate in ways if rate]


async def first(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence first ID`."""
    return await _move(desk, args, out, first=True)


async def last(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence last ID`."""
    return await _move(desk, args, out, first=False)


async def _move(desk: Desk, args: argparse.Namespace, out: Output, *, first: bool) -> int:
    row = resolve.pick(
        args.exhibit_id,
        (await desk.queue()).rows,
        id_of=lambda r: r.file,
        names_of=lambda r: (r.exhibit, r.name) if r.exhibit else (r.name,),
        what="transfer",
    )
    await desk.move_transfer(row.space, row.file, first=first)
    return _tell(await desk.queue(), out)


async def pause(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence pause (SPACE ID | --all)`."""
    if _all(args):
        await desk.pause_all()
        return _tell(await desk.queue(), out)
    space, file = await find(desk, args)
    await desk.pause(space, file)
    return await show_one(desk, space, file, out)


async def resume(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence resume (SPACE ID | --all)`."""
    if _all(args):
        await desk.resume_all()
        await carry(desk, out)
        return _tell(await desk.queue(), out)
    space, file = await find(desk, args)
    await desk.resume(space, file)
    await carry(desk, out)
    return await show_one(desk, space, file, out)


def _all(args: argparse.Namespace) -> bool:
    named = args.space is not None and args.exhibit_id is not None
    if args.all == (args.space is not None) or (not args.all and not named):
        raise UsageError("Give a space and an exhibit, or --all.")
    return bool(args.all)


async def cancel(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`evidence cancel SPACE ID [--reason R]`."""
    space, file = await find(desk, args)
    await desk.cancel(space, file, args.reason)
    await desk.sync_now(transfers=False)
    return await show_one(desk, space, file, out)


async def limit(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`evidence limit [RATE|off] [--up|--down]`: needs no passphrase, and no free profile."""
    if not door.enrolled():
        raise NotEnrolledError("This profile is not enrolled yet. Start with an invitation.")
    known = await asyncio.to_thread(limits.load, door.profile_dir)
    if args.rate is not None:
        rate = parsed(args.rate)
        both = args.up == args.down
        known = replace(
            known,
            up=rate if args.up or both else known.up,
            down=rate if args.down or both else known.down,
        )
        await asyncio.to_thread(limits.save, door.profile_dir, known)
    out.result({"limits": shapes.limits(known)}, bounds(known) or ["Nothing is bounded."])
    return 0


async def metered(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`evidence metered [auto|yes|no]`: needs no passphrase, and no free profile."""
    if args.value is not None:
        await asyncio.to_thread(networking.choose, door.profile_dir, metering.KEY, args.value)
    found = (await asyncio.to_thread(policy.settings, door.profile_dir))[metering.KEY]
    out.result({"metered": found.value, "set_by": found.source}, [_METERED[found.value]])
    return 0


_METERED = {
    "auto": "Large files wait where the system calls the line metered.",
    "yes": "Large files wait: the line is metered.",
    "no": "Everything travels, on a metered line too.",
}


def parsed(text: str) -> int:
    """Bytes per second out of `2M`, `500 KiB/s` or `off` (0). Units are powers of 1024.

    Raises:
        UsageError: it is none, or too low to move anything.
    """
    if text.strip().casefold() == "off":
        return 0
    found = RATE.fullmatch(text.strip())
    rate = int(float(found[1]) * UNITS[found[2].lower()]) if found else -1
    if not MIN_BYTES_PER_SECOND <= rate <= MAX_RATE:
        least = size(MIN_BYTES_PER_SECOND)
        raise UsageError(f"“{text[:20]}” is no rate: write 2M, 500K or off; at least {least}/s.")
    return rate
