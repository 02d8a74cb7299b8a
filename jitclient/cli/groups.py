"""Commands about what a group decided: the past it shares, its policy, and proofs of a fork."""

from __future__ import annotations

import argparse

from crypto.logdispute import Dispute
from jitclient.cli import resolve
from jitclient.cli.output import Output
from jitclient.desk import Desk
from jitclient.usecases import prove_fork

NOT_PROVEN = (
    "It does not prove whose the keys are: compare the digits with each person. It does not say "
    "which log is the true one, nor whether the store or a member made the second."
)


async def share_history(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space share-history SPACE USER [--since N]`."""
    space = await resolve.space(desk, args.space)
    user = await resolve.member(desk, space, args.user)
    await desk.share_history(space, user, args.since)
    await desk.sync_now(transfers=False)
    out.result(
        {"space": space.hex(), "user": user.hex(), "since": args.since},
        [f"Messages since entry {args.since} of the log are shared; every member sees that."],
    )
    return 0


async def policy(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space policy SPACE verified|anybody`."""
    space = await resolve.space(desk, args.space)
    await desk.set_policy(space, verified_only=args.evidence_to == "verified")
    detail = await desk.space(space)
    who = "verified members only" if detail.verified_only else "every member"
    out.result(
        {"space": space.hex(), "verified_only": detail.verified_only},
        [f"Evidence may go to {who}."],
    )
    return 0


async def designate(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space designate SPACE USER --controller USER --reason R`."""
    space = await resolve.space(desk, args.space)
    user = await resolve.member(desk, space, args.user)
    controller = await resolve.member(desk, space, args.controller)
    await desk.designate(space, user, controller, args.reason)
    detail = await desk.space(space)
    name = next(one.controller for one in detail.members if one.user == user)
    out.result(
        {"space": space.hex(), "user": user.hex(), "controller": controller.hex()},
        [f"{name} is controller of what this member hands over; every member sees that."],
    )
    return 0


async def fork_proof(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space fork-proof SPACE OUT`."""
    space = await resolve.space(desk, args.space)
    path = await desk.export_fork_proof(space, args.out)
    out.result(
        {"space": space.hex(), "path": str(path)},
        [f"{path}: anybody checks it with: jitclient check-proof {path.name}"],
    )
    return 0


def check_proof(args: argparse.Namespace, out: Output) -> int:
    """`check-proof FILE`; needs no profile."""
    fork = prove_fork.check(args.file)
    if isinstance(fork, Dispute):
        return _dispute(fork, out)
    sides = (fork.first, fork.second)
    lines = [
        f"Two different membership logs of space {fork.space.hex()} exist.",
        f"They differ after entry {fork.seq}. Each was signed, with both halves, by:",
    ]
    for side in sides:
        lines += [
            f"  user {side.user.hex()}, device {side.device.hex()} ({side.what})",
            f"    digits of this person's key: {side.digits}",
            f"    states: {side.head.hex()}",
        ]
    out.result(
        {
            "space": fork.space.hex(),
            "seq": fork.seq,
            "statements": [
                {
                    "user": side.user.hex(),
                    "device": side.device.hex(),
                    "what": side.what,
                    "digits": side.digits,
                    "head": side.head.hex(),
                }
                for side in sides
            ],
        },
        [*lines, NOT_PROVEN],
    )
    return 0


def _dispute(found: Dispute, out: Output) -> int:
    says = (
        f"The store signed two different access logs of {found.first.size} rows."
        if found.proven
        else "The store signed both of these heads. That the longer one continues the shorter only "
        "the store can show: ask it for the proof, which it did not give."
    )
    heads = (found.first, found.second)
    out.result(
        {
            "store_key": found.store.hex(),
            "proven": found.proven,
            "heads": [{"rows": one.size, "root": one.root.hex()} for one in heads],
        },
        [
            says,
            f"  key of the store: {found.store.hex()} (compare it with the store's own word)",
            *(f"  {one.size} rows, root {one.root.hex()}" for one in heads),
        ],
    )
    return 0
