"""Commands about devices: one's own, linking a further one, and members' new keys."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from crypto.fingerprint import grouped
from jitclient.cli import resolve
from jitclient.cli.output import Output, local, table, when
from jitclient.cli.passphrase import existing, new_passphrase
from jitclient.desk import Desk
from jitclient.deviceviews import DeviceRow, KeyOffer, LinkCandidate
from jitclient.door import DoorKeeper
from jitclient.errors import WrongCodeError
from protocol.errors import NoTerminalError, NotFoundError

LOOK_SECONDS: Final = 1.0


def shape(row: DeviceRow) -> dict[str, object]:
    """An entry of `devices`."""
    return {
        "id": row.device.hex(),
        "name": row.name,
        "this": row.this,
        "added_at": when(row.added_at),
        "last_seen": when(row.last_seen),
        "revoked": row.revoked,
        "fingerprint": row.fingerprint,
    }


async def listing(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`device list [SPACE USER]`."""
    if args.user is not None:
        space = await resolve.space(desk, args.space)
        rows = await desk.member_devices(space, await resolve.member(desk, space, args.user))
    else:
        rows = await desk.devices()
    _print(rows, out)
    return 0


def _print(rows: tuple[DeviceRow, ...], out: Output) -> None:
    lines = table(
        [
            (
                row.device.hex(),
                row.fingerprint or "-",
                "revoked" if row.revoked else "this device" if row.this else "linked",
                local(row.last_seen) if row.last_seen else "-",
                row.name,
            )
            for row in rows
        ],
        ("DEVICE", "FINGERPRINT", "STATE", "LAST SEEN", "NAME"),
    )
    out.result({"devices": [shape(row) for row in rows]}, lines)


async def name(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`device name DEVICE NAME`."""
    await desk.rename_device((await _own(desk, args.device)).device, args.name)
    _print(await desk.devices(), out)
    return 0


async def revoke(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`device revoke DEVICE --reason R`: the passphrase is asked again."""
    row = await _own(desk, args.device)
    await desk.revoke_device(row.device, existing(args.passphrase_file), args.reason)
    _print(await desk.devices(), out)
    return 0


async def _own(desk: Desk, given: str) -> DeviceRow:
    return resolve.pick(
        given,
        await desk.devices(),
        id_of=lambda r: r.device,
        names_of=lambda r: (r.name, r.fingerprint.replace(" ", "")) if r.name else (r.fingerprint,),
        what="device",
    )


async def link(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`device link`: show the line, wait for a device, ask for its code."""
    offer = await desk.offer_link(existing(args.passphrase_file))
    out.talk(f"On the new device:\n\n    jitclient link {offer.line}\n")
    out.talk(f"The line is good until {local(offer.expires_at)}. Waiting for the new device.")
    try:
        found = await _candidate(desk)
        out.talk(f"“{found.name}” ({found.fingerprint}) asks to be linked.")
        row = await _approved(desk, out)
    except BaseException:
        await desk.withdraw_link()
        raise
    out.result({"device": shape(row)}, [f"Linked “{row.name}” ({row.fingerprint})."])
    return 0


async def _candidate(desk: Desk) -> LinkCandidate:
    while True:
        found = await desk.link_candidate()
        if found is not None:
            return found
        await asyncio.sleep(LOOK_SECONDS)


async def _approved(desk: Desk, out: Output) -> DeviceRow:
    while True:
        code = await _line(out, "Type the code that it shows, only if it is your device:")
        try:
            return await desk.approve_link(code)
        except WrongCodeError as error:
            out.talk(error.sentence)


async def join(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`link LINE [--name NAME] [--yes]` on a new profile."""
    before = door.read_link(args.line)
    out.talk(f"This joins {before.name or 'a person'} at the store {before.store}.")
    linking = await door.link(args.line, args.name)
    out.talk(f"Type this code at the other device:\n\n    {linking.code}\n")
    joining = await linking.wait()
    out.talk(
        f"{joining.name} ({joining.authority}) answered. The safety number there begins with "
        f"{joining.fingerprint}."
    )
    if not args.yes and (await _line(out, "Join? [yes/no]")).strip().casefold() not in {"y", "yes"}:
        await linking.cancel()
        out.result({"joined": False}, ["Not joined; nothing was kept. Revoke it there."])
        return 1
    desk = await linking.accept(new_passphrase(args.passphrase_file))
    try:
        await desk.sync_now(transfers=False)
        me = desk.me
        data = {
            "joined": True,
            "user": me.user.hex(),
            "device": me.device.hex(),
            "name": me.name,
            "safety_number": me.safety_number,
        }
        out.result(data, [f"This device is one of {me.name}'s now. Earlier messages stay there."])
    finally:
        await desk.close()
    return 0


async def _line(out: Output, prompt: str) -> str:
    out.talk(prompt)
    typed: str = await asyncio.to_thread(sys.stdin.readline)
    if not typed:
        raise NoTerminalError("An answer is needed and there is nobody to ask.")
    return typed.rstrip("\n")


# --- new keys of members ---------------------------------------------------------------------


async def renew(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`space renew SPACE USER`."""
    space = await resolve.space(desk, args.space)
    user = await resolve.member(desk, space, args.user)
    await desk.renew_member(space, user)
    _print(await desk.member_devices(space, user), out)
    return 0


async def changes(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`key list`."""
    rows = await desk.key_changes()
    data = [
        {
            "user": r.user.hex(),
            "name": r.name,
            "by": r.by,
            "at": when(r.at),
            "spaces": [s.hex() for s in r.spaces],
        }
        for r in rows
    ]
    lines = [f"{r.user.hex()}  {r.name}: a new key, by {r.by}, {local(r.at)}" for r in rows]
    out.result({"changes": data}, lines or ["No new key waits for a decision."])
    return 0


async def another(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`key replace USER [--number DIGITS | --unverified]`: look at another key, or take it."""
    user = await resolve.person(desk, args.user)
    offer = await desk.offered_key(user)
    taken = args.unverified or args.number is not None
    if taken:
        await desk.take_key(user, offer.new_key, args.number)
    data = {
        "user": user.hex(),
        "name": offer.name,
        "old_number": offer.old_number,
        "old_verified": offer.was_verified,
        "new_number": offer.new_number,
        "taken": taken,
        "verified": args.number is not None,
    }
    out.result(data, _offer_lines(offer, taken=taken, compared=args.number is not None))
    return 0


def _offer_lines(offer: KeyOffer, *, taken: bool, compared: bool) -> list[str]:
    known = "compared" if offer.was_verified else "never compared"
    lines = [f"The store shows another key for {offer.name} than this device knows."]
    lines += [f"Number with the known key ({known}): {grouped(offer.old_number)}"]
    lines += [f"Number with the new key: {grouped(offer.new_number)}"]
    if taken:
        how = "compared" if compared else "unverified"
        return [*lines, f"The new key of {offer.name} is taken, {how}. It can be added now."]
    return [
        *lines,
        f"Nothing was changed. Ask {offer.name} whether all devices were lost.",
        "Have the new number read out. --number DIGITS takes the key if it is the same number,",
        "--unverified takes it without comparing.",
    ]


async def accept(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`key accept USER`: go on without comparing."""
    rows = await desk.key_changes()
    if not rows:
        raise NotFoundError("No new key waits for a decision.")
    row = resolve.pick(
        args.user, rows, id_of=lambda r: r.user, names_of=lambda r: (r.name,), what="user"
    )
    await desk.decide_key(row.user)
    out.result({"user": row.user.hex()}, [f"The new key of {row.name} is used, unverified."])
    return 0
