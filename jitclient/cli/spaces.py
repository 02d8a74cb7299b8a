"""Commands about spaces and their members."""

from __future__ import annotations

import argparse

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output, local, noted, size, table
from jitclient.desk import Desk
from protocol.errors import EXIT_VERIFICATION
from protocol.roles import Role


async def create(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space create`."""
    space = await desk.create_space(
        agreement=args.agreement,
        signed_on=args.signed_on,
        title=args.title,
        retention_days=args.retention_days,
        verified_only=args.verified_only,
    )
    out.result({"space": space.hex()}, [space.hex()])
    return 0


async def add(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space add SPACE USER [--role R]`."""
    space = await resolve.space(desk, args.space)
    user = await resolve.person(desk, args.user)
    await desk.add_member(space, user, Role(args.role) if args.role else None)
    return await _members(desk, space.hex(), out)


async def remove(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space remove SPACE USER --reason R`."""
    space = await resolve.space(desk, args.space)
    user = await resolve.member(desk, space, args.user)
    await desk.remove_member(space, user, args.reason)
    return await _members(desk, space.hex(), out)


async def listing(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`space list`."""
    rows = await desk.spaces()
    lines = table(
        [(r.space.hex(), r.state.value, str(r.members), str(r.unread), r.title) for r in rows],
        ("SPACE", "STATE", "MEMBERS", "UNREAD", "TITLE"),
    )
    out.result({"spaces": [shapes.space(r) for r in rows]}, lines or ["There is no space yet."])
    return 0


async def show(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space show SPACE`."""
    space = await resolve.space(desk, args.space)
    return await _members(desk, space.hex(), out)


async def _members(desk: Desk, given: str, out: Output) -> int:
    detail = await desk.space(await resolve.space(desk, given))
    row = detail.row
    data = {
        **shapes.space(row),
        "space": row.space.hex(),
        "signed_on": detail.signed_on,
        "log_seq": detail.log_seq,
        "log_head": detail.log_head.hex(),
        "verified_only": detail.verified_only,
        "members": [shapes.member(m) for m in detail.members],
        "removed": [shapes.member(m) for m in detail.removed],
        "close_reason": detail.close_reason,
    }
    lines = [f"{row.title or '(waiting for the welcome)'}: {row.state.value}"]
    lines += table(
        [
            (m.user.hex(), m.name, m.authority, m.country, m.role.value, m.trust.value)
            for m in detail.members
        ],
        ("USER", "NAME", "AUTHORITY", "CC", "ROLE", "VERIFICATION"),
    )
    lines += [
        f"{m.name} waits: hands over nothing before a controller is designated "
        "(jitclient space designate)."
        for m in detail.members
        if m.waits
    ]
    lines.append(f"Link: {data['link']}")
    everybody = (*detail.members, *detail.removed)
    lines += noted((m.name, m.user, m.name_note) for m in everybody)
    out.result(data, lines)
    return 0


async def close(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space close SPACE --reason R`."""
    space = await resolve.space(desk, args.space)
    await desk.close_space(space, args.reason)
    await desk.sync_now(transfers=False)
    detail = await desk.space(space)
    rows = await desk.wipes(space)
    out.result(
        {
            "space": space.hex(),
            "state": detail.row.state.value,
            "wipes": [shapes.wipe(w) for w in rows],
        },
        [f"Closed. {sum(1 for w in rows if w.wiped_at)} of {len(rows)} devices have wiped."],
    )
    return 0


async def check(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space check SPACE`."""
    space = await resolve.space(desk, args.space)

    def tell(done: int, total: int) -> None:
        out.progress(f"{size(done)} of {size(total)} read")

    found = await desk.check_space(space, tell)
    lines = [f"{one.what}: {one.sentence}" for one in found.findings]
    lines += [f"{what}: not here, or its source is gone; not checked" for what in found.elsewhere]
    lines.append(
        f"{found.sound} exhibits are what their manifests say. "
        + (f"{len(found.findings)} findings." if found.findings else "Nothing is damaged.")
    )
    out.result(
        {
            "space": space.hex(),
            "sound": found.sound,
            "bytes": found.size,
            "elsewhere": list(found.elsewhere),
            "findings": [
                {"what": one.what, "code": one.code, "sentence": one.sentence}
                for one in found.findings
            ],
        },
        lines,
    )
    return EXIT_VERIFICATION if found.findings else 0


async def wipes(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space wipes SPACE`."""
    space = await resolve.space(desk, args.space)
    await desk.sync_now(transfers=False)
    rows = await desk.wipes(space)
    lines = [
        f"{w.name}  {w.device.hex()}  "
        + (
            f"wiped {local(w.wiped_at)}; remaining: {w.remaining}"
            if w.wiped_at
            else f"not confirmed; owed since {local(w.ended_at)}"
            if w.ended_at
            else "not confirmed"
        )
        for w in rows
    ]
    left = await desk.endings.unreached(space)
    lines += [f"{one.word}: {one.name}" for one in left]
    data = {
        "space": space.hex(),
        "wipes": [shapes.wipe(w) for w in rows],
        "unreached": [shapes.unreached(one) for one in left],
    }
    out.result(data, lines)
    return 0
