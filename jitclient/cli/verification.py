"""The command that shows and compares safety numbers."""

from __future__ import annotations

import argparse

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output
from jitclient.desk import Desk
from jitclient.views import Trust, Verification
from protocol.errors import UsageError
from protocol.ids import SpaceId


async def verify(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`verify SPACE USER [--number DIGITS | --code LINE | --differ]`, or `verify SPACE --all`."""
    space = await resolve.space(desk, args.space)
    if args.all != (args.user is None):
        raise UsageError("Name one member, or ask for --all. See: jitclient verify --help")
    if args.all:
        return await _everybody(desk, space, out)
    user = await resolve.member(desk, space, args.user)
    if args.differ:
        found = await desk.numbers_differ(space, user)
    elif args.code is not None:
        found = await desk.verify_code(space, user, args.code)
    else:
        found = await desk.verify(space, user, args.number)
    lines = [*_two_lines(found), _said(found, differ=args.differ)]
    out.result({"user": user.hex(), **_facts(found)}, lines)
    return 0


async def _everybody(desk: Desk, space: SpaceId, out: Output) -> int:
    rows = await desk.verification_sheet(space)
    lines = []
    for row in rows:
        lines += [f"{row.name} ({row.user.hex()}): {row.trust.value}"]
        lines += [f"  {line}" for line in _two_lines(row)]
    done = sum(1 for row in rows if row.trust is Trust.VERIFIED)
    lines.append(f"{done} of {len(rows)} compared." if rows else "You are alone in this space.")
    numbers = [{"id": row.user.hex(), **_facts(row)} for row in rows]
    out.result({"space": space.hex(), "numbers": numbers}, lines)
    return 0


def _facts(row: Verification) -> shapes.Shape:
    return {
        "name": row.name,
        "safety_number": row.digits,
        "code": row.code,
        "verification": row.trust.value,
        "compared": row.compared,
    }


def _two_lines(row: Verification) -> list[str]:
    digits = [row.digits[i : i + 5] for i in range(0, len(row.digits), 5)]
    return [" ".join(digits[:6]), " ".join(digits[6:])]


def _said(row: Verification, *, differ: bool) -> str:
    if differ:
        return f"Noted. {row.name} does not count as verified. Send nothing, and call."
    return "The numbers are equal." if row.compared else f"{row.name}: compare aloud."
